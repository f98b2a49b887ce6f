"""One visit told by two sources: the same patient, date, performer and kind of needling, under whatever ids.

The source that comes first speaks; what it leaves open the next fills in, and lists hold what either has. The records
behind it stay as they are, and both are evidence. Two visits of one source remain two: that sender tells them apart.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from shared.core.events import Reference, VisitRecorded
from shared.core.scores import Score
from shared.core.settings import Policy
from shared.core.snapshot import Part

P = TypeVar("P", bound=Part)
_Identity = tuple[date, str, str]


class Joined(NamedTuple):
    """The visits that took place, in their order; `behind`: further records of a visit that several sources told."""

    visits: list[VisitRecorded]
    behind: dict[Reference, tuple[Reference, ...]]


def joined(visits: Sequence[VisitRecorded], policy_on: Callable[[date], Policy]) -> Joined:
    """`visits` by date and id, each in the place of the record that speaks for it."""
    if len({visit.told_by for visit in visits} - {None}) <= 1:
        return Joined(list(visits), {})
    behind: dict[Reference, tuple[Reference, ...]] = {}
    views = {visit.reference: visit for visit in visits}
    for told in _told_again(visits):
        first, *others = sorted(told, key=lambda visit: _place(visit, policy_on(visit.date_of_service)))
        behind[first.reference] = tuple(other.reference for other in others)
        views[first.reference] = reduce(_with_what, others, first)
    retold = set(chain.from_iterable(behind.values()))
    return Joined([views[visit.reference] for visit in visits if visit.reference not in retold], behind)


def _told_again(visits: Sequence[VisitRecorded]) -> list[list[VisitRecorded]]:
    """Records of one visit. Where a source has two of that identity nobody knows which of them the other means."""
    same: defaultdict[_Identity, list[VisitRecorded]] = defaultdict(list)
    for visit in visits:
        if visit.procedure and visit.told_by:
            same[visit.date_of_service, visit.performer.npi, visit.procedure.kind].append(visit)
    return [told for told in same.values() if 1 < len(told) == len({visit.told_by for visit in told})]


def _place(visit: VisitRecorded, policy: Policy) -> tuple[int, str]:
    """Sources that the policy does not name come first: they tell a visit in full."""
    readers = policy.visit_sources.value
    source = visit.told_by or ""
    return (readers.index(source) + 1 if source in readers else 0, source)


def _with_what(first: VisitRecorded, other: VisitRecorded) -> VisitRecorded:
    lists = {
        "diagnoses": _either(first.diagnoses, other.diagnoses),
        "measures": first.measures + tuple(score for score in other.measures if not _scored(score, first)),
    }
    if first.screening is not None and other.screening is not None:
        lists["screening"] = _either(first.screening, other.screening)
    return _filled(first, other).model_copy(update=lists)


def _either(first: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(first + other))


def _scored(score: Score, visit: VisitRecorded) -> bool:
    return any((s.instrument, s.assessed_on) == (score.instrument, score.assessed_on) for s in visit.measures)


def _filled(first: P, other: P) -> P:
    """`first`, with what it does not state from `other`."""
    filled: dict[str, Any] = {}
    for name in type(first).model_fields:
        ours, theirs = getattr(first, name), getattr(other, name)
        if ours is None:
            filled[name] = theirs
        elif isinstance(ours, Part) and isinstance(theirs, Part):
            filled[name] = _filled(ours, theirs)
    return first.model_copy(update=filled)
