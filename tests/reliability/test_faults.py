"""Every call of every handler goes wrong in every way, once: nothing is lost, nothing is heard twice, all drains."""

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.reliability.conftest import Ran
from tests.reliability.scenarios import Scenario, scenarios
from tests.reliability.sweep import faults, remembered, sample, stand
from tests.simulation.faults import Fault
from tests.simulation.ledger import Ledger

EACH = 1  # runs for every kind of call and fault, in make test
PARTS = 4


def every_fault(scenario: Scenario) -> list[Fault]:
    return list(faults(remembered(scenario).calls))


def swept(runs: Iterable[tuple[Scenario, Fault]]) -> None:
    """All failures at once, each named by its fault."""
    broken = []
    for scenario, fault in runs:
        try:
            assert stand(scenario, fault, remembered(scenario)).wire.struck, "the run did not reach the fault"
        except AssertionError as promise:
            broken.append(f"{scenario.name}, {fault}: {type(promise).__name__}: {promise}")
    assert not broken, "\n".join(broken)


def test_there_are_enough_scenarios_and_faults() -> None:
    assert len({scenario.name for scenario in scenarios()}) == len(scenarios()) == 21
    assert sum(len(every_fault(scenario)) for scenario in scenarios()) >= 1_500


def test_every_kind_of_call_is_struck() -> None:
    calls = Counter(call for scenario in scenarios() for call in remembered(scenario).calls)
    table = {f"put_item {what}" for what in ("fact", "case", "trail", "later", "open", "checkpoint")}
    table |= {f"get_item {what}" for what in ("fact", "case", "open", "checkpoint")}
    table |= {"query", *(f"query {index}-index" for index in ("clock", "unsent", "arrival", "tell"))}
    assert calls.keys() == table | {
        *("put_object", "get_object", "list_objects_v2", "publish", "put_events", "send_message", "return")
    }


def test_every_place_a_message_can_have_is_reached() -> None:
    places = sum((Ledger(scenario.run()).balance() for scenario in scenarios()), Counter[str]())
    assert places.keys() == {"recorded", "duplicate", "superseded", "quarantined", "waiting"}


@pytest.mark.parametrize("part", range(PARTS))
def test_some_faults_lose_and_double_nothing(part: int, ran: Ran) -> None:
    """About 150 runs: every kind of call with every kind of fault."""
    some = sample(EACH)[part::PARTS]
    swept(some)
    ran("runs with one fault each", len(some))


@pytest.mark.slow
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_no_fault_loses_or_doubles_anything(scenario: Scenario, ran: Ran) -> None:
    every = every_fault(scenario)
    swept((scenario, fault) for fault in every)
    ran("runs with one fault each", len(every))
