"""Coding against the note: minutes, technique and injection, as the visit of the line's date records them."""

from collections.abc import Mapping, Sequence

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import Snapshot, VisitRecorded
from shared.core.findings import Verdict, gravest, info, violation, warning
from shared.core.rules.coding import SECTION
from shared.core.rules.reads import BILLER, LINE, NEEDLING
from shared.core.rules.rule import INFO, VIOLATION, WARNING, Rule, ncd_lines
from shared.core.rules.unsaid import unsaid
from shared.core.visits import Procedure


def needling_lines(chart: Chart) -> Sequence[BilledLine]:
    return [b for b in chart.ncd_lines if b.line.procedure_code in b.policy.needling_codes.value]


def acupuncture_lines(chart: Chart) -> Sequence[BilledLine]:
    return [b for b in chart.ncd_lines if b.line.procedure_code in b.policy.acupuncture_codes.value]


def visited_lines(chart: Chart) -> Mapping[BilledLine, tuple[VisitRecorded, Procedure]]:
    """NCD lines with the visit of their date and its procedure; where no single one stands out the rules are silent."""
    pairs = ((billed, chart.visit_of(billed)) for billed in chart.ncd_lines)
    return {billed: (visit, visit.procedure) for billed, visit in pairs if visit and visit.procedure}


def visited(billed: BilledLine, chart: Chart) -> tuple[VisitRecorded, Procedure] | None:
    return chart.once(visited_lines).get(billed)


def time_not_supported(billed: BilledLine, chart: Chart) -> Verdict | None:
    seen = visited(billed, chart)
    if seen is None:
        return None
    visit, procedure = seen
    addons = () if billed.line.procedure_code in billed.policy.initial_codes.value else _addons(billed, chart)
    units = sum(other.line.units for other in addons)
    needed = billed.policy.first_unit_minutes.value + units * billed.policy.unit_minutes.value
    records = (billed.claim, visit, *(other.claim for other in addons))
    return gravest(
        _enough(procedure.contact_minutes, needed, "minutes of personal contact", records),
        _enough(procedure.reinsertions, units, "re-insertions of needles", records) if units else None,
    )


def _addons(billed: BilledLine, chart: Chart) -> Sequence[BilledLine]:
    """All add-on lines of the same biller; a duplicate is the same service and adds none."""
    policy = billed.policy
    return chart.billing.with_code(billed, policy.acupuncture_codes.value - policy.initial_codes.value)


def _enough(stated: int | None, needed: int, what: str, records: tuple[Snapshot, ...]) -> Verdict | None:
    if stated is None:
        return warning(f"The note does not state the {what}; {needed} are needed.", *records)
    if stated >= needed:
        return None
    return violation(f"The note states {stated} {what}; {needed} are needed.", *records)


def technique_mismatch(billed: BilledLine, chart: Chart) -> Verdict | None:
    seen = visited(billed, chart)
    if seen is None:
        return None
    visit, procedure = seen
    code, policy = billed.line.procedure_code, billed.policy
    done = "dry_needling" if code in policy.needling_codes.value else "acupuncture"
    if procedure.kind != done:
        said = procedure.kind.replace("_", " ")
        return violation(f"{code} is billed for a visit that records {said}.", billed.claim, visit)
    return _stimulation(billed, visit, procedure, chart) if done == "acupuncture" else None


def _stimulation(billed: BilledLine, visit: VisitRecorded, procedure: Procedure, chart: Chart) -> Verdict | None:
    code, electrical = billed.line.procedure_code, billed.policy.electrical_codes.value
    if procedure.electrical_stimulation is None:
        say = warning if code in electrical else info
        return say(unsaid("whether the needles were stimulated electrically", visit), billed.claim, visit)
    if code in electrical and not procedure.electrical_stimulation:
        return violation(f"{code} needs electrical stimulation, which the note denies.", billed.claim, visit)
    # A set without stimulation may stand beside one with it.
    if not procedure.electrical_stimulation or chart.billing.with_code(billed, electrical):
        return None
    return violation(f"{code} is without electrical stimulation, which the note records.", billed.claim, visit)


def injection_documented(billed: BilledLine, chart: Chart) -> Verdict | None:
    seen = visited(billed, chart)
    if seen is None or seen[1].injection is False:
        return None
    visit, procedure = seen
    if not billed.policy.injection_codes.value.isdisjoint(chart.billing.codes_by_date[billed.on]):
        return None
    if procedure.injection is None:
        return info(unsaid("whether a substance was injected", visit), billed.claim, visit)
    return violation(f"A substance was injected, but {billed.line.procedure_code} is billed.", billed.claim, visit)


RULES = (
    Rule(
        "TIME_NOT_SUPPORTED",
        acupuncture_lines,
        time_not_supported,
        section=SECTION,
        means="The note does not support the minutes or re-insertions of the units billed.",
        arises="One of `initial_codes` has fewer contact minutes than `first_unit_minutes`; or the add-on units of the "
        "same biller lack `unit_minutes` more each, or one re-insertion each. Warning where they are not stated.",
        severities=(VIOLATION, WARNING),
        remedy="Correct the units to the minutes and re-insertions in the note, or have them stated.",
        cites=("unit_minutes", "first_unit_minutes"),
        reads=(
            *BILLER,
            "claim.lines.units",
            *NEEDLING,
            "visit.procedure.contact_minutes",
            "visit.procedure.reinsertions",
        ),
        denial="review_denial",
    ),
    Rule(
        "TECHNIQUE_MISMATCH",
        ncd_lines,
        technique_mismatch,
        section=SECTION,
        means="The code billed names another technique than the note.",
        arises="One of `needling_codes` for acupuncture or of `acupuncture_codes` for dry needling; one of "
        "`electrical_codes` without stimulation; or another with it, unless the same biller has one with it. Where a "
        "reader's format cannot state the stimulation: warning with one of `electrical_codes`, info with another.",
        severities=(VIOLATION, WARNING, INFO),
        remedy="Bill the code of the technique that the note records.",
        cites=("acupuncture_codes", "electrical_codes", "needling_codes"),
        reads=(*BILLER, *NEEDLING, "visit.procedure.electrical_stimulation"),
        denial="review_denial",
    ),
    Rule(
        "INJECTION_DOCUMENTED",
        needling_lines,
        injection_documented,
        section=SECTION,
        means="Something was injected, but a code for needling without injection is billed.",
        arises="The visit records an injection, and its date has one of `needling_codes` but no line with one of "
        "`injection_codes`. Info where a reader's format cannot state whether there was one.",
        severities=(VIOLATION, INFO),
        remedy="If a trigger point was injected, bill the injection code; otherwise correct the note.",
        cites=("needling_codes", "injection_codes"),
        reads=(*LINE, *NEEDLING, "visit.procedure.injection"),
        denial="review_denial",
    ),
)
