"""Twelve situations in which something could get lost; each is short, upon patients already known."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from shared.aws.items import PARTS
from tests.builders import Envelope, a_claim, a_claim_for, a_course, a_score, a_visit
from tests.simulation.alert_book import AlertBook
from tests.simulation.answers import service_error
from tests.simulation.faults import Call, Fault
from tests.simulation.ledger import Ledger
from tests.simulation.queue import MAX_RECEIVES
from tests.simulation.values import Item
from tests.simulation.world import Held, World


def _bodies(events: Iterable[Envelope | str]) -> tuple[str, ...]:
    return tuple(event if isinstance(event, str) else json.dumps(event) for event in events)


@dataclass(frozen=True)
class Scenario:
    """`known` was taken in before; every wave is sent at once and drained. `contested`: who comes first decides."""

    name: str
    waves: tuple[tuple[str, ...], ...]
    known: tuple[str, ...] = ()
    poison: frozenset[str] = frozenset()
    broken: tuple[str, ...] = ()
    outage: bool = False
    contested: bool = False

    def run(self, fault: Fault | None = None, seed: int = 0) -> World:
        """Checked after every step and in the end; raises `Broken` or `NotDrained`."""
        world = World(seed, held=_before(self), fault=fault)
        world.poison = self.poison
        ledger = Ledger(world)
        world.checks.append(ledger.check)
        with world.running():
            for wave in self.waves:
                self._wave(world, wave)
        ledger.conclude()
        AlertBook(world).conclude()
        return world

    def _wave(self, world: World, wave: tuple[str, ...]) -> None:
        world.send(wave)
        if self.outage:
            _out(world)
        world.drain()
        if self.poison:
            _receives(world)
            assert {message.body for message in world.queue.dead.values()} == self.poison


def _out(world: World) -> None:
    """The table takes no case file for so long that all messages die; a person sends them back afterwards."""
    world.wire.outage = _no_case_file
    _receives(world)
    world.wire.outage = lambda _: None
    world.queue.redrive(world.clock.now)


def _no_case_file(call: Call) -> None:
    if call.about == "put_item case":
        raise service_error("PutItem", "InternalServerError")


def _receives(world: World) -> None:
    for _ in range(MAX_RECEIVES + 2):
        world.round()


@cache
def _before(scenario: Scenario) -> Held:
    """The world after what was known, and case files that nobody can read."""
    world = World("known")
    with world.running():
        world.send(scenario.known)
        world.drain()
    for patient_id in scenario.broken:
        pk = f"patient#{patient_id}"
        item: Item = {"pk": {"S": pk}, "sk": {"S": "case"}, **{part: {"B": b"x"} for part in PARTS}}
        world.held.table.items[pk, "case"] = item
    return world.held


def _scenario(  # noqa: PLR0913 - a scenario is told apart by any of these
    name: str,
    *waves: Iterable[Envelope | str],
    known: Iterable[Envelope] = (),
    poison: Iterable[Envelope] = (),
    broken: tuple[str, ...] = (),
    outage: bool = False,
    contested: bool = False,
) -> Scenario:
    sent = tuple(_bodies(wave) for wave in waves)
    return Scenario(name, sent, _bodies(known), frozenset(_bodies(poison)), broken, outage, contested)


def _version(event: Envelope, version: int, **changes: object) -> Envelope:
    detail = event["detail"] | changes | {"version": version}
    return event | {"id": f"{event['id']}-again-{version}", "detail": detail}


def _thirteen(patient_id: str = "P-1") -> list[Envelope]:
    return a_course(13, patient_id=patient_id, kx_from=None)


def _regressing() -> list[Envelope]:
    return a_course(16, scores={1: 7, 4: 6, 8: 6, 12: 4, 15: 7, 16: 7})


def _ten_with_poison() -> tuple[list[Envelope | str], list[Envelope]]:
    good = a_course(4, scores={1: 7})
    poison = a_visit("V-bad", patient_id="P-broken")
    return [*good[:5], poison, *good[5:], json.dumps(good[0])[:100]], [poison]


def _all() -> Iterable[Scenario]:
    course, measured = _thirteen(), a_course(3, scores={1: 7, 3: 6})
    visit, claim = a_course(1)
    seventh = course[12:14]
    voided = [_version(course[8], 2, status="entered-in-error"), _version(course[9], 2, frequency_code="8")]
    billed_again = _version(course[25], 2, lines=a_claim_for(course[24], modifiers=["KX"])["detail"]["lines"])
    other = a_claim_for(visit, billing_npi="1245319599")
    wrong_units = _version(claim, 1, lines=[claim["detail"]["lines"][0] | {"units": -1}])
    ten, poison = _ten_with_poison()
    scored = _version(visit, 3, measures=[a_score(7, visit["detail"]["date_of_service"])])
    yield _scenario("13th without KX", course[24:], known=course[:24])
    yield _scenario("void", voided, known=course)
    yield _scenario("late visit", seventh, known=[event for event in course if event not in seventh])
    yield _scenario("conflict", [claim, other, visit], contested=True)
    yield _scenario("malformed", [visit, json.dumps(claim)[:200], wrong_units, claim])
    yield _scenario("duplicate delivery", [*measured[:2], *measured[:2]], measured[:2])
    two = _thirteen("P-2")
    yield _scenario("two patients in one batch", [*course[24:], *two[24:]], known=[*course[:24], *two[:24]])
    yield _scenario("higher version first", [scored, claim], [_version(visit, 2), visit])
    regressing = _regressing()
    yield _scenario("regression", regressing[-4:], known=regressing[:-4])
    yield _scenario("redrive with new ids", [visit, claim], [visit], outage=True)
    yield _scenario("ten with poison", ten, poison=poison, broken=("P-broken",))
    yield _scenario("correction that withdraws", [billed_again, a_claim(50)], known=course)


@cache
def scenarios() -> tuple[Scenario, ...]:
    return tuple(_all())
