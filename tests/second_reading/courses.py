"""Sessions, the periods they fall in, and their numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.core.events import EligibilityReceived
from shared.core.standing import NumberedSession, PeriodView
from tests.second_reading.condition import clbp
from tests.second_reading.patient import Patient
from tests.second_reading.words import START, Line, days, next_period


@dataclass(frozen=True)
class Elsewhere:
    count: int
    first: date
    last: date


@dataclass(frozen=True)
class Course:
    """A period with the dates of our own sessions, numbered."""

    start: date
    own: tuple[date, ...]
    elsewhere: Elsewhere | None
    paid: int

    @property
    def numbers(self) -> dict[date, int]:
        other = self.elsewhere
        return {
            day: place + (other.count if other and day > other.last else 0) for place, day in enumerate(self.own, 1)
        }

    @property
    def counted(self) -> int:
        return len(self.own) + (self.elsewhere.count if self.elsewhere else 0)

    def shown(self) -> PeriodView:
        return PeriodView(
            started_on=self.start,
            initial_window_ends_on=self.start + days(89),
            next_period_from=next_period(self.start),
            sessions=tuple(NumberedSession(number, day) for day, number in self.numbers.items()),
            external_sessions=self.elsewhere.count if self.elsewhere else 0,
            sessions_counted=self.counted,
            payer_sessions=self.paid,
            sessions_remaining=max(0, 20 - self.counted),
            next_session_needs_kx=12 <= self.counted <= 19,
        )


def courses(patient: Patient) -> list[Course]:
    own, told = session_dates(patient), elsewhere(patient)
    found: list[Course] = []
    for start in sorted(own | {other.first for other in told}):
        if found and start < next_period(found[-1].start):
            continue
        other = next((o for o in told if in_period(o.first, start)), None)
        paid = {
            line.on for line in patient.ncd if line.counts and not denied(line, patient) and in_period(line.on, start)
        }
        found.append(Course(start, tuple(sorted(day for day in own if in_period(day, start))), other, len(paid)))
    return found


def in_period(day: date, start: date) -> bool:
    return start <= day < next_period(start)


def session_dates(patient: Patient) -> set[date]:
    visited = {visit.date_of_service for visit in clbp(patient) if visit.payer == "medicare_ffs"}
    return visited | {line.on for line in patient.ncd if line.counts and line.on not in patient.needled_on}


def denied(line: Line, patient: Patient) -> bool:
    """By the latest remittance that names the line."""
    said = [
        (remittance.paid_on, remittance.remittance_id, answer.status)
        for remittance in patient.remittances
        for answer in remittance.lines
        if (remittance.claim_id, answer.line_number) == (line.claim.claim_id, line.line.line_number)
    ]
    return max(said, default=(None, None, "paid"))[-1] == "denied"


def elsewhere(patient: Patient) -> list[Elsewhere]:
    """What stands: a record gives way to a later one that speaks of the same period."""
    standing = [record for record in patient.eligibility if not outdated(record, patient.eligibility)]
    told = (record.external_sessions for record in standing)
    return [
        Elsewhere(said.count, max(said.first_on, START), said.last_on)
        for said in told
        if said.count and said.first_on and said.last_on and said.last_on >= START
    ]


def outdated(record: EligibilityReceived, records: Iterable[EligibilityReceived]) -> bool:
    def begins(of: EligibilityReceived) -> date:
        return of.external_sessions.first_on or of.as_of  # without a date: the period in which it was given

    def one_period(other: EligibilityReceived) -> bool:
        earlier, later = sorted((begins(record), begins(other)))
        return later < next_period(earlier)

    rank = record.as_of, record.eligibility_id
    return any((other.as_of, other.eligibility_id) > rank and one_period(other) for other in records)
