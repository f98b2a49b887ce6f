"""A stream as the deployed system would have taken it in: each event when its envelope says, the clock once a day.

Events arrive in the order of the stream, so none arrives before those that stand before it. What was already known on
a day is what had arrived by the end of it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from shared.core.case import Arrival, CaseFile
from shared.core.errors import Unreadable
from shared.core.history import Outcome
from shared.core.intake import parse_event
from shared.core.policy import Policies

_CLOCK_TURNS = time(10, tzinfo=UTC)  # as template.yaml schedules it


def arriving(lines: Sequence[bytes], otherwise: datetime) -> Iterator[tuple[bytes, datetime]]:
    """Each line with the time of its arrival; what says no time arrives with the one before it."""
    now = next((sent for line in lines if (sent := sent_at(line))), otherwise)
    for line in lines:
        now = max(now, sent_at(line) or now)
        yield line, now


def arrived_by(lines: Sequence[bytes], day: date) -> list[bytes]:
    """What had arrived by the end of that day (UTC)."""
    return [line for line, at in arriving(lines, _end(day)) if at <= _end(day)]


@dataclass
class Retelling:
    """Case files as they came to be, with the whole of their trails, and when each fact of them arrived."""

    law: Policies
    cases: dict[str, CaseFile] = field(default_factory=dict)
    arrivals: dict[str, list[Arrival]] = field(default_factory=dict)
    refused: int = 0

    def take(self, line: bytes, at: datetime) -> None:
        try:
            event = parse_event(line).detail
        except Unreadable:
            self.refused += 1
            return
        case = self._turned(event.patient_id, at)
        self.cases[event.patient_id], outcome = case.taking(event, self.law, at.date(), at)
        if outcome in (Outcome.RECORDED, Outcome.SUPERSEDED):
            self.arrivals.setdefault(event.patient_id, []).append(Arrival(event, at.date(), at))
        self.refused += outcome is Outcome.CONFLICT

    def wait_until(self, day: date) -> None:
        """No event more until the end of that day."""
        for patient_id in self.cases:
            self.cases[patient_id] = self._turned(patient_id, _end(day))

    def _turned(self, patient_id: str, until: datetime) -> CaseFile:
        case = self.cases.get(patient_id) or CaseFile.new(patient_id)
        while (due := case.standing.due_on) and (turn := datetime.combine(due, _CLOCK_TURNS)) <= until:
            case = case.re_audited(self.law, due, turn)
        return case


def retold(lines: Sequence[bytes], until: date, law: Policies) -> Retelling:
    retelling = Retelling(law)
    for line, at in arriving(lines, _end(until)):
        retelling.take(line, at)
    retelling.wait_until(until)
    return retelling


def sent_at(line: bytes) -> datetime | None:
    """The `time` of an envelope; None if there is none that names a moment."""
    try:
        sent = datetime.fromisoformat(json.loads(line)["time"])
        return sent.astimezone(UTC) if sent.tzinfo else None
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None


def _end(day: date) -> datetime:
    return datetime.combine(day, time.max, UTC)
