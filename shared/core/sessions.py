"""Sessions, the periods they fall in, and their numbers (rules.md, Words).

A session is a patient and a date. A period starts at its first session, here or elsewhere, and the next one can start
when eleven full months have passed after the month of that session. A session's number is its place by date in its
period, after the sessions furnished elsewhere before it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Self

from shared.core.billed_line import BilledLine
from shared.core.condition import excluded
from shared.core.elsewhere import Elsewhere, sessions_elsewhere
from shared.core.events import Snapshot, VisitRecorded
from shared.core.periods import next_period, window_end
from shared.core.record import PatientRecord
from shared.core.settings import Policy

Visits = tuple[VisitRecorded, ...]
Lines = tuple[BilledLine, ...]


class Period(NamedTuple):
    """A benefit year: its first day, the last day of its initial window, the day from which the next can start.

    `first_own` is the first session of our own records in it, None where all were furnished elsewhere.
    """

    started_on: date
    window_ends_on: date
    next_from: date
    first_own: date | None
    elsewhere: Elsewhere | None

    @property
    def begun_elsewhere(self) -> bool:
        return self.first_own is None or self.started_on < self.first_own


class Session(NamedTuple):
    """One date of treatment. `number` counts the sessions of its period up to and with it.

    `needs_kx`: its number is one for which KX must attest improvement. `records`: what makes it and its weight.
    """

    number: int
    on: date
    period: Period
    policy: Policy
    visits: Visits
    lines: Lines
    is_initial: bool
    needs_kx: bool
    records: tuple[Snapshot, ...]

    @property
    def attested(self) -> bool:
        return any(line.attested for line in self.lines)


def _making(policy: Policy, visits: Visits, lines: Lines) -> tuple[Snapshot, ...]:
    """Visits; the claims where there is none, or claims are counted."""
    if visits and policy.count_basis.value != "payer" and policy.session_unit.value != "line":
        return visits
    return (*visits, *(line.claim for line in lines))


class Course(NamedTuple):
    """The sessions of one period, and the payer's count of it beside ours."""

    period: Period
    sessions: tuple[Session, ...]
    payer_sessions: int
    annual_sessions: int
    initial_sessions: int

    @property
    def counted(self) -> int:
        """Sessions used, those furnished elsewhere included."""
        own = _weight_of(self.sessions)
        return own + (self.period.elsewhere.count if self.period.elsewhere else 0)

    @property
    def remaining(self) -> int:
        return max(0, self.annual_sessions - self.counted)

    @property
    def next_needs_kx(self) -> bool:
        return self.initial_sessions <= self.counted < self.annual_sessions


def _weight_of(sessions: tuple[Session, ...]) -> int:
    if not sessions:
        return 0
    last = sessions[-1]
    elsewhere = last.period.elsewhere
    return last.number - (elsewhere.count if elsewhere and last.on > elsewhere.last_on else 0)


def courses_of(record: PatientRecord) -> tuple[Course, ...]:
    """Every period of the patient, in order, with its sessions numbered."""
    days = _Days.of(record)
    courses: list[Course] = []
    for day in days.starts:
        if not courses or day >= courses[-1].period.next_from:
            courses.append(_course_from(day, record, days))
    return tuple(courses)


class _Days(NamedTuple):
    """The dates that make sessions, those that the payer counts, and those on which a period can start; in order."""

    visits: Mapping[date, tuple[VisitRecorded, ...]]
    counted: Sequence[date]
    paid: Sequence[date]
    elsewhere: Sequence[Elsewhere]
    starts: Sequence[date]

    @classmethod
    def of(cls, record: PatientRecord) -> Self:
        visits, paid = session_visits(record), payer_dates(record)
        clinical = visits.keys() | unvisited_dates(record)
        counted = {day for day in clinical if record.policy_on(day).count_basis.value == "clinical"}
        counted |= {day for day in paid if record.policy_on(day).count_basis.value == "payer"}
        anchors = {day for day in paid if record.policy_on(day).anchor_basis.value == "payer"}
        elsewhere = sessions_elsewhere(record)
        starts = counted | anchors | {other.first_on for other in elsewhere}
        return cls(visits, sorted(counted), sorted(paid), elsewhere, sorted(starts))


def session_visits(record: PatientRecord) -> dict[date, tuple[VisitRecorded, ...]]:
    """The cLBP visits to Original Medicare, by date: each such date is a session."""
    days: defaultdict[date, list[VisitRecorded]] = defaultdict(list)
    barred = record.once(excluded)
    for visit in record.low_back_visits:
        day = visit.date_of_service
        if visit.visit_id not in barred and visit.payer == record.policy_on(day).payer.value:
            days[day].append(visit)
    return {day: tuple(visits) for day, visits in days.items()}


def unvisited_dates(record: PatientRecord) -> set[date]:
    """Dates with a covered line to Original Medicare and no needling visit: sessions as well.

    A needling visit of another payer leaves no session to the line of its date: NOT_FFS says that its date is none.
    """
    return {day for day in record.counted_lines_by_date if day not in record.needling_visits}


def payer_dates(record: PatientRecord) -> set[date]:
    """Dates with a covered line that the latest remittance naming it does not deny."""
    lines_by_date = record.counted_lines_by_date.items()
    if not record.history.remittances:
        return set(record.counted_lines_by_date)
    return {day for day, lines in lines_by_date if not all(record.denied(line) for line in lines)}


def _course_from(start: date, record: PatientRecord, days: _Days) -> Course:
    policy = record.policy_on(start)
    end = next_period(start, policy)
    own = _between(days.counted, start, end)
    other = next((o for o in days.elsewhere if start <= o.first_on < end), None)
    period = Period(start, window_end(start, policy), end, own[0] if own else None, other)
    return Course(
        period,
        tuple(_numbered(own, period, record, days)),
        len(_between(days.paid, start, end)),
        policy.annual_sessions.value,
        policy.initial_sessions.value,
    )


def _between(days: Sequence[date], first: date, end: date) -> Sequence[date]:
    return days[bisect_left(days, first) : bisect_left(days, end)]


def _numbered(own: Sequence[date], period: Period, record: PatientRecord, days: _Days) -> Iterable[Session]:
    number = 0
    for day in own:
        policy, visits = record.policy_on(day), days.visits.get(day, ())
        lines = tuple(record.counted_lines_by_date.get(day, ()))
        number += _consumes(policy, visits, lines)
        other = period.elsewhere
        nth = number + (other.count if other and day > other.last_on else 0)
        initial, needs_kx = nth <= policy.initial_sessions.value, policy.kx_first.value <= nth <= policy.kx_last.value
        records = _making(policy, visits, lines)
        yield Session(nth, day, period, policy, visits, lines, initial, needs_kx, records)


def _consumes(policy: Policy, visits: Sequence[VisitRecorded], lines: Sequence[BilledLine]) -> int:
    """How many of the sessions a date uses up (AMB-1)."""
    match policy.session_unit.value:
        case "day":
            return 1
        case "encounter":
            return max(1, len(visits))
        case "line":
            return max(1, len(lines))
