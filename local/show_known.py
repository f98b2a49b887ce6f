"""What was known on a day, as a document for machines and as text for people."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from local.printable import one_line
from local.show_findings import told
from local.show_periods import periods
from shared.core.case import Arrival
from shared.core.document import Counts, Run, document
from shared.core.known import Known
from shared.core.policy import policies

_LETTERS = 12  # of a hash, for a person to tell two apart


def as_document(known: Known, arrivals: Sequence[Arrival]) -> dict[str, Any]:
    """One patient, as every other answer shows them, with the entry that said so and the facts that came later."""
    run = Run(known.on, policies().id, Counts(), (), [known.standing], ())
    [patient] = document(run, withdrawn=False)["patients"]
    last = known.last and known.last.model_dump(mode="json", include={"seq", "recorded_at", "as_of", "policy"})
    later = [arrival for arrival in arrivals if arrival.recorded_at.astimezone(UTC).date() > known.on]
    return {
        **patient,
        "entry": last,
        "entries_since": len(known.later),
        "facts_known": len(arrivals) - len(later),
        "not_yet_known": [_fact(arrival) for arrival in later],
    }


def _fact(arrival: Arrival) -> dict[str, Any]:
    return {**arrival.event.reference._asdict(), "recorded_at": arrival.recorded_at.astimezone(UTC).isoformat()}


def shown(patient: dict[str, Any], on: str) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(
        Text(f"Patient {one_line(patient['patient_id'])}, as known on {on}", style="bold"), align="left", style="dim"
    )
    yield Text(f"  {_source(patient)}", style="dim")
    if patient["facts_known"]:
        yield from periods(patient["periods"])
        yield from told(patient)
    if patient["not_yet_known"]:
        yield Text("  Not yet known")
        yield Padding(_later(patient["not_yet_known"]), (0, 0, 0, 4))


def _source(patient: dict[str, Any]) -> str:
    """Which entry of the trail says so, and under which policy it was concluded."""
    entry, since = patient["entry"], patient["entries_since"]
    if not entry:
        return f"Nothing was concluded by then; {since} entries have been made since."
    at = datetime.fromisoformat(entry["recorded_at"]).astimezone(UTC).isoformat(" ", "seconds").removesuffix("+00:00")
    policy = entry["policy"][:_LETTERS] + ("" if entry["policy"] == policies().version else ", not today's")
    place = f"Entry {entry['seq']} of {entry['seq'] + since} of the trail"
    return f"{place}, recorded {at} UTC, judged as of {entry['as_of']}, policy {policy}"


def _later(facts: list[dict[str, Any]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for fact in facts:
        name = f"{fact['kind']} {one_line(fact['id'])} version {fact['version']}"
        table.add_row(fact["recorded_at"][: len("2025-01-06")], Text(name))
    return table
