"""Digests beside everything else that goes on: a change on its way out, a clock that jumps, a run that starts late."""

import json

import pytest

from functions import send_digest
from shared.aws import digests
from tests.builders import a_visit
from tests.reliability.acts import told
from tests.simulation.alert_book import AlertBook
from tests.simulation.answers import service_error
from tests.simulation.faults import Call
from tests.simulation.ledger import Broken
from tests.simulation.world import World


def no_entry(call: Call) -> None:
    if call.label == "put_item trail":
        raise service_error("PutItem", "InternalServerError")


def told_in_between() -> World:
    """A digest is due while the entry of a change cannot be carried to the trail."""
    world = World()
    with world.running():
        world.wire.outage = no_entry
        world.send([json.dumps(a_visit())])
        world.round()
        told(world)
        world.wire.outage = lambda _: None
        world.drain()
        told(world)
    AlertBook(world).conclude_told()
    return world


def test_what_is_still_on_its_way_out_waits_for_the_next_digest() -> None:
    world = told_in_between()
    assert len(AlertBook(world).digests.steps()) == len(AlertBook(world).digests.put_off) > 0


def test_a_change_told_before_its_entry_is_carried_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "takewhile", lambda _, waiting: waiting)
    with pytest.raises(Broken):
        told_in_between()


def test_nothing_is_told_before_its_hour() -> None:
    world = World()
    with world.running():
        world.send([json.dumps(a_visit())])
        world.drain()
        for _ in range(3):
            world.job(send_digest.handler, {})
        assert AlertBook(world).digests.said == {}
        world.clock.now += 24 * 3600
        for _ in range(3):
            world.job(send_digest.handler, {})
    assert len(AlertBook(world).digests.said) == 1
    AlertBook(world).conclude_told()
