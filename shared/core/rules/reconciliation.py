"""Reconciliation: services billed twice, two encounters on a date, and corrections of claims."""

from collections.abc import Mapping, Sequence
from datetime import date

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted, VisitRecorded
from shared.core.findings import Verdict, warning
from shared.core.rules.clocks import SECTION
from shared.core.rules.evidence import why_judged
from shared.core.rules.reads import BILLER, NEEDLING
from shared.core.rules.rule import WARNING, Rule


def repeated_lines(chart: Chart) -> Sequence[BilledLine]:
    return list(chart.billing.duplicates)


def _first_of_day(chart: Chart) -> Mapping[date, VisitRecorded]:
    """Of each date the judged visit with the smallest id."""
    return {visit.date_of_service: visit for visit in reversed(chart.judged_visits)}


def further_visits(chart: Chart) -> Sequence[VisitRecorded]:
    """Judged visits but the first of each date."""
    first = chart.once(_first_of_day)
    return [visit for visit in chart.judged_visits if visit is not first[visit.date_of_service]]


def changing_claims(chart: Chart) -> Sequence[ClaimSubmitted]:
    """Replacements and voids, also those that no longer stand; of services since the NCD, or of no stated date."""
    return [claim for claim in chart.changing_claims if not claim.lines or _last_day(claim) >= chart.covered_from]


def _last_day(claim: ClaimSubmitted) -> date:
    return max(line.date_of_service for line in claim.lines)


def duplicate_claim(billed: BilledLine, chart: Chart) -> Verdict:
    first = chart.billing.duplicates[billed]
    return warning(
        f"The same service as line {first.line.line_number} of claim {first.claim.claim_id}, received "
        f"{first.claim.received_on}.",
        billed.claim,
        first.claim,
    )


def same_day_two_encounters(visit: VisitRecorded, chart: Chart) -> Verdict:
    first = chart.once(_first_of_day)[visit.date_of_service]
    return warning(
        f"A second needling visit on {visit.date_of_service}; one session is counted.",
        visit,
        first,
        *why_judged(first, chart),
    )


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
    if named != claim.claim_id and ("claim", chart.changed_by(claim)) in chart.history.latest:
        return None
    return warning("The claim replaces or voids a claim that was never seen.", claim)


RULES = (
    Rule(
        "DUPLICATE_CLAIM",
        repeated_lines,
        duplicate_claim,
        section=SECTION,
        means="The same service stands on another active claim.",
        arises="Another active claim, received earlier, has a line of the same biller and date with the same code, "
        "units and modifiers (`duplicates_denied`). Of two received on one day the greater claim id is the copy.",
        severities=(WARNING,),
        remedy="Void the copy where the payer takes voids; otherwise let it be denied and do not appeal.",
        cites=("duplicates_denied",),
        reads=(*BILLER, "claim.lines.units", "claim.lines.modifiers", "claim.received_on"),
        denial="exact_duplicate",
    ),
    Rule(
        "SAME_DAY_TWO_ENCOUNTERS",
        further_visits,
        same_day_two_encounters,
        section=SECTION,
        means="Two needling visits on one date count as one session.",
        arises="Two or more judged visits are on one date; it stands at each but the one with the smallest id. What a "
        "session is: `session_unit`.",
        severities=(WARNING,),
        remedy="Check whether both took place and are separately documented.",
        cites=("session_unit",),
        reads=NEEDLING,
    ),
    Rule(
        "FREQ7_PARTB",
        changing_claims,
        freq7_partb,
        section=SECTION,
        means="Part B contractors do not take replacement or void claims.",
        arises="A professional claim to Original Medicare has one of `part_b_corrections` as its frequency code.",
        severities=(WARNING,),
        remedy="Resubmit a rejected claim as new; correct a processed one by reopening or appeal.",
        cites=("part_b_corrections",),
        reads=("claim.frequency_code", "claim.claim_type", "claim.payer"),
    ),
    Rule(
        "ORPHAN_VOID",
        changing_claims,
        orphan_void,
        section=SECTION,
        means="A replacement or void points to no claim on record.",
        arises="A claim that replaces or voids another (`part_b_corrections`) names none, itself, or one that was "
        "never seen.",
        severities=(WARNING,),
        remedy="Find the original claim, or correct the claim number that it names.",
        cites=("part_b_corrections",),
        reads=("claim.frequency_code", "claim.replaces_claim_id"),
    ),
)
