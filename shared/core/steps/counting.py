"""Steps that count: which period, which number in it, the initial window, and whether KX is due."""

from shared.core.chart import Chart
from shared.core.findings import Subject
from shared.core.sessions import Session
from shared.core.steps.step import Step, Told, counted, line_named, named, session_of


def period(subject: Subject, chart: Chart) -> Told:
    session = session_of(subject, chart)
    if session is None:
        return
    begun = session.period
    why = _why_it_began(session, chart)
    yield Step(
        "period",
        f"The period began {begun.started_on}: {why}. The next can begin {begun.next_from}.",
        {"started_on": begun.started_on, "next_from": begun.next_from},
    )


def _why_it_began(session: Session, chart: Chart) -> str:
    begun, first = session.period, chart.session_on.get(session.period.started_on)
    if first is not None:
        by = ", ".join(dict.fromkeys(map(named, first.records)))
    elif begun.elsewhere is not None and begun.elsewhere.first_on == begun.started_on:
        by = f"furnished elsewhere, says {named(begun.elsewhere.source)}"
    else:
        by = "counted by the payer alone"
    before = chart.course_before(session)
    return f"its first session ({by})" + (f", on or after {before.period.next_from}" if before else "")


def number(subject: Subject, chart: Chart) -> Told:
    """The session's place in its period: the dates before it, and sessions elsewhere before it."""
    session = session_of(subject, chart)
    if session is None:
        return
    before = [s.on for s in chart.course_of(session).sessions if s.on < session.on]
    elsewhere = session.period.elsewhere
    abroad = elsewhere.count if elsewhere and elsewhere.last_on < session.on else 0
    dates = f": {', '.join(map(str, before))}" if before else ""
    other = f", and {abroad} elsewhere ({named(elsewhere.source)})" if elsewhere and abroad else ""
    yield Step(
        "number",
        f"{session.on} is session {session.number}: {counted(len(before), 'date')} counted before it{other}{dates}.",
        {"number": session.number, "counted_before": before, "elsewhere": abroad},
    )


def limit(subject: Subject, chart: Chart) -> Told:
    if session := session_of(subject, chart):
        most = session.policy.annual_sessions.value
        yield Step("limit", f"A period holds {most} sessions: {session.number} is over.", {"most": most})


def window(subject: Subject, chart: Chart) -> Told:
    if session := session_of(subject, chart):
        days, end = session.policy.initial_window_days.value, session.period.window_ends_on
        late = counted((session.on - end).days, "day")
        text = f"The initial window of {days} days ended {end}; {session.on} lies {late} after it."
        yield Step("window", text, {"days": days, "ends_on": end})


def kx(subject: Subject, chart: Chart) -> Told:
    session = session_of(subject, chart)
    if session is None:
        return
    policy, due = session.policy, session.needs_kx
    carried = {line_named(billed): billed.attested for billed in session.lines}
    lines = "; ".join(f"{line} carries {'it' if has else 'none'}" for line, has in carried.items())
    yield Step(
        "kx",
        f"KX is due on sessions {policy.kx_first.value} to {policy.kx_last.value}: on session {session.number} it is "
        f"{'due' if due else 'not due'}{'; ' + lines if lines else ''}.",
        {"first": policy.kx_first.value, "last": policy.kx_last.value, "due": due, "lines": carried},
    )
