"""Clocks: claims without a visit, visits without a claim, and the limit for filing; the only use of `as_of`."""

from shared.core.billed_line import BilledLine
from shared.core.calendar import years_after
from shared.core.chart import Chart
from shared.core.due import lines_without_visit, unbilled_from, urgent_from, visit_missed_from, visits_without_claim
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, info, violation, warning
from shared.core.rules.reads import LINE, LOW_BACK, ONSET
from shared.core.rules.rule import INFO, VIOLATION, WARNING, Rule, ncd_lines

SECTION = "Reconciliation and clocks"
_SHORTEST_YEAR = 365  # days


def claim_without_visit(billed: BilledLine, chart: Chart) -> Verdict | None:
    if chart.as_of < visit_missed_from(billed):
        return None
    return violation(
        f"{billed.line.procedure_code} of {billed.on} was received {billed.claim.received_on}; "
        "no needling visit of that date is on record.",
        billed.claim,
    )


def visit_without_claim(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    if chart.as_of < unbilled_from(visit, chart):
        return None
    day = visit.date_of_service
    until = years_after(day, chart.policy_on(day).filing_years.value)
    say = warning if chart.as_of >= urgent_from(visit, chart) else info
    return say(f"The visit of {day} has no needling line; it can be filed until {until}.", visit)


def filing_deadline(billed: BilledLine, chart: Chart) -> Verdict | None:
    received, years = billed.claim.received_on, billed.policy.filing_years.value
    if (received - billed.on).days <= _SHORTEST_YEAR * years:  # as nearly all: no calendar is needed
        return None
    until = years_after(billed.on, years)
    if received <= until:
        return None
    return violation(f"The service of {billed.on} was received {received}; the limit was {until}.", billed.claim)


RULES = (
    Rule(
        "CLAIM_WITHOUT_VISIT",
        lines_without_visit,
        claim_without_visit,
        section=SECTION,
        means="A needling line was billed, but no visit of that date is on record.",
        arises="No needling visit is on the date of a needling line, and the day of the audit is more than "
        "`visit_grace_days` after the claim was received.",
        severities=(VIOLATION,),
        remedy="Find the note. If there is none the service cannot be shown: void the claim, return any payment.",
        cites=("visit_grace_days",),
        reads=(*LINE, "claim.received_on"),
        denial="review_denial",
    ),
    Rule(
        "VISIT_WITHOUT_CLAIM",
        visits_without_claim,
        visit_without_claim,
        section=SECTION,
        means="A covered visit has not been billed.",
        arises="The date of a visit that the NCD covers has no needling line, and the day of the audit is "
        "`unbilled_days` or more after it. Warning from `unbilled_months` on; it can be filed for `filing_years`.",
        severities=(INFO, WARNING),
        remedy="Bill it before the filing limit, or record why it is not billed.",
        cites=("unbilled_days", "unbilled_months", "filing_years"),
        reads=(*LOW_BACK, *ONSET),
    ),
    Rule(
        "FILING_DEADLINE",
        ncd_lines,
        filing_deadline,
        section=SECTION,
        means="The claim was received later than one calendar year after the service.",
        arises="A needling line was received more than `filing_years` after its date of service; the anniversary is in "
        "time.",
        severities=(VIOLATION,),
        remedy="It will be denied without appeal rights unless an exception of 42 CFR 424.44(b) applies.",
        cites=("filing_years",),
        reads=(*LINE, "claim.received_on"),
        denial="filing_limit",
    ),
)
