"""Coding against the note, dry needling: do the muscles named support the code?"""

from collections import defaultdict
from functools import lru_cache

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, violation, warning
from shared.core.rules.coding import SECTION
from shared.core.rules.reads import LINE, NEEDLING
from shared.core.rules.rule import VIOLATION, WARNING, Rule, judged_visits
from shared.core.rules.service import needling_lines, visited
from shared.core.rules.unsaid import unsaid
from shared.core.settings import Policy
from shared.core.visits import Procedure

# A patient's visits are much alike, and several rules ask the same of each.
_remembered = lru_cache(maxsize=1024)
_Muscles = tuple[tuple[str, str | None], ...]


def named_muscles(procedure: Procedure, policy: Policy) -> _Muscles:
    """Name and side of the muscles that are named as such; generic words and blanks are none."""
    return _named(tuple((muscle.name, muscle.side) for muscle in procedure.muscles or ()), policy.generic_muscles.value)


@_remembered
def _named(told: _Muscles, generic: frozenset[str]) -> _Muscles:
    plain = ((" ".join(name.casefold().split()), side) for name, side in told)
    return tuple((name, side) for name, side in plain if name and name not in generic)


_SIDES = {"bilateral": ("left", "right")}


@_remembered
def count_by_side(muscles: _Muscles) -> int:
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
    seen = visited(billed, chart)
    if seen is None or seen[1].kind != "dry_needling":
        return None
    return seen[0], _readings(seen[1], billed.policy)


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
    if procedure.muscles is None:
        return warning(unsaid("the muscles needled", visit), visit)
    if named_muscles(procedure, chart.policy_on(visit.date_of_service)):
        return None
    return warning("The note of the dry needling names no muscle.", visit)


_MUSCLES = (*NEEDLING, "visit.procedure.muscles.name", "visit.procedure.muscles.side")

RULES = (
    Rule(
        "MUSCLE_COUNT_MISMATCH",
        needling_lines,
        muscle_count_mismatch,
        section=SECTION,
        means="The number of muscles in the note does not fit the needling code.",
        arises="Counted by name and by name and side alike (`muscle_sides`). Violation: `three_muscle_code` is billed "
        "and fewer than `three_muscles` are named. Warning: the lower code is billed and as many or more are named.",
        severities=(VIOLATION, WARNING),
        remedy="Bill the code that fits the muscles named in the note.",
        cites=("three_muscles", "muscle_sides"),
        reads=(*LINE, *_MUSCLES),
        denial="review_denial",
    ),
    Rule(
        "MUSCLE_COUNT_AMBIGUOUS",
        needling_lines,
        muscle_count_ambiguous,
        section=SECTION,
        means="Whether a muscle on both sides counts once or twice decides the code.",
        arises="Counted by name and counted by name and side the muscles fall on different sides of `three_muscles`.",
        severities=(WARNING,),
        remedy="Settle the clinic's reading and document it; the lower code is the safer one.",
        cites=("muscle_sides", "three_muscles"),
        reads=(*LINE, *_MUSCLES),
    ),
    Rule(
        "MUSCLE_NAMES_MISSING",
        judged_visits,
        muscle_names_missing,
        section=SECTION,
        means="The note names no muscle, so the needling code cannot be supported.",
        arises="The note of a dry needling names no muscle, or nothing but `generic_muscles`; or a reader's format "
        "cannot state them.",
        severities=(WARNING,),
        remedy="Have the performer name each muscle needled (a dated addendum).",
        cites=("generic_muscles", "three_muscles"),
        reads=_MUSCLES,
    ),
)
