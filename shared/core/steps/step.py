"""What a step of a trace is, and how records are named in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import Snapshot
from shared.core.findings import Subject
from shared.core.sessions import Session


@dataclass(frozen=True, slots=True)
class Step:
    """One step in words, with the values it rests on for machines."""

    name: str
    text: str
    values: Mapping[str, Any]


Told = Iterator[Step]


def session_of(subject: Subject, chart: Chart) -> Session | None:
    return chart.session_on.get(subject.date_of_service) if subject.date_of_service else None


def named(record: Snapshot) -> str:
    return f"{record.kind} {record.record_id}"


def line_named(billed: BilledLine) -> str:
    return f"line {billed.line.line_number} of claim {billed.claim.claim_id}"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
