"""Plausibility of improvement: patterns that real patients seldom show. A question for review, never an accusation."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from shared.core.calendar import days_after
from shared.core.chart import Chart
from shared.core.findings import Verdict, warning
from shared.core.improvement import Assessment, Scores, within
from shared.core.rules.reads import COUNT, SCORES
from shared.core.rules.rule import WARNING, Rule
from shared.core.sessions import Course, Session


def telling_sessions(chart: Chart) -> Sequence[Session]:
    """Where a pattern can be seen first: where a score was taken since the session before in its period."""
    return [session for course in chart.courses for session in _telling(course, chart)]


def _telling(course: Course, chart: Chart) -> Iterable[Session]:
    known = 0
    for session in course.sessions:
        scores = chart.scores_through(session)
        if scores > known:
            yield session
        known = scores


def _first_due(course: Course) -> Session | None:
    """The session with which improvement becomes necessary."""
    return next((session for session in course.sessions if session.needs_kx), None)


def improvement_implausible(session: Session, chart: Chart) -> Verdict | None:
    """Asked once: of the session on which a pattern is first seen."""
    due = session is _first_due(chart.course_of(session))
    last = days_after(session.period.next_from, -1) if due else session.on
    told = _told_by(session, chart, last)
    said = [*_identical_steps(session, chart, told)]
    if due:
        said += [*_just_in_time(session, chart, told), *_copied_notes(session, chart, told)]
    if not said:
        return None
    # Any score of the period could have broken the pattern, whoever took it: all of them prove that none did.
    return warning(" ".join(said), *(score.source for scores in told.values() for score in scores))


def _told_by(session: Session, chart: Chart, last: date) -> Scores:
    """Every score of the session's period up to `last`, from the days in which a baseline may be taken on."""
    since = days_after(session.period.started_on, -session.policy.baseline_days.value)
    return {name: within(scores, since, last) for name, scores in chart.scores.items()}


def _from_baseline(session: Session, chart: Chart, told: Scores) -> Iterable[tuple[str, Sequence[Assessment]]]:
    """Each instrument's scores from the baseline of the session's period on."""
    for name, baseline in chart.baselines(session).items():
        yield name, within(told[name], baseline.on, date.max)


def _identical_steps(session: Session, chart: Chart, told: Scores) -> Iterable[str]:
    wanted = session.policy.implausible_steps.value
    for name, scores in _from_baseline(session, chart, told):
        scale = session.policy.instruments.value[name]
        gains = [scale.gain(earlier.score, later.score) for earlier, later in pairwise(scores)]
        completed = (scores[at].on for at in _runs_completed(gains, wanted - 1))
        if any(_is_new(day, session, chart) for day in completed):
            yield f"{name} improved by the same step over {wanted} assessments in a row."


def _runs_completed(gains: Sequence[Decimal], wanted: int) -> Iterable[int]:
    """Where so many equal gains in a row are first complete; a run that goes on is complete once."""
    equal = 0
    for at, gain in enumerate(gains, start=1):
        equal = equal + 1 if equal and gain == gains[at - 2] else 1 if gain > 0 else 0
        if equal == wanted:
            yield at


def _is_new(day: date, session: Session, chart: Chart) -> bool:
    """Whether a day lies after the session before, and up to this one."""
    before = chart.session_before(session)
    return day <= session.on and (before is None or day > before.on)


def _just_in_time(session: Session, chart: Chart, told: Scores) -> Iterable[str]:
    """Flat until improvement becomes necessary, better on that very day, and unchanged ever after."""
    for name, scores in _from_baseline(session, chart, told):
        before = [score for score in scores if score.on < session.on]
        after = [score for score in scores if score.on >= session.on]
        if len(before) < session.policy.implausible_flat.value or not after or after[0].on != session.on:
            continue
        gain = session.policy.instruments.value[name].gain(before[0].score, after[0].score)
        if gain > 0 and _flat(before) and _flat(after):
            yield f"{name} stayed flat and first improved on session {session.number}, where improvement falls due."


def _flat(scores: Sequence[Assessment]) -> bool:
    return len({score.score for score in scores}) == 1


def _copied_notes(session: Session, chart: Chart, told: Scores) -> Iterable[str]:
    """Every visit so far repeats note and muscles; scores stand on the last two sessions only, where they fall due."""
    so_far = [other for other in chart.course_of(session).sessions if other.on <= session.on]
    days = {score.on for scores in told.values() for score in scores if score.on <= session.on}
    all_ours = len(so_far) == session.number  # we hold no notes of sessions elsewhere
    # One late score alone is common and proves nothing; both together, and none before, is the pattern.
    if all_ours and days == {other.on for other in so_far[-2:]} and _alike(so_far):
        yield "Every visit repeats the same note elements and muscles; scores stand only where improvement falls due."


def _alike(sessions: Iterable[Session]) -> bool:
    """Whether their visits repeat note and muscles. Readers' are alike because they are not stated."""
    visits = [visit for session in sessions for visit in session.visits]
    contents = {(visit.note, visit.procedure.muscles if visit.procedure else ()) for visit in visits}
    return len(contents) == 1 and not any(visit.by_reader for visit in visits)


RULES = (
    Rule(
        "IMPROVEMENT_IMPLAUSIBLE",
        telling_sessions,
        improvement_implausible,
        section="Improvement",
        means="The scores or notes show a pattern that real patients seldom show: is it what was measured?",
        arises="An instrument improves by the same step over `implausible_steps` assessments; or it stays flat over "
        "`implausible_flat` assessments, first improves on the session where `kx_first` makes improvement necessary "
        "and never changes after; or every visit repeats note and muscles, with scores on that session and the one "
        "before only.",
        severities=(WARNING,),
        remedy="Ask the performer how and when the scores were taken, and keep the answer with the record.",
        cites=("implausible_steps", "implausible_flat", "improvement_required"),
        reads=(*COUNT, *SCORES, "visit.note", "visit.procedure.muscles"),
        counted=True,
    ),
)
