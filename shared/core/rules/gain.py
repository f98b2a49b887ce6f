"""The gain that sessions past the twelfth need on record: is it there, large, fresh and undisputed?"""

from shared.core.calendar import days_after
from shared.core.chart import Chart
from shared.core.events import Snapshot
from shared.core.findings import Verdict, violation, warning
from shared.core.improvement import Level
from shared.core.rules.reads import COUNT, SCORES
from shared.core.rules.rule import VIOLATION, WARNING, Rule, first_own_sessions, kx_sessions, sessions_without_gain
from shared.core.sessions import Session

SECTION = "Improvement"


def records(session: Session, chart: Chart) -> tuple[Snapshot, ...]:
    """What proves a verdict on improvement: the session and the scores compared."""
    return (*session.records, *chart.compared(session))


def no_baseline(session: Session, chart: Chart) -> Verdict | None:
    if chart.baselines(session):
        return None
    days = session.policy.baseline_days.value
    return warning(
        f"No outcome score was taken in the {days} days up to the first session: improvement cannot be shown."
    )


def improvement_missing(session: Session, chart: Chart) -> Verdict | None:
    if not session.needs_kx or chart.progress(session).level.shown or chart.first_better(session):
        return None
    return violation(
        f"Session {session.number} needs improvement on record by {session.on} and has none: {_said(session, chart)}.",
        *records(session, chart),
    )


def _said(session: Session, chart: Chart) -> str:
    return str(chart.progress(session)) if chart.baselines(session) else "no baseline"


def improvement_below_mic(session: Session, chart: Chart) -> Verdict | None:
    progress = chart.progress(session)
    if progress.level is not Level.SOME:
        return None
    return warning(
        f"Session {session.number}: improvement is below the minimal important change: {progress}.",
        *records(session, chart),
    )


def improvement_stale(session: Session, chart: Chart) -> Verdict | None:
    progress, days = chart.progress(session), session.policy.improvement_max_age_days.value
    if not progress.level.shown or progress.newest >= days_after(session.on, -days):
        return None
    return warning(
        f"Session {session.number}: the newest score is of {progress.newest}, more than {days} days before.",
        *records(session, chart),
    )


def improvement_conflicting(session: Session, chart: Chart) -> Verdict | None:
    progress = chart.progress(session)
    if progress.level is not Level.IMPROVED:
        return None
    if not any(change.worse for change in progress.changes):
        return None
    return warning(
        f"Session {session.number}: one instrument improved while another got worse: {progress}.",
        *records(session, chart),
    )


RULES = (
    Rule(
        "NO_BASELINE",
        first_own_sessions,
        no_baseline,
        section=SECTION,
        means="No outcome score was taken at the start, so improvement can never be shown.",
        arises="No instrument has a score in the `baseline_days` before the first own session of a period or on its "
        "date; in a period begun elsewhere, from so many days before its start on.",
        severities=(WARNING,),
        remedy="Find a score of the thirty days before the first session; else sessions past the twelfth will fail.",
        cites=("baseline_days", "improvement_required"),
        reads=(*COUNT, *SCORES),
        counted=True,
    ),
    Rule(
        "IMPROVEMENT_MISSING",
        sessions_without_gain,
        improvement_missing,
        section=SECTION,
        means="One of the eight additional sessions was given without improvement on record.",
        arises="At a session numbered `kx_first` to `kx_last` no score taken after its baseline and by that date was "
        "ever better than it (by how much: `improvement_standard`).",
        severities=(VIOLATION,),
        remedy="Find a dated score that shows improvement by that date. Without one the session is not covered: "
        "remove KX, return any payment, and stop treatment.",
        cites=("improvement_required", "discontinuation", "improvement_standard"),
        reads=(*COUNT, *SCORES),
        denial="review_denial",
        counted=True,
    ),
    Rule(
        "IMPROVEMENT_BELOW_MIC",
        kx_sessions,
        improvement_below_mic,
        section=SECTION,
        means="The improvement on record is smaller than the instrument's minimal important change.",
        arises="At a session numbered `kx_first` to `kx_last` an instrument is better than its baseline, but none by "
        "its minimal important change (`instruments`) or, where accepted, by `improvement_percent`.",
        severities=(WARNING,),
        remedy="Have the clinician document what the gain means for the patient's function.",
        cites=("improvement_standard", "improvement_required", "instruments"),
        reads=(*COUNT, *SCORES),
        counted=True,
    ),
    Rule(
        "IMPROVEMENT_STALE",
        kx_sessions,
        improvement_stale,
        section=SECTION,
        means="The newest proof of improvement is older than ninety days.",
        arises="At a session numbered `kx_first` to `kx_last` improvement is shown, but the newest score of any "
        "instrument is more than `improvement_max_age_days` older than the session.",
        severities=(WARNING,),
        remedy="Reassess before the next session.",
        cites=("improvement_max_age_days", "improvement_required"),
        reads=(*COUNT, *SCORES),
        counted=True,
    ),
    Rule(
        "IMPROVEMENT_CONFLICTING",
        kx_sessions,
        improvement_conflicting,
        section=SECTION,
        means="One instrument improved while another got worse.",
        arises="At a session numbered `kx_first` to `kx_last` one instrument is better and another worse than its "
        "baseline, each by its minimal important change (`instruments`; better also by `improvement_percent`).",
        severities=(WARNING,),
        remedy="Have the clinician weigh the two in the note.",
        cites=("improvement_standard", "improvement_required", "instruments"),
        reads=(*COUNT, *SCORES),
        counted=True,
    ),
)
