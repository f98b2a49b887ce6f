"""Coding against the note, dry needling: do the muscles named support the code?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, violation, warning
from shared.core.rules.coding import SECTION
from shared.core.rules.reads import LINE, NEEDLING
from shared.core.rules.rule import VIOLATION, WARNING, Rule
from shared.core.rules.service import visited_lines
from shared.core.rules.unsaid import unsaid

# A patient's visits are much alike, and several rules ask the same of each.
_remembered = lru_cache(maxsize=1024)
_Muscles = tuple[tuple[str, str | None], ...]


def named_muscles(chart: Chart) -> Mapping[str, _Muscles]:
    """Of the judged dry needlings, by visit: name and side of the muscles that are named as such; generic words and
    blanks are none.
    """
    named: dict[str, _Muscles] = {}
    for visit in chart.judged_visits:
        procedure = visit.procedure
        if procedure and procedure.kind == "dry_needling":
            told = tuple([(muscle.name, muscle.side) for muscle in procedure.muscles or ()])
            named[visit.visit_id] = _named(told, chart.policy_on(visit.date_of_service).generic_muscles.value)
    return named


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


@_remembered
def _readings(muscles: _Muscles, mode: str, three: int) -> frozenset[bool]:
    """Whether three or more muscles were needled, by each reading in force (AMB-7); empty where none is named."""
    if not muscles:
        return frozenset()
    by_name, by_side = len({name for name, _ in muscles}), count_by_side(muscles)
    counts = {"both": (by_name, by_side), "names": (by_name,), "sides": (by_side,)}[mode]
    return frozenset(count >= three for count in counts)


def readings(chart: Chart) -> Mapping[BilledLine, tuple[VisitRecorded, frozenset[bool]]]:
    """Of the lines of a dry needling that names its muscles: the visit, and what the readings say."""
    named, read = chart.once(named_muscles), {}
    for billed, (visit, _) in chart.once(visited_lines).items():
        policy = billed.policy
        if billed.line.procedure_code in policy.needling_codes.value and (muscles := named.get(visit.visit_id)):
            read[billed] = visit, _readings(muscles, policy.muscle_sides.value, policy.three_muscles.value)
    return read


def lines_unlike_the_note(chart: Chart) -> Sequence[BilledLine]:
    """Lines of a dry needling whose code is not what every reading of its muscles gives."""
    return [billed for billed, (_, read) in chart.once(readings).items() if read != {_for_three(billed)}]


def _for_three(billed: BilledLine) -> bool:
    return billed.line.procedure_code == billed.policy.three_muscle_code.value


def muscle_count_mismatch(billed: BilledLine, chart: Chart) -> Verdict | None:
    visit, read = chart.once(readings)[billed]
    if len(read) != 1:
        return None
    fewer = f"fewer than {billed.policy.three_muscles.value}"
    if _for_three(billed):
        return violation(
            f"{billed.line.procedure_code} is billed, but the note names {fewer} muscles.", billed.claim, visit
        )
    return warning(f"{billed.line.procedure_code} is for {fewer} muscles; the note names more.", billed.claim, visit)


def muscle_count_ambiguous(billed: BilledLine, chart: Chart) -> Verdict | None:
    visit, read = chart.once(readings)[billed]
    if len(read) <= 1:
        return None
    return warning("Counted by name and counted by side the muscles lead to different codes.", billed.claim, visit)


def visits_without_muscles(chart: Chart) -> Sequence[VisitRecorded]:
    """Judged dry needlings that name no muscle."""
    named = chart.once(named_muscles)
    return [visit for visit in chart.judged_visits if named.get(visit.visit_id) == ()]


def muscle_names_missing(visit: VisitRecorded, chart: Chart) -> Verdict:
    if visit.procedure and visit.procedure.muscles is None:
        return warning(unsaid("the muscles needled", visit), visit)
    return warning("The note of the dry needling names no muscle.", visit)


_MUSCLES = (*NEEDLING, "visit.procedure.muscles.name", "visit.procedure.muscles.side")

RULES = (
    Rule(
        "MUSCLE_COUNT_MISMATCH",
        lines_unlike_the_note,
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
        lines_unlike_the_note,
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
        visits_without_muscles,
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
