"""Coding: which codes stand side by side, in how many units, with which modifiers."""

from collections.abc import Iterable

from shared.core.chart import Chart
from shared.core.findings import Severity, Verdict, gravest, violation, warning
from shared.core.policy import CodePair
from shared.core.record import BilledLine
from shared.core.rules.rule import Rule, ncd_lines

LIFTABLE = "1"


def single_ncd_lines(chart: Chart) -> Iterable[BilledLine]:
    """NCD lines, duplicates left out: a duplicate has a finding of its own and takes no part in code edits."""
    return (billed for billed in chart.ncd_lines if billed not in chart.billing.duplicates)


def single_lines(chart: Chart) -> Iterable[BilledLine]:
    return (billed for billed in chart.billing.lines if billed not in chart.billing.duplicates)


def ptp(billed: BilledLine, chart: Chart) -> Verdict | None:
    code = billed.line.procedure_code
    pairs = [pair for pair in billed.policy.ptp_pairs.value if pair.denied == code]
    return gravest(*(_pair_denied(pair, billed, chart) for pair in pairs))


def _pair_denied(pair: CodePair, billed: BilledLine, chart: Chart) -> Verdict | None:
    partners = chart.billing.with_code(billed, [pair.paid])
    liftable = pair.indicator == LIFTABLE
    lifted = liftable and not billed.policy.ptp_modifiers.value.isdisjoint(billed.line.modifiers)
    if not partners or lifted:
        return None
    help_ = "only a modifier for a separate service on this line helps" if liftable else "no modifier helps"
    claims = [partner.claim for partner in partners]
    return violation(f"{pair.denied} beside {pair.paid} is denied; {help_}.", billed.claim, *claims)


def mue(billed: BilledLine, chart: Chart) -> Verdict | None:
    code = billed.line.procedure_code
    same = chart.billing.with_code(billed, [code])
    units, limit = sum(other.line.units for other in same), billed.policy.unit_limits.value.get(code)
    if limit is None or units <= limit:
        return None
    claims = [other.claim for other in same]
    return violation(f"{units} units of {code} on {billed.on}; {limit} is the most.", billed.claim, *claims)


def aoc_no_primary(billed: BilledLine, chart: Chart) -> Verdict | None:
    code = billed.line.procedure_code
    primaries = billed.policy.addon_primaries.value.get(code)
    if not primaries or chart.billing.with_code(billed, primaries):
        return None
    needed = " or ".join(sorted(primaries))
    return violation(f"Add-on {code} without {needed} of the same biller on {billed.on}.", billed.claim)


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
        _beside(billed, acupuncture, Severity.VIOLATION, chart)
        if code in policy.em_bundled_by_acupuncture.value
        else None,
        _beside(billed, needling, Severity.VIOLATION, chart) if code in policy.em_bundled_by_needling.value else None,
        _beside(billed, needling, Severity.WARNING, chart) if code in policy.em_without_edit.value else None,
    )


def _beside(billed: BilledLine, codes: Iterable[str], severity: Severity, chart: Chart) -> Verdict | None:
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


RULES = (
    Rule(
        "PTP",
        single_ncd_lines,
        ptp,
        means="Two codes that Medicare does not pay together are billed by one biller on one date.",
        remedy="Bill the one code that the note supports. Only where the edit allows a modifier and the note shows a "
        "separate service, put the modifier on the denied line.",
        cites=("ptp_pairs", "ptp_modifiers"),
    ),
    Rule(
        "MUE",
        single_ncd_lines,
        mue,
        means="More units of a code are billed than Medicare pays on one date.",
        remedy="Correct the units to what was done and is payable.",
        cites=("unit_limits",),
    ),
    Rule(
        "AOC_NO_PRIMARY",
        single_ncd_lines,
        aoc_no_primary,
        means="An add-on code is billed without its primary code.",
        remedy="Add the primary code if it was done, or remove the add-on.",
        cites=("addon_primaries",),
    ),
    Rule(
        "MOD25_MISSING",
        single_ncd_lines,
        needling_bundled,
        means="An evaluation and a needling of one date are billed without modifier 25: one of them will not be paid.",
        remedy="If the note shows a separately identifiable evaluation, add 25 to it; otherwise remove it.",
        cites=("em_bundling_needling", "em_modifier"),
    ),
    Rule(
        "MOD25_MISSING",
        single_lines,
        evaluation_bundled,
        means="An evaluation and a needling of one date are billed without modifier 25: one of them will not be paid.",
        remedy="If the note shows a separately identifiable evaluation, add 25 to it; otherwise remove it.",
        cites=("em_bundled_by_acupuncture", "em_bundled_by_needling", "em_without_edit", "em_modifier"),
    ),
    Rule(
        "MOD50_NO_EFFECT",
        ncd_lines,
        mod50_no_effect,
        means="Modifier 50 earns nothing on a needling line.",
        remedy="Remove modifier 50.",
        cites=("bilateral_modifier",),
    ),
    Rule(
        "MOD_CONFLICT",
        ncd_lines,
        mod_conflict,
        means="Modifiers on one line contradict each other or the kind of denial expected.",
        remedy="Decide whether the service is covered: KX if it is, GA with a signed ABN or GZ without if it is not.",
        cites=("denial_modifiers", "statutory_modifier", "notice_payer"),
    ),
)
