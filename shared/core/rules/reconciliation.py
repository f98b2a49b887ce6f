"""Reconciliation and clocks: claims against visits, duplicates, corrections, deadlines; the only use of `as_of`."""

from collections.abc import Iterable

from shared.core.calendar import days_after, months_after, years_after
from shared.core.chart import Chart
from shared.core.condition import is_clbp
from shared.core.events import ClaimSubmitted, VisitRecorded
from shared.core.findings import Verdict, info, violation, warning
from shared.core.record import CHANGES_ANOTHER, BilledLine
from shared.core.rules.rule import Rule, judged_visits, low_back_visits, ncd_lines


def all_lines(chart: Chart) -> Iterable[BilledLine]:
    return chart.billing.lines


def changing_claims(chart: Chart) -> Iterable[ClaimSubmitted]:
    """Replacements and voids, also those that no longer stand; of services since the NCD, or of no stated date."""
    start = chart.policies.covered_from
    for claim in chart.history.claims:
        days = [line.date_of_service for line in claim.lines]
        if claim.frequency_code in CHANGES_ANOTHER and (not days or max(days) >= start):
            yield claim


def claim_without_visit(billed: BilledLine, chart: Chart) -> Verdict | None:
    grace = billed.policy.visit_grace_days.value
    if billed.on in chart.needling_visits or chart.as_of <= days_after(billed.claim.received_on, grace):
        return None
    return violation(
        f"{billed.line.procedure_code} of {billed.on} was received {billed.claim.received_on}; "
        "no needling visit of that date is on record.",
        billed.claim,
    )


def visit_without_claim(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    day = visit.date_of_service
    policy = chart.policy_on(day)
    overdue = chart.as_of >= days_after(day, policy.unbilled_days.value)
    if day in chart.ncd_lines_by_date or not overdue or not is_clbp(visit, chart):
        return None
    urgent = chart.as_of >= months_after(day, policy.unbilled_months.value)
    until = years_after(day, policy.filing_years.value)
    say = warning if urgent else info
    return say(f"The visit of {day} has no needling line; it can be filed until {until}.", visit)


def filing_deadline(billed: BilledLine, chart: Chart) -> Verdict | None:
    until = years_after(billed.on, billed.policy.filing_years.value)
    if billed.claim.received_on <= until:
        return None
    received = billed.claim.received_on
    return violation(f"The service of {billed.on} was received {received}; the limit was {until}.", billed.claim)


def duplicate_claim(billed: BilledLine, chart: Chart) -> Verdict | None:
    first = chart.billing.duplicates.get(billed)
    if first is None:
        return None
    return warning(
        f"The same service as line {first.line.line_number} of claim {first.claim.claim_id}, received "
        f"{first.claim.received_on}.",
        billed.claim,
        first.claim,
    )


def same_day_two_encounters(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    judged = chart.judged_visits_by_date[visit.date_of_service]
    if visit.visit_id == judged[0].visit_id:
        return None
    return warning(f"A second needling visit on {visit.date_of_service}; one session is counted.", visit, *judged)


def freq7_partb(claim: ClaimSubmitted, chart: Chart) -> Verdict | None:
    policy = chart.policy_on(claim.received_on)
    professional = claim.claim_type == "professional" and claim.payer == policy.payer.value
    if not professional or claim.frequency_code not in policy.part_b_corrections.value:
        return None
    return warning(f"Frequency code {claim.frequency_code} on a professional claim to Original Medicare.", claim)


def orphan_void(claim: ClaimSubmitted, chart: Chart) -> Verdict | None:
    named = claim.replaces_claim_id
    if named is None:
        return warning(f"Frequency code {claim.frequency_code}, but the claim names none that it changes.", claim)
    if named != claim.claim_id and ("claim", named) in chart.history.latest:
        return None
    return warning("The claim replaces or voids a claim that was never seen.", claim)


RULES = (
    Rule(
        "CLAIM_WITHOUT_VISIT",
        ncd_lines,
        claim_without_visit,
        means="A needling line was billed, but no visit of that date is on record.",
        remedy="Find the note. If there is none the service cannot be shown: void the claim, return any payment.",
        cites=("visit_grace_days",),
    ),
    Rule(
        "VISIT_WITHOUT_CLAIM",
        low_back_visits,
        visit_without_claim,
        means="A covered visit has not been billed.",
        remedy="Bill it before the filing limit, or record why it is not billed.",
        cites=("unbilled_days", "unbilled_months", "filing_years"),
    ),
    Rule(
        "FILING_DEADLINE",
        ncd_lines,
        filing_deadline,
        means="The claim was received later than one calendar year after the service.",
        remedy="It will be denied without appeal rights unless an exception of 42 CFR 424.44(b) applies.",
        cites=("filing_years",),
    ),
    Rule(
        "DUPLICATE_CLAIM",
        all_lines,
        duplicate_claim,
        means="The same service stands on another active claim.",
        remedy="Void the copy where the payer takes voids; otherwise let it be denied and do not appeal.",
        cites=("duplicates_denied",),
    ),
    Rule(
        "SAME_DAY_TWO_ENCOUNTERS",
        judged_visits,
        same_day_two_encounters,
        means="Two needling visits on one date count as one session.",
        remedy="Check whether both took place and are separately documented.",
        cites=("session_unit",),
    ),
    Rule(
        "FREQ7_PARTB",
        changing_claims,
        freq7_partb,
        means="Part B contractors do not take replacement or void claims.",
        remedy="Resubmit a rejected claim as new; correct a processed one by reopening or appeal.",
        cites=("part_b_corrections",),
    ),
    Rule(
        "ORPHAN_VOID",
        changing_claims,
        orphan_void,
        means="A replacement or void points to no claim on record.",
        remedy="Find the original claim, or correct the claim number that it names.",
        cites=("part_b_corrections",),
    ),
)
