"""Every tampering with a trail is found, no clean one is suspected, and a hundred thousand entries take seconds."""

from collections.abc import Iterator
from random import Random
from time import process_time

import pytest

from shared.core.trail import Entry
from tests.builders import a_course
from tests.reliability.conftest import Ran
from tests.reliability.planted import Plant
from tests.reliability.planted_in_trail import PLANTED_IN_TRAIL
from tests.reliability.sizes import tamperings
from tests.reliability.tamperings import TAMPERINGS, Kept, Tampering, cases, kept
from tests.unit.asking import snapshot
from tests.unit.trails import day_by_day

HISTORIES = 8
MANY_HISTORIES = 60
ENTRIES = 100_000


def missed(tampering: Tampering, seeds: range, histories: int) -> int | None:
    """The first seed of a tampering that is not found."""
    for seed in seeds:
        random = Random(seed)
        was = kept(random, histories)
        became = tampering(was, random)
        assert became != was, seed
        if not became.flaws():
            return seed
    return None


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.__name__)
def test_a_tampering_is_found(tampering: Tampering) -> None:
    assert missed(tampering, range(20), HISTORIES) is None


def suspected(histories: int) -> list[Kept]:
    """Trails that nobody touched and that are found to have a flaw."""
    clean = [Kept.of(case) for seed in range(histories) for case in cases(seed)]
    assert len(clean) > 10 * histories
    return [one for one in clean if one.flaws()]


def test_clean_trails_have_no_flaw() -> None:
    assert suspected(HISTORIES) == []


@pytest.fixture
def fresh() -> Iterator[None]:
    """Trails made under a planted fault are nobody else's."""
    cases.cache_clear()
    yield
    cases.cache_clear()


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("plant", PLANTED_IN_TRAIL, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_the_trail_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)

    proofs = (missed(tampering, range(60), 3) for tampering in TAMPERINGS)

    assert suspected(3) or any(seed is not None for seed in proofs)


@pytest.mark.slow
@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.__name__)
def test_ten_thousand_tamperings_are_found(tampering: Tampering, ran: Ran) -> None:
    some = -(-tamperings() // len(TAMPERINGS))
    assert missed(tampering, range(1_000, 1_000 + some), MANY_HISTORIES) is None
    ran("tamperings with a trail, all found", some)


@pytest.mark.slow
def test_ten_thousand_clean_trails_raise_no_alarm(ran: Ran) -> None:
    """A trail after every event of many histories."""
    done, seed = 0, 1_000
    while done < tamperings():
        for case in cases.__wrapped__(seed):
            assert Kept.of(case).flaws() == [], (seed, len(case.pending))
            done += 1
        seed += 1
    ran("clean trails, no false alarm", done)


@pytest.mark.slow
def test_a_hundred_thousand_entries_are_verified_in_under_ten_seconds(ran: Ran) -> None:
    """Read from their lines, chain, causes and what they come to: the trails of 2,500 courses of 20 sessions."""
    case = day_by_day([snapshot(event) for event in a_course(20, kx_from=None)])[-1]
    was, lines = Kept.of(case), [entry.line for entry in case.pending]
    begun, done = process_time(), 0
    while done < ENTRIES:
        assert was.with_entries(*map(Entry.from_line, lines)).flaws() == []
        done += len(lines)
    seconds = process_time() - begun
    ran("entries of trails verified", done)
    ran("milliseconds for them", round(seconds * 1000))
    assert seconds < 10
