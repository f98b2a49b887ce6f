"""The answer of output.md for people: per patient the periods and findings, then alerts, quarantine and the counts."""

import sys
from collections import Counter
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from local.printable import one_line
from local.show_findings import standing, told
from local.show_periods import periods

_WIDTH_OF_A_FILE = 110
_WIDEST = 120


def screen() -> Console:
    """Standard output: plain text unless it is a terminal. What comes from outside is never read as markup."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # an id may hold letters that the locale lacks
    console = Console(markup=False, highlight=False, emoji=False)
    console.width = min(console.width, _WIDEST) if console.is_terminal else _WIDTH_OF_A_FILE
    return console


def report(document: dict[str, Any]) -> Iterator[RenderableType]:
    yield Text(f"{document['policy']} as of {document['as_of']}", style="bold")
    for patient in document["patients"]:
        yield from _patient(patient)
    if document["alerts"]:
        yield from _titled(f"Alerts sent ({len(document['alerts'])})", _alerts(document["alerts"]))
    if document["quarantine"]:
        yield from _titled(f"Quarantined ({len(document['quarantine'])})", _quarantine(document["quarantine"]))
    yield from _titled("In all", Text(f"{verdict(document)}\n{conservation(document)}"))


def verdict(document: dict[str, Any]) -> str:
    """How many patients, and how many findings of each severity stand."""
    patients = len(document["patients"])
    said = severities(document)
    counted = ((patients, "patient"), *((said[name], name) for name in ("violation", "warning")))
    words = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counted]
    return ", ".join([*words, f"{said['info']} for information"])


def severities(document: dict[str, Any]) -> Counter[str]:
    return Counter(finding["severity"] for patient in document["patients"] for finding in standing(patient))


def conservation(document: dict[str, Any]) -> str:
    """Nothing was lost: what came in is what was made of it."""
    counts = dict(document["events"])
    received = f"received {counts.pop('received')}"
    return f"{received} = " + " + ".join(f"{name} {count}" for name, count in counts.items())


def _patient(patient: dict[str, Any]) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(f"Patient {one_line(patient['patient_id'])}", style="bold"), align="left", style="dim")
    yield from periods(patient["periods"])
    yield from told(patient)


def _titled(title: str, body: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(title, style="bold"), align="left", style="dim")
    yield Padding(body, (0, 0, 0, 2))


def _alerts(alerts: list[dict[str, str]]) -> Text:
    return Text("\n".join(one_line(alert["subject"]) for alert in alerts))


def _quarantine(entries: list[dict[str, str | None]]) -> Group:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Reason", "Where", "Event id"):
        table.add_column(title, overflow="fold")
    for entry in entries:
        table.add_row(entry["reason"], one_line(entry["where"] or ""), one_line(entry["event_id"] or "(unknown)"))
    return Group(table, Text("Nothing was concluded from these: the sender mends them and sends them again."))
