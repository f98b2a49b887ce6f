"""Coding against the note: muscles, minutes, technique and injection, as the visit of the line's date records them."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, gravest, violation, warning
from shared.core.policy import Policy
from shared.core.record import BilledLine
from shared.core.rules.rule import Rule, judged_visits, ncd_lines
from shared.core.visits import Procedure


def needling_lines(chart: Chart) -> Iterable[BilledLine]:
    return (b for b in chart.ncd_lines if b.line.procedure_code in b.policy.needling_codes.value)


def acupuncture_lines(chart: Chart) -> Iterable[BilledLine]:
    return (b for b in chart.ncd_lines if b.line.procedure_code in b.policy.acupuncture_codes.value)


def _visited(billed: BilledLine, chart: Chart) -> tuple[VisitRecorded, Procedure] | None:
    """The visit of the line's date with its procedure; None where no single one stands out, and the rule is silent."""
    visit = chart.visit_of(billed)
    return (visit, visit.procedure) if visit and visit.procedure else None


@lru_cache(maxsize=1024)
def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def named_muscles(procedure: Procedure, policy: Policy) -> list[tuple[str, str | None]]:
    """Name and side of the muscles that are named as such; generic words and blanks are none."""
    muscles = [(_plain(muscle.name), muscle.side) for muscle in procedure.muscles]
    return [(name, side) for name, side in muscles if name and name not in policy.generic_muscles.value]


_SIDES = {"bilateral": ("left", "right")}


def count_by_side(muscles: Iterable[tuple[str, str | None]]) -> int:
    """Muscles by name and side: both sides are two; a side not stated adds one only if none is stated for that name."""
    sides: defaultdict[str, set[str]] = defaultdict(set)
    for name, side in muscles:
        sides[name].update(_SIDES.get(side, (side,)) if side else ())
    return sum(max(1, len(stated)) for stated in sides.values())


def _readings(procedure: Procedure, policy: Policy) -> set[bool]:
    """Whether three or more muscles were needled, by each reading in force (AMB-7); empty where none is named."""
    muscles, mode = named_muscles(procedure, policy), policy.muscle_sides.value
    if not muscles:
        return set()
    by_name, by_side = len({name for name, _ in muscles}), count_by_side(muscles)
    counts = {"both": (by_name, by_side), "names": (by_name,), "sides": (by_side,)}[mode]
    return {count >= policy.three_muscles.value for count in counts}


def _muscle_readings(billed: BilledLine, chart: Chart) -> tuple[VisitRecorded, set[bool]] | None:
    visited = _visited(billed, chart)
    if visited is None or visited[1].kind != "dry_needling":
        return None
    return visited[0], _readings(visited[1], billed.policy)


def muscle_count_mismatch(billed: BilledLine, chart: Chart) -> Verdict | None:
    read = _muscle_readings(billed, chart)
    if read is None or len(read[1]) != 1:
        return None
    visit, (three,) = read
    billed_three = billed.line.procedure_code == billed.policy.three_muscle_code.value
    if three == billed_three:
        return None
    fewer = f"fewer than {billed.policy.three_muscles.value}"
    if billed_three:
        return violation(
            f"{billed.line.procedure_code} is billed, but the note names {fewer} muscles.", billed.claim, visit
        )
    return warning(f"{billed.line.procedure_code} is for {fewer} muscles; the note names more.", billed.claim, visit)


def muscle_count_ambiguous(billed: BilledLine, chart: Chart) -> Verdict | None:
    read = _muscle_readings(billed, chart)
    if read is None or len(read[1]) <= 1:
        return None
    return warning("Counted by name and counted by side the muscles lead to different codes.", billed.claim, read[0])


