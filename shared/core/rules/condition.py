"""Condition and diagnosis: was it the pain the NCD covers, and does the claim say so?"""

from collections.abc import Iterable
from functools import partial

from shared.core.chart import Chart
from shared.core.condition import (
    answer,
    chronicity_not_met,
    due_to_pregnancy,
    due_to_surgery,
    listed,
    systemic_cause,
)
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, violation, warning
from shared.core.record import BilledLine
from shared.core.rules.rule import Rule, low_back_visits, ncd_lines


def lines_before_ncd(chart: Chart) -> Iterable[BilledLine]:
    return chart.lines_before_ncd


def visits_of_first_own_sessions(chart: Chart) -> Iterable[VisitRecorded]:
    """The visit that opens each period here. Of several on that date the one with the smallest id speaks for them."""
    return (course.sessions[0].visits[0] for course in chart.courses if course.sessions and course.sessions[0].visits)


def dos_before_ncd(billed: BilledLine, chart: Chart) -> Verdict | None:
    return violation(
        f"{billed.line.procedure_code} on {billed.on} lies before {chart.policies.covered_from}, "
        "the first day Medicare covers it.",
        billed.claim,
    )


def _retired(billed: BilledLine) -> list[str]:
    """Diagnoses of the family on which the line rests that are not valid on its date."""
    policy = billed.policy
    family = policy.diagnosis_family.value
    return [c for c in billed.pointed if c.startswith(family) and c not in policy.covered_diagnoses.value]


def dx_invalid_for_dos(billed: BilledLine, chart: Chart) -> Verdict | None:
    invalid = _retired(billed)
    if not invalid:
        return None
    valid = listed(sorted(billed.policy.covered_diagnoses.value))
    return violation(f"{listed(invalid)} is not valid on {billed.on}; valid then: {valid}.", billed.claim)


def dx_not_covered(billed: BilledLine, chart: Chart) -> Verdict | None:
    if billed.covered or _retired(billed):
        return None
    return violation(
        f"No diagnosis on the claim is covered on {billed.on}: it names {listed(billed.claim.diagnoses) or 'none'}.",
        billed.claim,
    )


def _points_to_covered(billed: BilledLine) -> bool:
    # AMB-10: any pointed diagnosis supports the line, or only the first.
    pointed = billed.pointed if billed.policy.dx_pointer_mode.value == "any" else billed.pointed[:1]
    return not billed.policy.covered_diagnoses.value.isdisjoint(pointed)


def dx_not_pointed(billed: BilledLine, chart: Chart) -> Verdict | None:
    if billed.claim.claim_type != "professional" or not billed.covered or _points_to_covered(billed):
        return None
    pointed = listed(billed.pointed) or "no diagnosis"
    return violation(f"The claim carries a covered diagnosis, but the line points to {pointed}.", billed.claim)


def dx_mixed(billed: BilledLine, chart: Chart) -> Verdict | None:
    policy, pointed = billed.policy, billed.pointed
    if billed.claim.claim_type != "professional" or policy.covered_diagnoses.value.isdisjoint(pointed):
        return None
    family, pains = policy.diagnosis_family.value, policy.other_pain_diagnoses.value
    others = [code for code in pointed if code.startswith(pains) and not code.startswith(family)]
    if not others:
        return None
    return warning(f"The line also points to another painful condition: {listed(others)}.", billed.claim)


