"""Workers side by side on one patient: no update is lost, whoever comes first."""

from collections.abc import Sequence
from random import Random

import pytest

from tests.builders import Envelope, a_claim_for, a_course, a_visit
from tests.reliability.concurrency import at_once, random_shares
from tests.reliability.conftest import Ran
from tests.reliability.sizes import random_interleavings
from tests.simulation.ledger import Ledger
from tests.simulation.workers import Choices

_VISIT, _CLAIM = a_course(1)
_AGAIN = _VISIT | {"detail": _VISIT["detail"] | {"version": 2, "status": "entered-in-error"}}
PAIRS: dict[str, tuple[Envelope, Envelope]] = {
    "visit and claim": (_VISIT, _CLAIM),
    "two visits": (_VISIT, a_visit(2)),
    "two versions": (_VISIT, _AGAIN),
    "the same twice": (_VISIT, _VISIT),
    "conflict": (_CLAIM, a_claim_for(_VISIT, billing_npi="1245319599")),
}


def every_way(shares: Sequence[Sequence[Envelope]]) -> int:
    """How many interleavings there are; each was run."""
    choices, number, came_to = Choices(), 0, set()
    while True:
        world = at_once(shares, choices.choose)
        came_to.add(tuple(sorted(Ledger(world).conclusions().items())))
        number += 1
        if not choices.next():
            break
    # The one contested version is another patient file depending on who came first.
    assert len(came_to) == 1 or shares == [[event] for event in PAIRS["conflict"]]
    return number


@pytest.mark.parametrize("pair", PAIRS)
def test_two_workers_with_one_event_each_in_every_way(pair: str, ran: Ran) -> None:
    number = every_way([[event] for event in PAIRS[pair]])
    assert number >= 20
    ran("interleavings of two workers, every way", number)


@pytest.mark.slow
def test_two_workers_with_two_and_one_event_in_every_way(ran: Ran) -> None:
    number = every_way([[_VISIT, _AGAIN], [_CLAIM]])
    ran("interleavings of two workers, every way", number)


def random_ways(seeds: range) -> None:
    for seed in seeds:
        random = Random(seed)
        at_once(random_shares(random), random.randrange)


@pytest.mark.parametrize("part", range(3))
def test_random_interleavings(part: int) -> None:
    random_ways(range(30 * part, 30 * (part + 1)))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_many_random_interleavings(part: int, ran: Ran) -> None:
    number = random_interleavings() // 4
    random_ways(range(1_000_000 * (part + 1), 1_000_000 * (part + 1) + number))
    ran("random interleavings of two to eight workers", number)
