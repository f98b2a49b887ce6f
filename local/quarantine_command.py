"""`ncd-audit quarantine`: what a stream would leave in quarantine, its bodies, and what a replay of it comes to."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from local.arguments import Files, today
from local.printable import one_line, printable
from local.reading import messages
from local.show import conservation, screen
from local.stopped import stopping

if TYPE_CHECKING:
    from local.cloud import Cloud
    from shared.aws.quarantine import Entry

EMPTY, NOT_EMPTY = 0, 1
_SAID = {
    "recorded": "recorded",
    "duplicate": "recorded before",
    "superseded": "recorded, superseded",
    "not_sendable": "no queue carries it: only its sender can send it again",
}
_HASH_LETTERS = 12

quarantine = typer.Typer(help="What could not be recorded: list it, show it, replay it.", rich_markup_mode=None)


@quarantine.command("list")
def listed(files: Files) -> int:
    """List what these events leave in quarantine. Status 1: something is there."""
    with _fed(files) as cloud:
        entries = cloud.entries()
    screen().print(_table(entries) if entries else "Nothing was refused.")
    return NOT_EMPTY if entries else EMPTY


@quarantine.command()
def show(number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `list` counts them.")], files: Files) -> int:
    """Print the body of one entry, byte for byte (on a terminal: what it would obey is written out)."""
    with _fed(files) as cloud:
        entries = cloud.entries()
    if not 1 <= number <= len(entries):
        raise typer.BadParameter(f"there is no entry {number}; {len(entries)} are in quarantine, `list` counts them")
    body = entries[number - 1].message.body
    if sys.stdout.isatty():
        print(printable(body.decode(errors="backslashreplace")))
    else:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    return EMPTY


@quarantine.command()
def replay(files: Files) -> int:
    """Send all that these events leave in quarantine in again; what became of it. Status 1: some stays there."""
    with _fed(files) as cloud:
        entries = cloud.entries()
        came_to = cloud.replay([entry.key for entry in entries])
        counts = cloud.run().counts
    console = screen()
    console.print(_table(entries, came_to))
    told = Counter(came_to.values())
    recorded = told["recorded"] + told["superseded"]
    refused = len(entries) - recorded - told["duplicate"]
    console.print(f"replayed {len(entries)} = now recorded {recorded} + before {told['duplicate']} + refused {refused}")
    console.print(conservation({"events": vars(counts)}))
    return NOT_EMPTY if refused else EMPTY


@contextmanager
def _fed(files: Iterable[str]) -> "Iterator[Cloud]":
    from local.simulation import fed
    from local.surroundings import simulated_aws

    lines = [message for path in files for message in messages(path)]
    with stopping(), simulated_aws():
        yield fed(lines, today())


def _table(entries: "Sequence[Entry]", came_to: Mapping[str, str] | None = None) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    titles = ("#", "Reason", "Where", "Event id", "Bytes", "SHA-256", *(("Replayed",) if came_to is not None else ()))
    for title in titles:
        table.add_column(title, overflow="fold", justify="right" if title in ("#", "Bytes") else "left")
    for number, entry in enumerate(entries, start=1):
        table.add_row(*_cells(number, entry), *([_said(came_to[entry.key])] if came_to is not None else []))
    return table


def _cells(number: int, entry: "Entry") -> tuple[str, ...]:
    event_id, where = one_line(entry.event_id or "(unknown)"), one_line(entry.where)
    return str(number), entry.reason, where, event_id, str(len(entry.message.body)), entry.sha256[:_HASH_LETTERS]


def _said(answer: str) -> str:
    return _SAID.get(answer, f"refused again: {answer}")
