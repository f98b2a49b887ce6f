"""The answer before the visit: would a session on that date be covered? The audit with one more, hypothetical, visit.

The visit copies the patient's last one, so what will be asked anew on the day (note, muscles, screening, supervision)
is no part of the answer, nor are the clock rules. Of a visit already on record they are facts, and count. What the
record shows to be wrong says "no"; what the rules need and no record states leaves the question open and is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from shared.core.asked import Prospect
from shared.core.findings import Finding
from shared.core.history import History
from shared.core.policy import Policies
from shared.core.severity import Severity


class Answer(StrEnum):
    YES = "yes"
    YES_WITH_KX = "yes_with_kx"
    NO = "no"
    NOT_ENOUGH_INFORMATION = "not_enough_information"


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks against a session or asks something of it. `rule` is None where the policy alone speaks."""

    rule: str | None
    severity: Severity
    message: str
    remedy: str


@dataclass(frozen=True)
class Coverage:
    """The answer. `on_record`: the date is a session already. Used and left: by the sessions of the period on record,
    also those after the date. `consequences` are violations of other dates that only this session would bring about.
    """

    patient_id: str
    on: date
    as_of: date
    procedure: str | None
    answer: Answer
    on_record: bool = False
    session_number: int | None = None
    needs_kx: bool = False
    period_started_on: date | None = None
    sessions_used: int = 0
    sessions_left: int = 0
    next_period_from: date | None = None
    missing: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    consequences: tuple[Reason, ...] = ()


def coverage(  # noqa: PLR0913, PLR0917 - a patient, a date and a code, asked of a history under a law
    patient_id: str, history: History, policies: Policies, on: date, as_of: date, procedure: str | None = None
) -> Coverage:
    """Would a session on `on` be covered, as far as the record tells?"""
    policy = policies.on(on)
    barred = Coverage(patient_id, on, as_of, procedure, Answer.NO, sessions_left=policy.annual_sessions.value)
    if on < policies.covered_from:
        return replace(barred, reasons=(_too_early(policies.covered_from),))
    prospect = Prospect(patient_id, history, policies, on, as_of)
    known = _with_reasons(_counted(barred, prospect), prospect)
    if procedure is None or procedure in policy.covered_codes.value:
        return replace(known, answer=_answer(prospect))
    return replace(known, reasons=(_not_named(procedure, policy.covered_codes.value), *known.reasons))


def _too_early(covered_from: date) -> Reason:
    message = f"Medicare covers acupuncture and dry needling for low back pain from {covered_from} on."
    return Reason("DOS_BEFORE_NCD", Severity.VIOLATION, message, "No modifier makes the date covered.")


def _not_named(procedure: str, codes: frozenset[str]) -> Reason:
    message = f"{procedure} is none of the codes that the NCD covers: {', '.join(sorted(codes))}."
    return Reason(None, Severity.VIOLATION, message, "Ask with the code of what will be done.")


def _reason(finding: Finding) -> Reason:
    return Reason(finding.rule, finding.severity, finding.message, finding.remedy)


def _with_reasons(known: Coverage, prospect: Prospect) -> Coverage:
    caused = (finding for finding in prospect.caused if finding.severity is Severity.VIOLATION)
    reasons, missing = map(_reason, _asking(prospect)), _missing(prospect)
    return replace(known, reasons=tuple(reasons), missing=missing, consequences=tuple(map(_reason, caused)))


def _counted(known: Coverage, prospect: Prospect) -> Coverage:
    course, session = prospect.course, prospect.session
    if course is None:
        return known
    used = course.counted - prospect.is_new
    return replace(
        known,
        on_record=session is not None and not prospect.is_new,
        session_number=session.number if session else None,
        needs_kx=session is not None and session.needs_kx,
        period_started_on=course.period.started_on,
        sessions_used=used,
        sessions_left=max(0, course.annual_sessions - used),
        next_period_from=course.period.next_from,
    )


