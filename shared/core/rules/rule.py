"""What a rule is: a function that judges one thing, with what a person needs to act on its verdict."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted, VisitRecorded
from shared.core.findings import Finding, Subject, Verdict
from shared.core.record import BilledLine
from shared.core.sessions import Session

Judged = TypeVar("Judged", VisitRecorded, BilledLine, ClaimSubmitted, Session)


@dataclass(frozen=True)
class Rule(Generic[Judged]):
    """One entry of the catalogue.

    `over` gives the things it judges, `judge` its verdict or None. `means` is said in alerts and so names no date
    and no diagnosis. `cites` are names of settings of the policy: the words of the law first, our readings after.
    """

    name: str
    over: Callable[[Chart], Iterable[Judged]]
    judge: Callable[[Judged, Chart], Verdict | None]
    means: str
    remedy: str
    cites: tuple[str, ...]

    def findings(self, chart: Chart, patient_id: str) -> Iterator[Finding]:
        for judged in self.over(chart):
            verdict = self.judge(judged, chart)
            if verdict is not None:
                yield self._finding(judged, verdict, chart, patient_id)

    def _finding(self, judged: Judged, verdict: Verdict, chart: Chart, patient_id: str) -> Finding:
        day = _day_of(judged)
        evidence = tuple(dict.fromkeys(snapshot.reference for snapshot in verdict.evidence))
        return Finding(
            patient_id,
            self.name,
            verdict.severity,
            subject_of(judged, chart),
            verdict.message + self._vintage(chart, day),
            evidence,
            chart.policies.citations(self.cites, day),
            self.remedy,
        )

    def _vintage(self, chart: Chart, day: date) -> str:
        """Dates outside a table's known range are judged by the nearest vintage, and the finding says so."""
        used = chart.policies.nearest_only(self.cites, day)
        return f" (Judged by the table of {', '.join(map(str, used))}, the nearest known.)" if used else ""


def subject_of(judged: VisitRecorded | BilledLine | ClaimSubmitted | Session, chart: Chart) -> Subject:
    """A session or line names its visit when its date has exactly one needling visit."""
    match judged:
        case VisitRecorded():
            return Subject("visit", judged.date_of_service, judged.visit_id)
        case ClaimSubmitted():
            return Subject("claim", claim_id=judged.claim_id)
        case Session():
            return Subject("session", judged.on, chart.only_visit_on(judged.on))
        case BilledLine(claim=claim, line=line):
            visit_id = chart.only_visit_on(judged.on)
            return Subject("line", judged.on, visit_id, claim.claim_id, line.line_number, line.procedure_code)


def _day_of(judged: VisitRecorded | BilledLine | ClaimSubmitted | Session) -> date:
    match judged:
        case VisitRecorded():
            return judged.date_of_service
        case ClaimSubmitted():
            return judged.received_on
        case _:
            return judged.on


def judged_visits(chart: Chart) -> Iterable[VisitRecorded]:
    return chart.judged_visits


def low_back_visits(chart: Chart) -> Iterable[VisitRecorded]:
    return chart.low_back_visits


def ncd_lines(chart: Chart) -> Iterable[BilledLine]:
    return chart.ncd_lines


def sessions(chart: Chart) -> Iterable[Session]:
    return chart.sessions


def first_own_sessions(chart: Chart) -> Iterable[Session]:
    return (course.sessions[0] for course in chart.courses if course.sessions)


def session_lines(chart: Chart) -> Iterable[BilledLine]:
    """Covered lines of sessions: those that the KX rules judge."""
    return (line for session in chart.sessions for line in session.lines)
