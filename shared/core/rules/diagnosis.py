"""Diagnosis: does the claim say that it was the pain the NCD covers, in a code valid on that date?"""

from collections.abc import Sequence

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.condition import listed
from shared.core.findings import Verdict, violation, warning
from shared.core.rules.reads import LINE, POINTED
from shared.core.rules.rule import VIOLATION, WARNING, Rule

SECTION = "Condition and diagnosis"


def lines_before_ncd(chart: Chart) -> Sequence[BilledLine]:
    return chart.lines_before_ncd


def lines_beyond_covered(chart: Chart) -> Sequence[BilledLine]:
    """NCD lines that point to any diagnosis but covered ones, or to none; the others leave nothing to ask."""
    return [b for b in chart.ncd_lines if not b.pointed or not b.policy.covered_diagnoses.value.issuperset(b.pointed)]


def uncovered_lines(chart: Chart) -> Sequence[BilledLine]:
    """NCD lines on claims without a covered diagnosis."""
    return [billed for billed in chart.ncd_lines if not billed.covered]


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
    if _retired(billed):
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


RULES = (
    Rule(
        "DOS_BEFORE_NCD",
        lines_before_ncd,
        dos_before_ncd,
        section=SECTION,
        means="A needling code is billed for a date before Medicare covered it.",
        arises="A line of an active claim has one of `covered_codes` on a date before `covered_from`. No other rule "
        "judges that line.",
        severities=(VIOLATION,),
        remedy="Refund the payment if the line was paid; no modifier makes the date covered.",
        cites=("covered_from",),
        reads=LINE,
        denial="before_coverage",
    ),
    Rule(
        "DX_INVALID_FOR_DOS",
        lines_beyond_covered,
        dx_invalid_for_dos,
        section=SECTION,
        means="The line rests on a low back pain code that was not valid on the date of service.",
        arises="A diagnosis that the line points to (institutional: any header diagnosis) is of the `diagnosis_family` "
        "but none of the `covered_diagnoses` of its date.",
        severities=(VIOLATION,),
        remedy="Correct the diagnosis to the code valid on the date of service, as the note supports it, and resubmit.",
        cites=("diagnosis_family", "covered_diagnoses", "non_covered_conditions"),
        reads=POINTED,
        denial="diagnosis_invalid",
    ),
    Rule(
        "DX_NOT_COVERED",
        uncovered_lines,
        dx_not_covered,
        section=SECTION,
        means="No diagnosis on the claim is chronic low back pain as Medicare covers it.",
        arises="No diagnosis of the claim is one of the `covered_diagnoses` of the line's date, and DX_INVALID_FOR_DOS "
        "does not apply.",
        severities=(VIOLATION,),
        remedy="If the note supports chronic low back pain, correct the claim. Otherwise the service is not covered: "
        "with a signed ABN bill it with GA, else GZ; return any payment.",
        cites=("non_covered_conditions", "covered_diagnoses"),
        reads=POINTED,
        denial="diagnosis_not_covered",
    ),
    Rule(
        "DX_NOT_POINTED",
        lines_beyond_covered,
        dx_not_pointed,
        section=SECTION,
        means="The claim carries a covered diagnosis, but this line does not point to it.",
        arises="On a professional claim that carries one of the `covered_diagnoses`, none is among the diagnoses the "
        "line points to; read by `dx_pointer_mode`, not the first of them.",
        severities=(VIOLATION,),
        remedy="If the note ties the needling to the low back pain, correct the diagnosis pointer and resubmit.",
        cites=("dx_pointer_mode", "non_covered_conditions", "covered_diagnoses"),
        reads=POINTED,
        denial="review_denial",
    ),
    Rule(
        "DX_MIXED",
        lines_beyond_covered,
        dx_mixed,
        section=SECTION,
        means="The line points to low back pain and to another painful condition: what was treated?",
        arises="A professional line points to one of the `covered_diagnoses` and also to one of the "
        "`other_pain_diagnoses` outside the `diagnosis_family`.",
        severities=(WARNING,),
        remedy="Check in the note which region was needled; point the line only to what was treated.",
        cites=("other_pain_diagnoses", "non_covered_conditions"),
        reads=POINTED,
    ),
)