# Questions to the record as a whole or to the clock, not to this session.
_NOT_OF_COVERAGE = frozenset({"IMPROVEMENT_IMPLAUSIBLE", "SAME_DAY_TWO_ENCOUNTERS", "VISIT_WITHOUT_CLAIM"})
# The copy repeats what an earlier day found.
_OF_THE_DAY = frozenset(
    {"CONTRAINDICATION_PRESENT", "DOCUMENTATION_INCOMPLETE", "MUSCLE_NAMES_MISSING", "SUPERVISION_MISSING"}
)


def _asking(prospect: Prospect) -> list[Finding]:
    """The findings that speak against the session or ask something of it."""
    silent = _NOT_OF_COVERAGE if prospect.recorded else _NOT_OF_COVERAGE | _OF_THE_DAY
    return [finding for finding in prospect.own_findings if finding.rule not in silent]


def _answer(prospect: Prospect) -> Answer:
    policy = prospect.policies.on(prospect.on)
    if prospect.visits[0].payer != policy.payer.value:
        return Answer.NOT_ENOUGH_INFORMATION
    if any(f.severity is Severity.VIOLATION and not _unproved(f, prospect) for f in _asking(prospect)):
        return Answer.NO
    if prospect.session is None or any(_undecided(prospect)):
        return Answer.NOT_ENOUGH_INFORMATION
    return Answer.YES_WITH_KX if prospect.session.needs_kx else Answer.YES


def _unproved(finding: Finding, prospect: Prospect) -> bool:
    """Whether the violation says no more than that nothing is on record."""
    session = prospect.session
    return (
        finding.rule == "IMPROVEMENT_MISSING" and session is not None and not prospect.chart.progress(session).changes
    )


def _missing(prospect: Prospect) -> tuple[str, ...]:
    """What is not known, in plain words: what leaves the question open first."""
    return tuple(dict.fromkeys((*_undecided(prospect), *_wanted(prospect))))


_CAUSES: Mapping[str, str] = {
    "systemic_cause": "whether the pain has a systemic cause",
    "due_to_surgery": "whether surgery is the cause of the pain",
    "due_to_pregnancy": "whether pregnancy is the cause of the pain",
}
_NO_SCORE = "an outcome score after the baseline"
_NO_BASELINE = "a baseline: an outcome score of the days up to the first session"


def _undecided(prospect: Prospect) -> Iterator[str]:
    """What the rules need and no record states: without it the answer is neither yes nor no."""
    if not prospect.before.low_back_visits:
        yield "the patient: no visit for low back pain is on record"
    visit, payer = prospect.visits[0], prospect.policies.on(prospect.on).payer.value
    if visit.payer != payer:
        yield f"cover by Original Medicare: the record says {visit.payer or 'no payer'}"
    if prospect.chart.onset_source(visit) is None:
        yield "when the pain began"
    yield from _causes_not_stated(prospect)
    session = prospect.session
    violations = [finding for finding in _asking(prospect) if finding.severity is Severity.VIOLATION]
    if session is None and visit.payer == payer and not violations:
        yield "whether the payer will count the date: it is no session until a claim says so"
    if session and any(_unproved(finding, prospect) for finding in violations):
        yield _NO_SCORE if prospect.chart.baselines(session) else _NO_BASELINE


def _causes_not_stated(prospect: Prospect) -> Iterator[str]:
    """Exclusions on which no visit of the period up to the date says a word."""
    sessions = prospect.course.sessions if prospect.course else ()
    visits = [*prospect.visits, *(visit for s in sessions if s.on < prospect.on for visit in s.visits)]
    for name in prospect.policies.on(prospect.on).exclusions_stated.value:
        if all(getattr(visit.condition, name) is None for visit in visits):
            yield _CAUSES[name]


def _wanted(prospect: Prospect) -> Iterator[str]:
    """What should be on record by then, though the session would be covered without it."""
    session, asked = prospect.session, {f.rule: f.severity for f in _asking(prospect)}
    if session and not prospect.chart.baselines(session):
        yield _NO_BASELINE
    if "IMPROVEMENT_STALE" in asked:
        yield "a newer outcome score"
    if asked.get("CREDENTIAL_MISSING") is Severity.WARNING:
        yield "the performer's degree or licence"
