"""Improvement: an end when it is lost, and what follows for KX and for the next course; with the rules of `gain`."""

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.findings import Verdict, info, violation, warning
from shared.core.improvement import Level
from shared.core.rules import gain
from shared.core.rules.reads import COUNT, KX, SCORES
from shared.core.rules.rule import (
    INFO,
    VIOLATION,
    WARNING,
    Rule,
    attested_lines,
    first_own_sessions,
    sessions_without_gain,
)
from shared.core.sessions import Session
from shared.core.severity import Severity

SECTION = gain.SECTION


def continued_after_regression(session: Session, chart: Chart) -> Verdict | None:
    if session.needs_kx:
        return _gain_lost(session, chart)
    # Number 1 is asked nothing, also where sessions elsewhere went before it.
    if session.number > 1 and session.is_initial and session.policy.regression_before_kx.value == "warn_when_worse":
        return _worse_early(session, chart)
    return None


def _gain_lost(session: Session, chart: Chart) -> Verdict | None:
    """Sessions 13-20: better once, no longer. The day the loss first shows is a question (AMB-11)."""
    better = None if chart.progress(session).level.shown else chart.first_better(session)
    if better is None:
        return None
    before = chart.progress_before(session)
    same_day = Severity(session.policy.regression_same_day.value)
    return Verdict(
        same_day if before.level.shown else VIOLATION,
        f"Session {session.number} was given though an earlier gain was lost: {chart.progress(session)}.",
        (*gain.records(session, chart), better.evidence.source, *before.records),
    )


def _worse_early(session: Session, chart: Chart) -> Verdict | None:
    """Sessions 2-12 (AMB-12): from the session after a score that is worse until a newer one is not."""
    if chart.progress(session).level is not Level.WORSE:
        return None
    before = chart.progress_before(session)
    if before.level is not Level.WORSE:
        return None
    return warning(
        f"Session {session.number} was given to a patient getting worse: {chart.progress(session)}.",
        *gain.records(session, chart),
        *before.records,
    )


def _unsupported(session: Session, chart: Chart) -> Verdict | None:
    """The violation that leaves a session without proof of improvement, if there is one."""
    verdicts = (gain.improvement_missing(session, chart), continued_after_regression(session, chart))
    return next((v for v in verdicts if v is not None and v.severity is VIOLATION), None)


def kx_unsupported(billed: BilledLine, chart: Chart) -> Verdict | None:
    lacking = _unsupported(chart.session_on[billed.on], chart)
    if lacking is None:
        return None
    return violation(f"KX attests improvement, but: {lacking.message}", billed.claim, *lacking.evidence)


def prior_course_failed(session: Session, chart: Chart) -> Verdict | None:
    before = chart.course_before(session)
    within = [s for s in before.sessions if s.number <= before.annual_sessions] if before else []
    if not before or not within:
        return None
    last, *beyond = before.sessions[len(within) - 1 :]
    failed = gain.improvement_missing(last, chart) or continued_after_regression(last, chart)
    if failed is None:
        return None
    barred = session.policy.prior_failure.value == "barred"  # AMB-15
    say = violation if barred else info
    return say(
        f"The course before ended without improvement ({last.on}): {failed.message}",
        *session.records,
        *failed.evidence,
        # Numbers may skip: without the first session past the limit a later one could be the last within it.
        *chart.counting(beyond[0] if beyond else last),
    )


RULES = (
    *gain.RULES,
    Rule(
        "CONTINUED_AFTER_REGRESSION",
        sessions_without_gain,
        continued_after_regression,
        section=SECTION,
        means="Treatment went on although the patient was getting worse or had lost the gain.",
        arises="Sessions `kx_first` to `kx_last`: no improvement stands though an earlier score was better; on the "
        "date the loss first shows `regression_same_day` decides. Up to `initial_sessions`, the first left out: the "
        "scores were worse, by the minimal important change, before that date and still are (`regression_before_kx`).",
        severities=(VIOLATION, WARNING),
        remedy="Reassess before the next session; unless a newer score shows improvement, treatment must end.",
        cites=("discontinuation", "regression_same_day", "regression_before_kx"),
        reads=(*COUNT, *SCORES),
        denial="review_denial",
        counted=True,
    ),
    Rule(
        "KX_UNSUPPORTED",
        attested_lines,
        kx_unsupported,
        section=SECTION,
        means="KX attests an improvement that the record does not show.",
        arises="A covered line carries `kx_modifier` on a session that has IMPROVEMENT_MISSING or "
        "CONTINUED_AFTER_REGRESSION as a violation.",
        severities=(VIOLATION,),
        remedy="Find the proof or withdraw the attestation: correct the line, return any payment.",
        cites=("improvement_required", "kx_first"),
        reads=(*COUNT, *KX, *SCORES),
        denial="review_denial",
        counted=True,
    ),
    Rule(
        "PRIOR_COURSE_FAILED",
        first_own_sessions,
        prior_course_failed,
        section=SECTION,
        means="A new period begins after a course that ended without improvement.",
        arises="The last own session of the period before, numbered up to `annual_sessions`, has IMPROVEMENT_MISSING "
        "or CONTINUED_AFTER_REGRESSION. Whether that is worth knowing or bars the new one: `prior_failure`.",
        severities=(INFO,),
        remedy="Have the clinician document why a new course is expected to help.",
        cites=("prior_failure", "discontinuation"),
        reads=(*COUNT, *SCORES),
        denial="review_denial",
        counted=True,
    ),
)
