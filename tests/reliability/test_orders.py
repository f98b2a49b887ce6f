"""Any order, any repetition: the records and conclusions of a case file are the same bytes."""

from collections.abc import Sequence
from functools import cache, reduce
from math import factorial
from random import Random

import pytest

from shared.core.audit import audit
from shared.core.case import CaseFile
from shared.core.events import Event
from shared.core.history import History
from shared.core.policy import policies
from shared.core.standing import Standing
from tests.reliability.conftest import Ran
from tests.reliability.orders import Concluded, Tree, concluded
from tests.reliability.sizes import random_histories
from tests.reliability.small_histories import small_histories
from tests.unit.asking import AS_OF, RECORDED_AT
from tests.unit.histories import IDS, KINDS, made

_SOME = (0, 1, 2, 12, 20, 39)
_PARTS = 20


@cache
def histories() -> Sequence[tuple[Event, ...]]:
    return small_histories()


def assert_one_end(events: tuple[Event, ...]) -> Tree:
    tree = Tree(events).walk()
    assert tree.orders == factorial(len(events))
    assert len(tree.ends) == 1
    return tree


def test_there_are_forty_histories_and_no_two_alike() -> None:
    assert len({frozenset(event.digest() for event in events) for events in histories()}) == 40
    assert all(len({event.reference for event in events}) == len(events) <= 7 for events in histories())


@pytest.mark.parametrize("number", _SOME)
def test_every_order_of_five_events_ends_the_same(number: int) -> None:
    assert_one_end(histories()[number][:5])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(40))
def test_every_order_of_up_to_seven_events_ends_the_same(number: int, ran: Ran) -> None:
    tree = assert_one_end(histories()[number])
    ran("orders of small histories", tree.orders)
    ran("duplicates in them", tree.duplicates)


def a_long_history(random: Random) -> list[Event]:
    """20 to 60 distinct snapshots of one patient, corrections and voids among them."""
    size = random.randint(20, 60)
    drawn: dict[tuple[str, int, int], Event] = {}
    while len(drawn) < size:
        kind = random.choice(KINDS)
        key = kind, random.randrange(IDS[kind]), random.randint(1, 3)
        drawn.setdefault(key, made(*key, random.randrange(4)))
    return list(drawn.values())


def judged_at_the_end(events: Sequence[Event]) -> Concluded:
    """As `CaseFile.taking` does it, which judges the whole history anew with every event: only the last time counts."""
    history = reduce(lambda known, event: known.taking(event)[0], events, History())
    nothing = Standing(events[0].patient_id)
    return concluded(CaseFile(history, nothing.after(audit(nothing.patient_id, history, policies(), AS_OF), AS_OF)))


def judged_each_time(events: Sequence[Event]) -> Concluded:
    case = CaseFile.new(events[0].patient_id)
    for event in events:
        case, _ = case.taking(event, policies(), AS_OF, RECORDED_AT)
    return concluded(case)


def shuffled_and_repeated(events: Sequence[Event], random: Random) -> list[Event]:
    """A new event comes last, so that it is judged."""
    *rest, last = random.sample(events, len(events))
    early = [*rest, *random.choices(rest, k=len(rest) // 3)]
    return [*random.sample(early, len(early)), last]


def assert_one_answer(seeds: range, every: int) -> None:
    """`every`: one history in so many is judged after each event too, as the handlers do."""
    for seed in seeds:
        random = Random(seed)
        events = a_long_history(random)
        answer = judged_at_the_end(events)
        assert judged_at_the_end(shuffled_and_repeated(events, random)) == answer, seed
        if seed % every == 0:
            assert judged_each_time(shuffled_and_repeated(events, random)) == answer, seed


def test_random_histories_of_20_to_60_events_end_the_same() -> None:
    assert_one_answer(range(40), every=20)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(_PARTS))
def test_many_random_histories_end_the_same(part: int, ran: Ran) -> None:
    size = max(1, random_histories() // _PARTS)
    assert_one_answer(range(1_000_000 + part * size, 1_000_000 + (part + 1) * size), every=200)
    ran("random histories of 20 to 60 events", size)
