"""A scenario once for every call and everything that can go wrong with it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from tests.reliability.scenarios import Scenario, scenarios
from tests.simulation.alert_book import AlertBook
from tests.simulation.faults import Fault, possible
from tests.simulation.ledger import Broken, Ledger
from tests.simulation.world import World


@dataclass(frozen=True)
class Expected:
    """What the run without a fault comes to."""

    calls: tuple[str, ...]
    conclusions: dict[str, tuple[bytes, bytes]]
    open: frozenset[str]


def faultless(scenario: Scenario) -> Expected:
    world = scenario.run()
    if repeated := AlertBook(world).repeated:
        raise Broken(f"{repeated} alerts were sent twice without any fault")
    return _expected(world)


def _expected(world: World) -> Expected:
    ledger = Ledger(world)
    return Expected(tuple(world.wire.calls), ledger.conclusions(), ledger.open())


remembered = cache(faultless)


def faults(calls: tuple[str, ...]) -> Iterator[Fault]:
    for at, call in enumerate(calls):
        yield from (Fault(at, kind, when) for kind, when in possible(call))


def sample(each: int) -> list[tuple[Scenario, Fault]]:
    """So many runs of every kind of call with every kind of fault, from all scenarios."""
    found: defaultdict[tuple[str, str, str], list[tuple[Scenario, Fault]]] = defaultdict(list)
    for scenario in scenarios():
        calls = remembered(scenario).calls
        for fault in faults(calls):
            found[calls[fault.at], fault.kind, fault.when].append((scenario, fault))
    random = Random(each)
    chosen = [run for runs in found.values() for run in random.sample(runs, min(each, len(runs)))]
    return random.sample(chosen, len(chosen))


def stand(scenario: Scenario, fault: Fault, expected: Expected) -> World:
    """The run with the fault, which must come to the same; raises what a promise broken raises."""
    world = scenario.run(fault)
    came_to = _expected(world)
    if not scenario.contested and (came_to.conclusions, came_to.open) != (expected.conclusions, expected.open):
        raise Broken("the case file is another than without the fault")
    return world
