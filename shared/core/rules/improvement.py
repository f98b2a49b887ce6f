"""Improvement: eight more sessions only if the patient is shown to improve, and an end when not."""

from shared.core.calendar import days_after
from shared.core.chart import Chart
from shared.core.events import Snapshot
from shared.core.findings import Severity, Verdict, info, violation, warning
from shared.core.improvement import Level
from shared.core.record import BilledLine
from shared.core.rules.frequency import is_initial, needs_kx
from shared.core.rules.rule import Rule, first_own_sessions, session_lines, sessions
from shared.core.sessions import Session


def _records(session: Session, chart: Chart) -> tuple[Snapshot, ...]:
    """What proves a verdict on improvement: the session, the scores compared, baselines that nothing followed."""
    baselines = (baseline.source for baseline in chart.baselines(session).values())
    return (*session.records, *chart.progress(session).records, *baselines)


def no_baseline(session: Session, chart: Chart) -> Verdict | None:
    if chart.baselines(session):
        return None
    days = session.policy.baseline_days.value
    return warning(
        f"No outcome score was taken in the {days} days up to the first session: improvement cannot be shown.",
        *session.records,
    )


def improvement_missing(session: Session, chart: Chart) -> Verdict | None:
    if not needs_kx(session) or chart.progress(session).level.shown or chart.ever_better(session):
        return None
    return violation(
        f"Session {session.number} needs improvement on record by {session.on} and has none: {_said(session, chart)}.",
        *_records(session, chart),
    )


def _said(session: Session, chart: Chart) -> str:
    return str(chart.progress(session)) if chart.baselines(session) else "no baseline"


def continued_after_regression(session: Session, chart: Chart) -> Verdict | None:
    if needs_kx(session):
        return _gain_lost(session, chart)
    if is_initial(session) and session.policy.regression_before_kx.value == "warn_when_worse":
        return _worse_early(session, chart)
    return None


def _gain_lost(session: Session, chart: Chart) -> Verdict | None:
    """Sessions 13-20: better once, no longer. The day the loss first shows is a question (AMB-11)."""
    if chart.progress(session).level.shown or not chart.ever_better(session):
        return None
    first_shown = chart.progress_before(session).level.shown
    same_day = Severity(session.policy.regression_same_day.value)
    return Verdict(
        same_day if first_shown else Severity.VIOLATION,
        f"Session {session.number} was given though an earlier gain was lost: {chart.progress(session)}.",
        _records(session, chart),
    )


def _worse_early(session: Session, chart: Chart) -> Verdict | None:
    """Sessions 2-12 (AMB-12): from the session after a score that is worse until a newer one is not."""
    if chart.progress(session).level is not Level.WORSE or chart.progress_before(session).level is not Level.WORSE:
        return None
    return warning(
        f"Session {session.number} was given to a patient getting worse: {chart.progress(session)}.",
        *_records(session, chart),
    )


def _unsupported(session: Session, chart: Chart) -> Verdict | None:
    """The violation that leaves a session without proof of improvement, if there is one."""
    verdicts = (improvement_missing(session, chart), continued_after_regression(session, chart))
    return next((v for v in verdicts if v is not None and v.severity is Severity.VIOLATION), None)


def kx_unsupported(billed: BilledLine, chart: Chart) -> Verdict | None:
    session = chart.session_on[billed.on]
    lacking = _unsupported(session, chart) if billed.attested else None
    if lacking is None:
        return None
    return violation(f"KX attests improvement, but: {lacking.message}", billed.claim, *lacking.evidence)


def improvement_below_mic(session: Session, chart: Chart) -> Verdict | None:
    progress = chart.progress(session)
    if not needs_kx(session) or progress.level is not Level.SOME:
        return None
    return warning(
        f"Session {session.number}: improvement is below the minimal important change: {progress}.",
        *_records(session, chart),
    )


def improvement_stale(session: Session, chart: Chart) -> Verdict | None:
    progress, days = chart.progress(session), session.policy.improvement_max_age_days.value
    if not needs_kx(session) or not progress.level.shown or progress.newest is None:
        return None
    if progress.newest >= days_after(session.on, -days):
        return None
    return warning(
        f"Session {session.number}: the newest score is of {progress.newest}, more than {days} days before.",
        *_records(session, chart),
    )


def improvement_conflicting(session: Session, chart: Chart) -> Verdict | None:
    progress = chart.progress(session)
    if not needs_kx(session) or progress.level is not Level.IMPROVED:
        return None
    if not any(change.worse for change in progress.changes):
        return None
    return warning(
        f"Session {session.number}: one instrument improved while another got worse: {progress}.",
        *_records(session, chart),
    )


def prior_course_failed(session: Session, chart: Chart) -> Verdict | None:
    before = chart.course_before(session)
    within = [s for s in before.sessions if s.number <= before.annual_sessions] if before else []
    if not within:
        return None
    last = within[-1]
    failed = improvement_missing(last, chart) or continued_after_regression(last, chart)
    if failed is None:
        return None
    barred = session.policy.prior_failure.value == "barred"  # AMB-15
    say = violation if barred else info
    return say(
        f"The course before ended without improvement ({last.on}): {failed.message}", *session.records, *failed.evidence
    )


RULES = (
    Rule(
        "NO_BASELINE",
        first_own_sessions,
        no_baseline,
        means="No outcome score was taken at the start, so improvement can never be shown.",
        remedy="Find a score of the thirty days before the first session; else sessions past the twelfth will fail.",
        cites=("improvement_required", "baseline_days"),
    ),
    Rule(
        "IMPROVEMENT_MISSING",
        sessions,
        improvement_missing,
        means="One of the eight additional sessions was given without improvement on record.",
        remedy="Find a dated score that shows improvement by that date. Without one the session is not covered: "
        "remove KX, return any payment, and stop treatment.",
        cites=("improvement_required", "discontinuation", "improvement_standard"),
    ),
    Rule(
        "CONTINUED_AFTER_REGRESSION",
        sessions,
        continued_after_regression,
        means="Treatment went on although the patient was getting worse or had lost the gain.",
        remedy="Reassess before the next session; unless a newer score shows improvement, treatment must end.",
        cites=("discontinuation", "regression_same_day", "regression_before_kx"),
    ),
    Rule(
        "KX_UNSUPPORTED",
        session_lines,
        kx_unsupported,
        means="KX attests an improvement that the record does not show.",
        remedy="Find the proof or withdraw the attestation: correct the line, return any payment.",
        cites=("improvement_required", "kx_first"),
    ),
    Rule(
        "IMPROVEMENT_BELOW_MIC",
        sessions,
        improvement_below_mic,
        means="The improvement on record is smaller than the instrument's minimal important change.",
        remedy="Have the clinician document what the gain means for the patient's function.",
        cites=("improvement_required", "improvement_standard", "instruments"),
    ),
    Rule(
        "IMPROVEMENT_STALE",
        sessions,
        improvement_stale,
        means="The newest proof of improvement is older than ninety days.",
        remedy="Reassess before the next session.",
        cites=("improvement_required", "improvement_max_age_days"),
    ),
    Rule(
        "IMPROVEMENT_CONFLICTING",
        sessions,
        improvement_conflicting,
        means="One instrument improved while another got worse.",
        remedy="Have the clinician weigh the two in the note.",
        cites=("improvement_required", "improvement_standard", "instruments"),
    ),
    Rule(
        "PRIOR_COURSE_FAILED",
        first_own_sessions,
        prior_course_failed,
        means="A new period begins after a course that ended without improvement.",
        remedy="Have the clinician document why a new course is expected to help.",
        cites=("discontinuation", "prior_failure"),
    ),
)
