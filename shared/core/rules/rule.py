"""What a rule is: a function that judges one thing, with what a person needs to understand and act on its verdict."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted, Reference, Snapshot, VisitRecorded
from shared.core.findings import AtStake, Finding, Forecast, Subject, Verdict
from shared.core.rules import denial, evidence
from shared.core.rules.reads import Reads
from shared.core.sessions import Session
from shared.core.severity import Severity

Judged = TypeVar("Judged", bound=VisitRecorded | BilledLine | ClaimSubmitted | Session)
VIOLATION, WARNING, INFO = Severity.VIOLATION, Severity.WARNING, Severity.INFO


class Rule(NamedTuple, Generic[Judged]):
    """One entry of the catalogue.

    `over` gives the things it judges, `judge` its verdict or None. `means` is said in alerts and so names no date
    and no diagnosis. `arises` says when it does, naming settings in backticks. `cites` are names of settings of the
    policy: the first is what the rule rests on. `severities` are those it can have under the policy as shipped,
    `reads` the fields its verdict rests on, `denial` the row of denials.toml that forecasts the payer's answer to a
    violation.
    `counted`: the verdict rests on the count of sessions.
    """

    name: str
    over: Callable[[Chart], Sequence[Judged]]
    judge: Callable[[Judged, Chart], Verdict | None]
    section: str
    means: str
    arises: str
    severities: tuple[Severity, ...]
    remedy: str
    cites: tuple[str, ...]
    reads: Reads
    denial: str = ""
    counted: bool = False

    def findings(self, chart: Chart, patient_id: str, *, proved: bool = True) -> list[Finding]:
        """`proved`: with the evidence, which of all there is to a finding takes longest to gather."""
        found = []
        for judged in chart.once(self.over):
            verdict = self.judge(judged, chart)
            if verdict is not None:
                evidence = self._evidence(judged, verdict, chart) if proved else ()
                found.append(self._finding(judged, verdict, chart, patient_id, evidence))
        return found

    def _finding(
        self, judged: Judged, verdict: Verdict, chart: Chart, patient_id: str, evidence: tuple[Reference, ...]
    ) -> Finding:
        day = _day_of(judged)
        return Finding(
            patient_id,
            self.name,
            verdict.severity,
            subject_of(judged, chart),
            verdict.message + self._vintage(chart, day),
            evidence,
            chart.policies.citations(self.cites, day),
            self.remedy,
            *self._cost(judged, verdict, chart),
        )

    def _evidence(self, judged: Judged, verdict: Verdict, chart: Chart) -> tuple[Reference, ...]:
        """The verdict's own records first, then what lets them stand alone."""
        beside: list[Snapshot] = [*evidence.of_subject(judged, chart)]
        if verdict.severity is VIOLATION:
            beside += denial.records_of(denial.lines_of(judged, chart), chart)
        if self.counted:
            session = chart.session_on[_day_of(judged)]
            return chart.as_told(evidence.of_count(verdict.evidence, session, beside, chart))
        return chart.as_told(dict.fromkeys(record.reference for record in (*verdict.evidence, *beside)))

    def _cost(self, judged: Judged, verdict: Verdict, chart: Chart) -> tuple[Forecast | None, AtStake | None]:
        if verdict.severity is not VIOLATION:
            return None, None
        lines = denial.lines_of(judged, chart)
        return denial.forecast(self.denial, lines, _day_of(judged), chart), denial.at_stake(lines, chart)

    def _vintage(self, chart: Chart, day: date) -> str:
        """Dates outside a table's known range are judged by the nearest vintage, and the finding says so."""
        used = chart.policies.nearest_only(self.cites, day)
        return f" (Judged by the table of {', '.join(map(str, used))}, the nearest known.)" if used else ""


def subject_of(judged: VisitRecorded | BilledLine | ClaimSubmitted | Session, chart: Chart) -> Subject:
    """A session or line names its visit when its date has exactly one needling visit."""
    match judged:  # whether it is a snapshot, pydantic takes long to deny: those last
        case Session():
            return Subject("session", judged.on, chart.only_visit_on(judged.on))
        case BilledLine(claim=claim, line=line):
            visit_id = chart.only_visit_on(judged.on)
            return Subject("line", judged.on, visit_id, claim.claim_id, line.line_number, line.procedure_code)
        case VisitRecorded():
            return Subject("visit", judged.date_of_service, judged.visit_id)
        case ClaimSubmitted():
            return Subject("claim", claim_id=judged.claim_id)


def _day_of(judged: VisitRecorded | BilledLine | ClaimSubmitted | Session) -> date:
    match judged:
        case Session() | BilledLine():
            return judged.on
        case VisitRecorded():
            return judged.date_of_service
        case ClaimSubmitted():
            return judged.received_on


def judged_visits(chart: Chart) -> Sequence[VisitRecorded]:
    return chart.judged_visits


def ncd_lines(chart: Chart) -> Sequence[BilledLine]:
    return chart.ncd_lines


def marked_ncd_lines(chart: Chart) -> Sequence[BilledLine]:
    """Those with a modifier at all: rules about modifiers have nothing to say of the others."""
    return [billed for billed in chart.ncd_lines if billed.line.modifiers]


def sessions(chart: Chart) -> Sequence[Session]:
    return chart.sessions


def sessions_without_gain(chart: Chart) -> Sequence[Session]:
    """Sessions on whose date no improvement is shown."""
    return [session for session in chart.sessions if not chart.progress(session).level.shown]


def kx_sessions(chart: Chart) -> Sequence[Session]:
    """Sessions whose number needs the attestation of improvement."""
    return chart.kx_sessions


def first_own_sessions(chart: Chart) -> Sequence[Session]:
    return [course.sessions[0] for course in chart.courses if course.sessions]


def session_lines(chart: Chart) -> Sequence[BilledLine]:
    """Covered lines of sessions: those that the KX rules judge."""
    return [line for session in chart.sessions for line in session.lines]


def attested_lines(chart: Chart) -> Sequence[BilledLine]:
    """Covered lines of sessions that carry KX."""
    return [line for line in chart.once(session_lines) if line.attested]
