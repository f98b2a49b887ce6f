"""Steps that compare: each instrument's baseline with its latest score, and what they say together."""

from typing import Any

from shared.core.chart import Chart
from shared.core.findings import Subject
from shared.core.improvement import Assessment, Change
from shared.core.sessions import Session
from shared.core.steps.step import Step, Told, named, session_of


def scores(subject: Subject, chart: Chart) -> Told:
    """Each instrument's baseline against its latest score, and what they say together."""
    if session := session_of(subject, chart):
        yield from _scores_at(session, chart)


def _scores_at(session: Session, chart: Chart) -> Told:
    baselines, progress = chart.baselines(session), chart.progress(session)
    if not baselines:
        days, first = session.policy.baseline_days.value, session.period.first_own
        text = f"No instrument has a score of the {days} days up to the first own session, {first}."
        yield Step("baseline", text, {"first_own_session": first, "days": days})
    compared = {change.instrument: change for change in progress.changes}
    for name, baseline in baselines.items():
        yield _compared(name, compared[name], session) if name in compared else _alone(name, baseline, session)
    gained, before = chart.first_better(session), chart.progress_before(session).level
    yield Step(
        "improvement",
        f"On {session.on} the record shows: {progress.level}. Before that day: {before}. "
        f"A score better than its baseline by then: {gained or 'none'}.",
        {"level": progress.level.value, "level_before": before.value, "ever_better": gained is not None},
    )


def _alone(name: str, baseline: Assessment, session: Session) -> Step:
    text = f"{name}: baseline {_score(baseline)}; no score after it by {session.on}."
    return Step("scores", text, {"instrument": name, "baseline": _values(baseline)})


def _score(assessment: Assessment) -> str:
    return f"{assessment.score} on {assessment.on} ({named(assessment.source)})"


def _values(assessment: Assessment) -> dict[str, Any]:
    return {"score": assessment.score, "on": assessment.on, "record": assessment.source.reference._asdict()}


def _compared(name: str, change: Change, session: Session) -> Step:
    scale, percent = session.policy.instruments.value[name], session.policy.improvement_percent.value
    share = change.gain / change.baseline.score if change.baseline.score else None
    reached = f", {share:.1%} of the baseline" if share is not None else ""
    accepted = f" or {percent} %" if scale.percent_accepted else ""
    return Step(
        "scores",
        f"{name}: baseline {_score(change.baseline)}; latest {_score(change.evidence)}: a gain of {change.gain}"
        f"{reached}; {scale.important_change}{accepted} is important: {_said(change)}.",
        {
            "instrument": name,
            "baseline": _values(change.baseline),
            "evidence": _values(change.evidence),
            "gain": change.gain,
            "important_change": scale.important_change,
            "percent": percent if scale.percent_accepted else None,
            "said": _said(change),
        },
    )


def _said(change: Change) -> str:
    if change.improved:
        return "improved"
    if change.better:
        return "better by less"
    return "worse" if change.worse else "not better"


def course_before(subject: Subject, chart: Chart) -> Told:
    session = session_of(subject, chart)
    before = chart.course_before(session) if session else None
    within = [other for other in before.sessions if other.number <= before.annual_sessions] if before else []
    for last in within[-1:]:
        text = f"The period before ended with session {last.number} on {last.on}."
        yield Step("course_before", text, {"number": last.number, "on": last.on})
        yield from _scores_at(last, chart)
