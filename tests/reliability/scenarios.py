"""Situations in which something could get lost; each is short, upon patients already known."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from shared.aws.items import PARTS
from shared.aws.quarantine import Message, quarantine
from shared.core.errors import Reason, Unreadable
from tests.builders import FIRST_DAY, Envelope, a_claim, a_claim_for, a_course, a_score, a_visit
from tests.reliability.acts import (
    Act,
    Day,
    Replay,
    hushed,
    receives,
    redriven,
    stream_back,
    stream_lost,
    swept,
    table_back,
    table_out,
    told,
)
from tests.simulation.alert_book import AlertBook
from tests.simulation.faults import Fault, Kind
from tests.simulation.ledger import Ledger
from tests.simulation.trail_book import TrailBook
from tests.simulation.values import Item
from tests.simulation.world import AS_OF, Held, World
from tests.simulation.writes import Writes

Wave = tuple[str, ...]


def _bodies(events: Iterable[Envelope | str]) -> Wave:
    return tuple(event if isinstance(event, str) else json.dumps(event) for event in events)


@dataclass(frozen=True)
class Scenario:
    """`known` was taken in before, on `first_day`; every wave is sent at once and drained, every act done.

    `kept` lies in quarantine, refused by an earlier version of the code. `contested`: who comes first decides.
    """

    name: str
    steps: tuple[Wave | Act, ...]
    known: Wave = ()
    kept: Wave = ()
    poison: frozenset[str] = frozenset()
    broken: tuple[str, ...] = ()
    first_day: date = AS_OF
    contested: bool = False

    def run(self, fault: Fault | None = None, seed: int = 0) -> World:
        """Checked after every step and in the end; raises `Broken` or `NotDrained`."""
        world = World(seed, held=_before(self), fault=fault)
        world.as_of, world.poison = self.first_day, self.poison
        ledger, trail = Ledger(world), TrailBook(world)
        world.checks += [ledger.check, trail.check, Writes(world).check]
        with world.running():
            for step in self.steps:
                self._step(world, step)
            if fault and fault.kind is Kind.CONFLICT:
                swept(world)  # who is told that another wrote leaves the entries to that other: here there was none
            told(world)
        for book in (ledger, trail):
            book.conclude()
        AlertBook(world).conclude_told()
        return world

    def _step(self, world: World, step: Wave | Act) -> None:
        if not isinstance(step, tuple):
            step(world)
            return
        world.send(step)
        if world.abandoned:
            return
        world.drain()
        if self.poison:
            receives(world)
            assert {message.body for message in world.queue.dead.values()} == self.poison


@cache
def _before(scenario: Scenario) -> Held:
    """The world after what was known, and case files that nobody can read; the sweep has run once."""
    world = World("known")
    world.as_of = scenario.first_day
    with world.running():
        world.send(scenario.known)
        world.drain()
        swept(world)
        for number, body in enumerate(scenario.kept):
            message = Message(f"old-{number}", datetime(2026, 5, 1, tzinfo=UTC), body.encode())
            quarantine().keep(message, Unreadable(Reason.MISSING_FIELD, "detail", None))
    for patient_id in scenario.broken:
        pk = f"patient#{patient_id}"
        item: Item = {"pk": {"S": pk}, "sk": {"S": "case"}, **{part: {"B": b"x"} for part in PARTS}}
        world.held.table.items[pk, "case"] = item
    world.held.now = world.clock.now
    return world.held


def _scenario(  # noqa: PLR0913 - a scenario is told apart by any of these
    name: str,
    *steps: Iterable[Envelope | str] | Act,
    known: Iterable[Envelope] = (),
    kept: Iterable[Envelope | str] = (),
    poison: Iterable[Envelope] = (),
    broken: tuple[str, ...] = (),
    first_day: date = AS_OF,
    contested: bool = False,
) -> Scenario:
    taken = tuple(step if callable(step) else _bodies(step) for step in steps)
    spoilt = frozenset(_bodies(poison))
    return Scenario(name, taken, _bodies(known), _bodies(kept), spoilt, broken, first_day, contested)


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
    yield _scenario("redrive with new ids", table_out, [visit, claim], table_back, redriven, [visit])
    yield _scenario("ten with poison", ten, poison=poison, broken=("P-broken",))
    yield _scenario("correction that withdraws", [billed_again, a_claim(50)], known=course)
    late_score = _version(visit, 2, measures=[a_score(7, visit["detail"]["date_of_service"])])
    yield _scenario("told day by day", [visit], told, [claim, *two[:2]], told, [late_score], known=[])
    yield _scenario("quiet hours", hushed, course[24:], told, [billed_again, voided[0]], told, known=course[:24])
    yield from _of_time(course, visit, claim)


def _of_time(course: list[Envelope], visit: Envelope, claim: Envelope) -> Iterable[Scenario]:
    """With the clock, the sweep and operators."""
    unseen, late = a_claim(7, patient_id="P-7"), a_visit(7, patient_id="P-7")
    missed = Day(FIRST_DAY + timedelta(days=9))
    waiting = [unseen, visit]
    two = [a_claim(8, patient_id="P-8"), claim]
    yield _scenario("clock", missed, [late], Day(FIRST_DAY + timedelta(days=40)), known=waiting, first_day=FIRST_DAY)
    lost = (stream_lost, missed, swept, stream_back)
    yield _scenario("clock without a stream", *lost, [late], known=waiting, first_day=FIRST_DAY)
    yield _scenario("stream lost", stream_lost, course[22:], swept, known=course[:22])
    yield _scenario("stream back", stream_lost, course[22:24], stream_back, course[24:], swept, known=course[:22])
    yield _scenario("dead for good", table_out, two, table_back, swept, [visit], known=[visit])
    yield _scenario("dead for good without a stream", stream_lost, table_out, two, table_back, swept, swept)
    yield _scenario("replay", Replay("missing_field"), Replay("missing_field"), kept=[visit, "{", claim, visit])


@cache
def scenarios() -> tuple[Scenario, ...]:
    return tuple(_all())
