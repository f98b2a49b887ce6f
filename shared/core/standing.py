"""What stands of a patient and how it came to stand: periods, open findings, and the life of every finding.

`periods`, `findings` and `due_on` are a function of the set of facts and the day of the audit. `life` also remembers
the order in which facts became known: a finding is opened, changed, withdrawn and reopened, and each of these steps is
one revision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from shared.core.audit import Conclusions
from shared.core.findings import Finding
from shared.core.sessions import Course
from shared.core.severity import Severity


class Transition(StrEnum):
    OPENED = "opened"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


class NumberedSession(NamedTuple):
    number: int
    date_of_service: date


@dataclass(frozen=True)
class PeriodView:
    """A period as output.md shows it."""

    started_on: date
    initial_window_ends_on: date
    next_period_from: date
    sessions: tuple[NumberedSession, ...]
    external_sessions: int
    sessions_counted: int
    payer_sessions: int
    sessions_remaining: int
    next_session_needs_kx: bool

    @classmethod
    def of(cls, course: Course) -> Self:
        period = course.period
        return cls(
            period.started_on,
            period.window_ends_on,
            period.next_from,
            tuple(NumberedSession(session.number, session.on) for session in course.sessions),
            period.elsewhere.count if period.elsewhere else 0,
            course.counted,
            course.payer_sessions,
            course.remaining,
            course.next_needs_kx,
        )


class Life(NamedTuple):
    """The last step of a finding: which, when, the how-manieth; the gravest it was since it opened; and, once it is
    withdrawn, what it said. Who was told of it at its gravest is told of its end, whatever it had become by then.
    """

    revision: int
    transition: Transition
    since: date
    gravest: Severity
    last: Finding | None = None


class Standing(NamedTuple):
    """All that is concluded of one patient. Findings by id, in the order of output.md; `due_on`: to be judged again."""

    patient_id: str
    periods: tuple[PeriodView, ...] = ()
    findings: Mapping[str, Finding] = {}
    life: Mapping[str, Life] = {}
    due_on: date | None = None

    def after(self, conclusions: Conclusions, as_of: date) -> Self:
        """What stands once `conclusions` replace the ones before; `as_of` dates the steps taken."""
        known = {**self.life, **dict.fromkeys(conclusions.findings)}
        life = {finding_id: self._step(finding_id, conclusions, as_of) for finding_id in sorted(known)}
        periods = tuple(PeriodView.of(course) for course in conclusions.courses)
        return type(self)(self.patient_id, periods, conclusions.findings, life, conclusions.due_on)

    def _step(self, finding_id: str, conclusions: Conclusions, as_of: date) -> Life:
        before, was, now = (
            self.life.get(finding_id),
            self.findings.get(finding_id),
            conclusions.findings.get(finding_id),
        )
        if before is None or now == was:
            return before or Life(1, Transition.OPENED, as_of, conclusions.findings[finding_id].severity)
        if now is None:
            return Life(before.revision + 1, Transition.WITHDRAWN, as_of, before.gravest, was)
        if was is None:
            return Life(before.revision + 1, Transition.REOPENED, as_of, now.severity)
        gravest = max(before.gravest, now.severity, key=lambda severity: severity.gravity)
        return Life(before.revision + 1, Transition.CHANGED, as_of, gravest)

    @property
    def withdrawn(self) -> list[tuple[Finding, date]]:
        return [(life.last, life.since) for life in self.life.values() if life.last is not None]


def sessions_at(day: date | None, periods: Iterable[PeriodView]) -> str:
    """Which session of its period `day` is, and how many are used and left, in words."""
    period = next((p for p in periods if day and p.started_on <= day < p.next_period_from), None)
    if period is None:
        return ""
    number = next((str(s.number) for s in period.sessions if s.date_of_service == day), None)
    used = f"{period.sessions_counted} used in the period, {period.sessions_remaining} left"
    return f"number {number}; {used}" if number else used