def chronicity_undocumented(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    # Another visit of the same date that states the onset documents it for the session.
    if any(chart.onset_source(other) for other in chart.session_on[visit.date_of_service].visits):
        return None
    return warning("No record up to the first session of the period states when the pain began.", visit)


_STATEMENTS = {
    "systemic_cause": "a systemic cause",
    "due_to_surgery": "surgery as the cause",
    "due_to_pregnancy": "pregnancy as the cause",
}


def exclusions_undocumented(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    visits = chart.session_on[visit.date_of_service].visits
    names = chart.policy_on(visit.date_of_service).exclusions_stated.value
    silent = [name for name in names if all(getattr(other.condition, name) is None for other in visits)]
    if not silent:
        return None
    missing = listed(_STATEMENTS[name] for name in silent)
    return warning(f"The note of the first session neither states nor excludes {missing}.", visit)


RULES = (
    Rule(
        "DOS_BEFORE_NCD",
        lines_before_ncd,
        dos_before_ncd,
        means="A needling code is billed for a date before Medicare covered it.",
        remedy="Refund the payment if the line was paid; no modifier makes the date covered.",
        cites=("covered_from",),
    ),
    Rule(
        "DX_INVALID_FOR_DOS",
        ncd_lines,
        dx_invalid_for_dos,
        means="The line rests on a low back pain code that was not valid on the date of service.",
        remedy="Correct the diagnosis to the code valid on the date of service, as the note supports it, and resubmit.",
        cites=("covered_diagnoses",),
    ),
    Rule(
        "DX_NOT_COVERED",
        ncd_lines,
        dx_not_covered,
        means="No diagnosis on the claim is chronic low back pain as Medicare covers it.",
        remedy="If the note supports chronic low back pain, correct the claim. Otherwise the service is not covered: "
        "with a signed ABN bill it with GA, else GZ; return any payment.",
        cites=("non_covered_conditions", "covered_diagnoses"),
    ),
    Rule(
        "DX_NOT_POINTED",
        ncd_lines,
        dx_not_pointed,
        means="The claim carries a covered diagnosis, but this line does not point to it.",
        remedy="If the note ties the needling to the low back pain, correct the diagnosis pointer and resubmit.",
        cites=("non_covered_conditions", "dx_pointer_mode", "covered_diagnoses"),
    ),
    Rule(
        "DX_MIXED",
        ncd_lines,
        dx_mixed,
        means="The line points to low back pain and to another painful condition: what was treated?",
        remedy="Check in the note which region was needled; point the line only to what was treated.",
        cites=("non_covered_conditions", "other_pain_diagnoses"),
    ),
    Rule(
        "CHRONICITY_NOT_MET",
        low_back_visits,
        partial(answer, chronicity_not_met),
        means="The pain had not lasted the twelve weeks that make it chronic.",
        remedy="Check the onset date with the clinician. If it stands, the service is not covered: return any payment.",
        cites=("chronicity_weeks",),
    ),
    Rule(
        "CHRONICITY_UNDOCUMENTED",
        visits_of_first_own_sessions,
        chronicity_undocumented,
        means="No record states when the pain began, so twelve weeks are not shown.",
        remedy="Have the clinician document the onset (a dated addendum), before the claim is reviewed.",
        cites=("chronicity_weeks",),
    ),
    Rule(
        "EXCLUSIONS_UNDOCUMENTED",
        visits_of_first_own_sessions,
        exclusions_undocumented,
        means="The first note does not say whether systemic disease, surgery and pregnancy were excluded.",
        remedy="Have the clinician state each exclusion (a dated addendum).",
        cites=("exclusions_stated",),
    ),
    Rule(
        "EXCL_SYSTEMIC",
        low_back_visits,
        partial(answer, systemic_cause),
        means="The record names, or may hide, a systemic cause of the pain.",
        remedy="Have the clinician confirm or rule out the systemic cause. If it stands, the service is not covered.",
        cites=("exclusions_stated", "systemic_diagnoses", "systemic_history"),
    ),
    Rule(
        "EXCL_SURGERY",
        low_back_visits,
        partial(answer, due_to_surgery),
        means="The record ties the pain, or may tie it, to surgery.",
        remedy="Have the clinician state whether the pain is due to the surgery. If it is, the service is not covered.",
        cites=("exclusions_stated", "surgical_diagnoses", "surgical_history", "surgery_attribution"),
    ),
    Rule(
        "EXCL_PREGNANCY",
        low_back_visits,
        partial(answer, due_to_pregnancy),
        means="The record ties the pain, or may tie it, to pregnancy.",
        remedy="Have the clinician state whether the pain is due to the pregnancy. If it is, it is not covered.",
        cites=("exclusions_stated", "pregnancy_diagnoses", "pregnancy_status"),
    ),
)
