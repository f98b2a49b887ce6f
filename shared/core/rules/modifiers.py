"""Coding, modifiers: the evaluation beside a needling, and modifiers that have no effect or contradict each other."""

from collections.abc import Container, Iterable

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.findings import Verdict, gravest, violation, warning
from shared.core.rules.coding import SECTION, accompanied_lines, accompanied_ncd_lines
from shared.core.rules.reads import BILLER, LINE
from shared.core.rules.rule import VIOLATION, WARNING, Rule, marked_ncd_lines
from shared.core.severity import Severity


def _without_modifier(lines: Iterable[BilledLine]) -> list[BilledLine]:
    return [other for other in lines if other.policy.em_modifier.value not in other.line.modifiers]


def needling_bundled(billed: BilledLine, chart: Chart) -> Verdict | None:
    """An established patient's evaluation without 25 takes the needling with it."""
    policy = billed.policy
    if billed.line.procedure_code not in policy.needling_codes.value:
        return None
    bare = _without_modifier(chart.billing.with_code(billed, policy.em_bundling_needling.value))
    if not bare:
        return None
    visit_code, modifier = bare[0].line.procedure_code, policy.em_modifier.value
    claims = [other.claim for other in bare]
    return violation(f"{visit_code} beside it lacks modifier {modifier}, so this line bundles.", billed.claim, *claims)


def evaluation_bundled(billed: BilledLine, chart: Chart) -> Verdict | None:
    """An evaluation without 25 bundles beside acupuncture, and 99211 beside needling; a new patient's is a question."""
    policy, code = billed.policy, billed.line.procedure_code
    if policy.em_modifier.value in billed.line.modifiers:
        return None
    needling, acupuncture = policy.needling_codes.value, policy.acupuncture_codes.value
    return gravest(
        _beside(billed, acupuncture, VIOLATION, chart) if code in policy.em_bundled_by_acupuncture.value else None,
        _beside(billed, needling, VIOLATION, chart) if code in policy.em_bundled_by_needling.value else None,
        _beside(billed, needling, WARNING, chart) if code in policy.em_without_edit.value else None,
    )


def _beside(billed: BilledLine, codes: Container[str], severity: Severity, chart: Chart) -> Verdict | None:
    partners = chart.billing.with_code(billed, codes)
    if not partners:
        return None
    code, modifier = billed.line.procedure_code, billed.policy.em_modifier.value
    partner = partners[0].line.procedure_code
    claims = [other.claim for other in partners]
    return Verdict(severity, f"{code} beside {partner} lacks modifier {modifier}.", (billed.claim, *claims))


def mod50_no_effect(billed: BilledLine, chart: Chart) -> Verdict | None:
    modifier = billed.policy.bilateral_modifier.value
    if modifier not in billed.line.modifiers:
        return None
    return warning(f"Modifier {modifier} has no effect on {billed.line.procedure_code}.", billed.claim)


def mod_conflict(billed: BilledLine, chart: Chart) -> Verdict | None:
    policy, carried = billed.policy, billed.line.modifiers
    denials = [modifier for modifier in carried if modifier in policy.denial_modifiers.value]
    notice = policy.notice_modifier.value
    return gravest(
        warning(f"{policy.kx_modifier.value} attests coverage, {', '.join(denials)} expects a denial.", billed.claim)
        if billed.attested and denials
        else None,
        warning(
            f"{policy.statutory_modifier.value} is for statutory exclusions; the denial expected here is not.",
            billed.claim,
        )
        if policy.statutory_modifier.value in carried
        else None,
        warning(f"{notice} on a claim of a Medicare Advantage patient, to whom no ABN applies.", billed.claim)
        if notice in carried and billed.claim.payer == policy.notice_payer.value
        else None,
    )


_MODIFIERS = "claim.lines.modifiers"
_BUNDLED = "An evaluation and a needling of one date are billed without modifier 25: one of them will not be paid."
_SEPARATE = "If the note shows a separately identifiable evaluation, add 25 to it; otherwise remove it."

RULES = (
    Rule(
        "MOD25_MISSING",
        accompanied_ncd_lines,
        needling_bundled,
        section=SECTION,
        means=_BUNDLED,
        arises="At the needling line: the same biller has an evaluation of `em_bundling_needling` on that date "
        "without `em_modifier`.",
        severities=(VIOLATION,),
        remedy=_SEPARATE,
        cites=("em_bundling_needling", "em_modifier"),
        reads=(*BILLER, _MODIFIERS),
        denial="ncci_ptp",
    ),
    Rule(
        "MOD25_MISSING",
        accompanied_lines,
        evaluation_bundled,
        section=SECTION,
        means=_BUNDLED,
        arises="At the evaluation without `em_modifier`: it is of `em_bundled_by_acupuncture` beside acupuncture, or "
        "of `em_bundled_by_needling` beside dry needling. Warning: it is of `em_without_edit` beside dry needling.",
        severities=(VIOLATION, WARNING),
        remedy=_SEPARATE,
        cites=("em_bundled_by_acupuncture", "em_bundled_by_needling", "em_without_edit", "em_modifier"),
        reads=(*BILLER, _MODIFIERS),
        denial="ncci_ptp",
    ),
    Rule(
        "MOD50_NO_EFFECT",
        marked_ncd_lines,
        mod50_no_effect,
        section=SECTION,
        means="Modifier 50 earns nothing on a needling line.",
        arises="A needling line carries the `bilateral_modifier`.",
        severities=(WARNING,),
        remedy="Remove modifier 50.",
        cites=("bilateral_modifier",),
        reads=(*LINE, _MODIFIERS),
    ),
    Rule(
        "MOD_CONFLICT",
        marked_ncd_lines,
        mod_conflict,
        section=SECTION,
        means="Modifiers on one line contradict each other or the kind of denial expected.",
        arises="A needling line carries `kx_modifier` together with one of `denial_modifiers`, or carries the "
        "`statutory_modifier`, or carries the `notice_modifier` on a claim to the `notice_payer`.",
        severities=(WARNING,),
        remedy="Decide whether the service is covered: KX if it is, GA with a signed ABN or GZ without if it is not.",
        cites=("denial_modifiers", "statutory_modifier", "notice_payer"),
        reads=(*LINE, _MODIFIERS, "claim.payer"),
    ),
)
