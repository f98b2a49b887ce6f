"""Steps that look things up: the onset stated, the visit of a line, the lines beside it, and dates that run out."""

from datetime import date

from shared.core.billed_line import BilledLine
from shared.core.calendar import days_after, months_after, years_after
from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted
from shared.core.findings import Subject
from shared.core.steps.step import Step, Told, counted, line_named, named


def onset(subject: Subject, chart: Chart) -> Told:
    visit = next((visit for visit in chart.completed_visits if visit.visit_id == subject.visit_id), None)
    source = chart.onset_source(visit) if visit else None
    if visit is None or source is None or source.condition is None or source.condition.onset_date is None:
        return
    began, day = source.condition.onset_date, visit.date_of_service
    weeks = chart.policy_on(day).chronicity_weeks.value
    yield Step(
        "onset",
        f"The pain began {began}, says {named(source)}: {counted((day - began).days, 'day')} before {day}; "
        f"{weeks} weeks are asked.",
        {"onset_date": began, "lasted_days": (day - began).days, "weeks": weeks, "record": source.reference._asdict()},
    )


def _billed(subject: Subject, chart: Chart) -> BilledLine | None:
    wanted = (subject.claim_id, subject.line_number)
    return next((b for b in chart.lines if (b.claim.claim_id, b.line.line_number) == wanted), None)


def line(subject: Subject, chart: Chart) -> Told:
    """The visit that the line is judged against, and the lines beside it."""
    billed = _billed(subject, chart)
    if billed is None:
        return
    visit = chart.visit_of(billed)
    text = f"The line is judged against visit {visit.visit_id}." if visit else "No single visit stands for the line."
    yield Step("visit", text, {"visit_id": visit.visit_id if visit else None})
    beside = [other for other in chart.billing.beside(billed) if other is not billed]
    said = "; ".join(f"{line_named(other)}: {_billing(other)}" for other in beside) or "none"
    text = f"{billed.line.procedure_code} is billed as {_billing(billed)}; beside it by the same biller: {said}."
    yield Step("billing", text, {"beside": [(other.claim.claim_id, other.line.line_number) for other in beside]})


def _billing(billed: BilledLine) -> str:
    modifiers = "".join(f"-{modifier}" for modifier in billed.line.modifiers)
    return f"{billed.line.procedure_code}{modifiers} x {billed.line.units}"


def visit_due(subject: Subject, chart: Chart) -> Told:
    if billed := _billed(subject, chart):
        received, grace = billed.claim.received_on, billed.policy.visit_grace_days.value
        yield _clock(f"received {received}; a visit is waited for until", days_after(received, grace), chart)


def claim_due(subject: Subject, chart: Chart) -> Told:
    day = subject.date_of_service
    if day is None:
        return
    policy = chart.policy_on(day)
    yield _clock(f"visit of {day}; a claim is expected by", days_after(day, policy.unbilled_days.value), chart)
    yield _clock("it becomes urgent on", months_after(day, policy.unbilled_months.value), chart)
    yield _clock("it can be filed until", years_after(day, policy.filing_years.value), chart)


def filed(subject: Subject, chart: Chart) -> Told:
    if billed := _billed(subject, chart):
        until = years_after(billed.on, billed.policy.filing_years.value)
        text = f"The service of {billed.on} could be filed until {until}; received {billed.claim.received_on}."
        yield Step("limit", text, {"limit": until, "received_on": billed.claim.received_on})


def _clock(text: str, day: date, chart: Chart) -> Step:
    said = f"{text[:1].upper()}{text[1:]} {day}; judged as of {chart.as_of}."
    return Step("clock", said, {"limit": day, "as_of": chart.as_of})


def claim(subject: Subject, chart: Chart) -> Told:
    found = chart.history.latest.get(("claim", subject.claim_id or ""))
    if not isinstance(found, ClaimSubmitted):
        return
    named = found.replaces_claim_id
    known = named is not None and ("claim", chart.changed_by(found)) in chart.history.latest
    text = f"Frequency code {found.frequency_code}; it names {f'claim {named}' if named else 'no claim'}"
    seen = f", which is {'' if known else 'not '}on record" if named else ""
    yield Step("claim", f"{text}{seen}.", {"names": named, "on_record": known})