def muscle_names_missing(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    procedure = visit.procedure
    if procedure is None or procedure.kind != "dry_needling":
        return None
    if named_muscles(procedure, chart.policy_on(visit.date_of_service)):
        return None
    return warning("The note of the dry needling names no muscle.", visit)


def time_not_supported(billed: BilledLine, chart: Chart) -> Verdict | None:
    visited = _visited(billed, chart)
    if visited is None:
        return None
    visit, procedure = visited
    addons = 0 if billed.line.procedure_code in billed.policy.initial_codes.value else _addon_units(billed, chart)
    needed = billed.policy.first_unit_minutes.value + addons * billed.policy.unit_minutes.value
    return gravest(
        _enough(procedure.contact_minutes, needed, "minutes of personal contact", billed, visit),
        _enough(procedure.reinsertions, addons, "re-insertions of needles", billed, visit) if addons else None,
    )


def _addon_units(billed: BilledLine, chart: Chart) -> int:
    """Units of all add-on lines of the same biller; a duplicate is the same service and adds none."""
    policy = billed.policy
    return sum(
        other.line.units
        for other in chart.billing.with_code(billed, policy.acupuncture_codes.value - policy.initial_codes.value)
    )


def _enough(stated: int | None, needed: int, what: str, billed: BilledLine, visit: VisitRecorded) -> Verdict | None:
    if stated is None:
        return warning(f"The note does not state the {what}; {needed} are needed.", billed.claim, visit)
    if stated >= needed:
        return None
    return violation(f"The note states {stated} {what}; {needed} are needed.", billed.claim, visit)


def technique_mismatch(billed: BilledLine, chart: Chart) -> Verdict | None:
    visited = _visited(billed, chart)
    if visited is None:
        return None
    visit, procedure = visited
    code, policy = billed.line.procedure_code, billed.policy
    done = "dry_needling" if code in policy.needling_codes.value else "acupuncture"
    if procedure.kind != done:
        said = procedure.kind.replace("_", " ")
        return violation(f"{code} is billed for a visit that records {said}.", billed.claim, visit)
    return _stimulation(billed, visit, procedure, chart) if done == "acupuncture" else None


def _stimulation(billed: BilledLine, visit: VisitRecorded, procedure: Procedure, chart: Chart) -> Verdict | None:
    code, electrical = billed.line.procedure_code, billed.policy.electrical_codes.value
    if code in electrical and not procedure.electrical_stimulation:
        return violation(f"{code} needs electrical stimulation, which the note denies.", billed.claim, visit)
    # A set without stimulation may stand beside one with it.
    if code in electrical or not procedure.electrical_stimulation or chart.billing.with_code(billed, electrical):
        return None
    return violation(f"{code} is without electrical stimulation, which the note records.", billed.claim, visit)


def injection_documented(billed: BilledLine, chart: Chart) -> Verdict | None:
    visited = _visited(billed, chart)
    if visited is None or not visited[1].injection:
        return None
    if not billed.policy.injection_codes.value.isdisjoint(chart.billing.codes_by_date.get(billed.on, ())):
        return None
    return violation(f"A substance was injected, but {billed.line.procedure_code} is billed.", billed.claim, visited[0])


RULES = (
    Rule(
        "MUSCLE_COUNT_MISMATCH",
        needling_lines,
        muscle_count_mismatch,
        means="The number of muscles in the note does not fit the needling code.",
        remedy="Bill the code that fits the muscles named in the note.",
        cites=("three_muscles", "muscle_sides"),
    ),
    Rule(
        "MUSCLE_COUNT_AMBIGUOUS",
        needling_lines,
        muscle_count_ambiguous,
        means="Whether a muscle on both sides counts once or twice decides the code.",
        remedy="Settle the clinic's reading and document it; the lower code is the safer one.",
        cites=("muscle_sides", "three_muscles"),
    ),
    Rule(
        "MUSCLE_NAMES_MISSING",
        judged_visits,
        muscle_names_missing,
        means="The note names no muscle, so the needling code cannot be supported.",
        remedy="Have the performer name each muscle needled (a dated addendum).",
        cites=("generic_muscles", "three_muscles"),
    ),
    Rule(
        "TIME_NOT_SUPPORTED",
        acupuncture_lines,
        time_not_supported,
        means="The note does not support the minutes or re-insertions of the units billed.",
        remedy="Correct the units to the minutes and re-insertions in the note, or have them stated.",
        cites=("unit_minutes", "first_unit_minutes"),
    ),
    Rule(
        "TECHNIQUE_MISMATCH",
        ncd_lines,
        technique_mismatch,
        means="The code billed names another technique than the note.",
        remedy="Bill the code of the technique that the note records.",
        cites=("acupuncture_codes", "electrical_codes", "needling_codes"),
    ),
    Rule(
        "INJECTION_DOCUMENTED",
        needling_lines,
        injection_documented,
        means="Something was injected, but a code for needling without injection is billed.",
        remedy="If a trigger point was injected, bill the injection code; otherwise correct the note.",
        cites=("needling_codes", "injection_codes"),
    ),
)
