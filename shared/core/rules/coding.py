"""Coding: which codes one biller may put side by side on one date, and in how many units."""

from collections.abc import Sequence

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.findings import Verdict, gravest, violation
from shared.core.rules.reads import BILLER
from shared.core.rules.rule import VIOLATION, Rule
from shared.core.settings import CodePair

SECTION = "Coding"
LIFTABLE = "1"


def single_ncd_lines(chart: Chart) -> Sequence[BilledLine]:
    """NCD lines, duplicates left out: a duplicate has a finding of its own and takes no part in code edits."""
    duplicates = chart.billing.duplicates
    return [billed for billed in chart.ncd_lines if billed not in duplicates]


def limited_ncd_lines(chart: Chart) -> Sequence[BilledLine]:
    """The same, where the biller has more than one unit on that date or the code may not be billed at all."""
    several = chart.billing.accompanied
    return [b for b in chart.once(single_ncd_lines) if b in several or _over_limit(b, b.line.units)]


def _over_limit(billed: BilledLine, units: int) -> bool:
    limit = billed.policy.unit_limits.value.get(billed.line.procedure_code)
    return limit is not None and units > limit


def accompanied_lines(chart: Chart) -> Sequence[BilledLine]:
    """Lines beside which the same biller has another."""
    return list(chart.billing.accompanied)


def accompanied_ncd_lines(chart: Chart) -> Sequence[BilledLine]:
    """Of them those that are NCD lines."""
    return [b for b in accompanied_lines(chart) if b.line.procedure_code in b.policy.covered_codes.value]


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
    units = sum(other.line.units for other in same)
    if not _over_limit(billed, units):
        return None
    limit = billed.policy.unit_limits.value[code]
    claims = [other.claim for other in same]
    return violation(f"{units} units of {code} on {billed.on}; {limit} is the most.", billed.claim, *claims)


def aoc_no_primary(billed: BilledLine, chart: Chart) -> Verdict | None:
    code = billed.line.procedure_code
    primaries = billed.policy.addon_primaries.value.get(code)
    if not primaries or chart.billing.with_code(billed, primaries):
        return None
    needed = " or ".join(sorted(primaries))
    return violation(f"Add-on {code} without {needed} of the same biller on {billed.on}.", billed.claim)


RULES = (
    Rule(
        "PTP",
        accompanied_ncd_lines,
        ptp,
        section=SECTION,
        means="Two codes that Medicare does not pay together are billed by one biller on one date.",
        arises="A needling line has the second code of one of `ptp_pairs`, the same biller has the first on that date, "
        "and no modifier helps, or none of `ptp_modifiers` is on the denied line. Duplicates take no part.",
        severities=(VIOLATION,),
        remedy="Bill the one code that the note supports. Only where the edit allows a modifier and the note shows a "
        "separate service, put the modifier on the denied line.",
        cites=("ptp_pairs", "ptp_modifiers"),
        reads=(*BILLER, "claim.lines.modifiers"),
        denial="ncci_ptp",
    ),
    Rule(
        "MUE",
        limited_ncd_lines,
        mue,
        section=SECTION,
        means="More units of a code are billed than Medicare pays on one date.",
        arises="The units of a code on all lines of the same biller and date, duplicates left out, exceed its "
        "`unit_limits`.",
        severities=(VIOLATION,),
        remedy="Correct the units to what was done and is payable.",
        cites=("unit_limits",),
        reads=(*BILLER, "claim.lines.units"),
        denial="mue",
    ),
    Rule(
        "AOC_NO_PRIMARY",
        single_ncd_lines,
        aoc_no_primary,
        section=SECTION,
        means="An add-on code is billed without its primary code.",
        arises="A line has an add-on code, and the same biller has none of its `addon_primaries` on that date.",
        severities=(VIOLATION,),
        remedy="Add the primary code if it was done, or remove the add-on.",
        cites=("addon_primaries",),
        reads=BILLER,
        denial="ncci_ptp",
    ),
)
