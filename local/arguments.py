"""Arguments that commands share: the files, the date of the audit, and the histories that the files tell."""

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from itertools import chain
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from local.reading import messages
from local.retelling import arrived_by
from shared.core.errors import Unreadable
from shared.core.fields import CalendarDate
from shared.core.history import History, Outcome
from shared.core.intake import parse_event


def day(text: str) -> date:
    try:
        return TypeAdapter(CalendarDate).validate_python(text)
    except ValidationError:
        raise typer.BadParameter(f"{text!r} is no date; write it as 2025-04-10") from None


Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="File of events, X12, FHIR or HL7 v2; - is standard input.")
]
AsOf = Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="Audit as of this date, not today (UTC).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the machine-readable answer.")]

MaybeFiles = Annotated[list[str] | None, typer.Argument(metavar="[FILE]...", help="The same, unless --table is given.")]
InTable = Annotated[str | None, typer.Option("--table", metavar="NAME", help="Read this table, with your credentials.")]
OnePatient = Annotated[str | None, typer.Option("--patient", metavar="P", help="This patient alone.")]


def one_of(files: object, table: str | None) -> None:
    """Either files or a table must be named."""
    if bool(files) == bool(table):
        raise typer.BadParameter("name files, or a table with --table NAME, and not both")


def today() -> date:
    return datetime.now(UTC).date()


def midnight(day: date) -> datetime:
    """When a day begins: the hour of whoever judges as of a date and has no other."""
    return datetime.combine(day, time.min, UTC)


def histories(paths: Iterable[str], known_on: date | None = None) -> dict[str, History]:
    """Every patient's standing records. Messages that no audit could take are counted on standard error.

    With a day only what had arrived by its end: each event is taken to arrive at its `time`.
    """
    lines = chain.from_iterable(map(messages, paths))
    told: dict[str, History] = {}
    refused = 0
    for message in arrived_by([*lines], known_on) if known_on else lines:
        try:
            event = parse_event(message).detail
        except Unreadable:
            refused += 1
            continue
        told[event.patient_id], outcome = told.get(event.patient_id, History()).taking(event)
        refused += outcome is Outcome.CONFLICT
    tell_refused(refused)
    return told


def tell_refused(count: int, teller: str = "simulate") -> None:
    if count:
        print(f"ncd-audit: {count} of the messages cannot be taken in; {teller} says which and why", file=sys.stderr)
