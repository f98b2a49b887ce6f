"""The simulation itself: the numbers of template.yaml, and one seed for one run."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from moto.events.models import EventPattern

from local.template import TEMPLATE, read_template
from tests.builders import Envelope, a_course
from tests.simulation import queue, stream
from tests.simulation.alert_book import AlertBook
from tests.simulation.index import INDEXES, Index
from tests.simulation.ledger import Ledger
from tests.simulation.table import Change
from tests.simulation.values import Item
from tests.simulation.world import World


def bodies(envelopes: list[Envelope]) -> list[str]:
    return [json.dumps(envelope) for envelope in envelopes]


def a_run(seed: int) -> World:
    """Four sessions of two patients, late, out of order and repeated."""
    world = World(seed, repeats=0.2)
    world.checks.append(Ledger(world).check)
    with world.running():
        world.send(bodies([*a_course(4, patient_id="P-1", scores={}), *a_course(2, patient_id="P-2")]), delay=400)
        world.drain(most=40)
    return world


def fingerprint(seed: int) -> str:
    world = a_run(seed)
    held = [repr(sorted(world.held.table.items.items())), repr(world.held.topic.messages), repr(world.held.bus.events)]
    return hashlib.sha256("\n".join([*world.wire.trace, *held]).encode()).hexdigest()


def test_one_seed_gives_one_run() -> None:
    assert len({fingerprint(7) for _ in range(10)}) == 1


def test_another_seed_gives_another_run() -> None:
    assert len({fingerprint(seed) for seed in range(5)}) == 5


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_one_seed_gives_one_run_in_every_process(hash_seed: str) -> None:
    program = "from tests.simulation.test_world import fingerprint; print(fingerprint(7))"
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(TEMPLATE.parent), "TZ": "Pacific/Auckland"}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == fingerprint(7)


@pytest.mark.parametrize("seed", range(10))
def test_late_repeated_and_shuffled_deliveries_lose_and_double_nothing(seed: int) -> None:
    world = a_run(seed)

    Ledger(world).conclude()
    AlertBook(world).conclude()
    assert Ledger(world).balance() == {"recorded": 12, "waiting": 0}
    assert world.queue.sent == 12


def test_without_a_fault_nothing_is_sent_twice() -> None:
    world = World(1)
    with world.running():
        world.send(bodies(a_course(3, scores={})))
        world.drain()

    assert AlertBook(world).repeated == 0
    assert world.held.bus.events


def test_the_numbers_are_those_of_the_template() -> None:
    resources = read_template(TEMPLATE.read_text())["Resources"]
    inbox = resources["Inbox"]["Properties"]
    changes = resources["SendAlert"]["Properties"]["Events"]["CaseFiles"]["Properties"]

    assert int(inbox["VisibilityTimeout"]) == queue.VISIBILITY
    assert int(inbox["RedrivePolicy"]["maxReceiveCount"]) == queue.MAX_RECEIVES
    assert int(changes["BatchSize"]) == stream.BATCH
    assert int(changes["MaximumRetryAttempts"]) == stream.MAX_RETRIES
    assert _indexes(resources["Table"]["Properties"]) == INDEXES


def _indexes(table: Mapping[str, Any]) -> dict[str, Index]:
    described = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    assert all(index["Projection"] == {"ProjectionType": "KEYS_ONLY"} for index in described.values())
    return {name: Index(*(key["AttributeName"] for key in index["KeySchema"])) for name, index in described.items()}


@pytest.mark.parametrize("sort", ["case", "fact#visit#V-1#0000000001", "trail#0000000001", "checkpoint"])
@pytest.mark.parametrize("more", [{}, {"unsent": {"S": "3"}}, {"clock": {"S": "3"}}])
@pytest.mark.parametrize("old", [None, {}])
def test_the_stream_is_filtered_as_in_the_template(sort: str, more: Item, old: Item | None) -> None:
    resources = read_template(TEMPLATE.read_text())["Resources"]
    source = resources["SendAlert"]["Properties"]["Events"]["CaseFiles"]["Properties"]
    [pattern] = [EventPattern(None, json.loads(found["Pattern"])) for found in source["FilterCriteria"]["Filters"]]
    change = Change(1, ("patient#P-1", sort), old, {"pk": {"S": "patient#P-1"}, "sk": {"S": sort}, **more})

    assert stream.wanted(change) == ("unsent" in more and sort == "case")
    brought: Any = stream.record(change)
    assert stream.wanted(change) == pattern.matches_event(brought)
