"""What happens in a scenario between the events that are sent: days begin, things fail, operators act."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from os import environ

from functions import replay_quarantine, send_digest, sweep, turn_clock
from tests.simulation.answers import service_error
from tests.simulation.faults import Call
from tests.simulation.queue import MAX_RECEIVES
from tests.simulation.world import NotDrained, World

Act = Callable[[World], None]
_HALF_AN_HOUR = 1_800  # longer than anything is left to its usual way


@dataclass(frozen=True)
class Day:
    """It is that day, and the clock turns."""

    day: date

    def __call__(self, world: World) -> None:
        world.on(self.day)
        world.job(turn_clock.handler, {})
        world.drain()


@dataclass(frozen=True)
class Replay:
    """An operator asks for what lies in quarantine for that reason."""

    reason: str

    def __call__(self, world: World) -> None:
        world.job(replay_quarantine.handler, {"reason": self.reason})
        world.drain()


def swept(world: World) -> None:
    """What is poison the sweep finds again and again, and says so at the end of each run."""
    world.clock.now += _HALF_AN_HOUR
    try:
        world.job(sweep.handler, {})
    except NotDrained:
        if not world.poison:
            raise
    world.drain()


def told(world: World) -> None:
    """A day and a night are over for people: nothing is left to tell them."""
    world.job(send_digest.handler, {"until": (world.clock.at() + timedelta(days=2)).isoformat()})


def hushed(world: World) -> None:
    """From now on nobody is told anything but by a digest."""
    world.hushed = True
    environ["QUIET_HOURS"] = "00:00-23:59"


def stream_lost(world: World) -> None:
    """From now on its records expire before anybody reads them."""
    world.stream_lost = True


def stream_back(world: World) -> None:
    world.stream_lost = False


def table_out(world: World) -> None:
    """From now on the table takes no case file, and messages die of it; nobody sends them back."""
    world.wire.outage = _no_case_file
    world.abandoned = True


def table_back(world: World) -> None:
    receives(world)
    world.wire.outage = lambda _: None


def redriven(world: World) -> None:
    """A person sends the dead letters back."""
    world.abandoned = False
    world.queue.redrive(world.clock.now)
    world.drain()


def receives(world: World) -> None:
    """So many rounds that whatever fails is given up."""
    for _ in range(MAX_RECEIVES + 2):
        world.round()


def _no_case_file(call: Call) -> None:
    if call.about == "put_item case":
        raise service_error("PutItem", "InternalServerError")
