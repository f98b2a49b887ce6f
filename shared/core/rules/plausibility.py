"""Plausibility of improvement: patterns that real patients seldom show. A question for review, never an accusation."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from shared.core.chart import Chart
from shared.core.findings import Verdict, gravest, warning
from shared.core.improvement import Assessment
from shared.core.rules.frequency import needs_kx
from shared.core.sessions import Course, Session


def improvement_implausible(session: Session, chart: Chart) -> Verdict | None:
    """Asked of the first own session of a period, about the whole course."""
    course = chart.course_of(session)
    return gravest(_identical_steps(course, chart), _just_in_time(course, chart), _copied_notes(course))


def _measured(course: Course, chart: Chart) -> Iterable[tuple[str, Sequence[Assessment]]]:
    """Each instrument's scores from the baseline to the last session of the course."""
    last = course.sessions[-1].on
    for name, baseline in chart.baselines(course.sessions[0]).items():
        yield name, [score for score in chart.scores[name] if baseline.on <= score.on <= last]


def _identical_steps(course: Course, chart: Chart) -> Verdict | None:
    wanted = course.sessions[0].policy.implausible_steps.value
    for name, scores in _measured(course, chart):
        run = _longest_equal_steps(scores)
        if len(run) >= wanted:
            sources = [score.source for score in run]
            return warning(f"{name} changed by the same step over {len(run)} assessments in a row.", *sources)
    return None


def _longest_equal_steps(scores: Sequence[Assessment]) -> Sequence[Assessment]:
    """The longest run of assessments each of which differs from the one before by the same amount, not zero."""
    best, first = 0, 0
    longest: Sequence[Assessment] = ()
    steps = [after.score - before.score for before, after in pairwise(scores)]
    for at, step in enumerate(steps):
        if step == 0:
            first = at + 1
        elif at > first and step != steps[at - 1]:
            first = at
        if step and at - first + 1 > best:
            best, longest = at - first + 1, scores[first : at + 2]
    return longest


def _just_in_time(course: Course, chart: Chart) -> Verdict | None:
    """Flat until the first session that needs improvement, better on that very day, and unchanged ever after."""
    due = next((session for session in course.sessions if needs_kx(session)), None)
    if due is None:
        return None
    wanted = due.policy.implausible_flat.value
    for name, scores in _measured(course, chart):
        before = [score for score in scores if score.on < due.on]
        after = [score for score in scores if score.on >= due.on]
        flat = len(before) >= wanted and len({score.score for score in before}) == 1
        if flat and after and after[0].on == due.on and len({score.score for score in after}) == 1:
            scale = due.policy.instruments.value[name]
            if scale.gain(before[0].score, after[0].score) > 0:
                sources = [score.source for score in scores]
                said = f"{name} stayed flat and first improved on session {due.number}, where improvement falls due."
                return warning(said, *sources)
    return None


def _copied_notes(course: Course) -> Verdict | None:
    """Every visit repeats note and muscles, and scores stand nowhere but around the session where they fall due."""
    due = next((session for session in course.sessions if needs_kx(session)), None)
    if due is None:
        return None
    visits = [(session, visit) for session in course.sessions for visit in session.visits]
    contents = {(visit.note, visit.procedure.muscles if visit.procedure else ()) for _, visit in visits}
    scored = {session.number for session, visit in visits if visit.measures}
    if len(contents) != 1 or not scored or not scored <= {due.number - 1, due.number}:
        return None
    said = "Every visit repeats the same note elements and muscles; scores stand only where improvement falls due."
    return warning(said, *(visit for _, visit in visits))
