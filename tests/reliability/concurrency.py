"""Several recorders at work on one patient at the same moment, their calls to AWS interleaved.

They call `receive`, one step inside the handler: powertools' metrics are made for a process of its own, which a thread
is not.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from functions.record_event import receive
from shared.aws.quarantine import Message
from shared.core.errors import AuditError
from tests.builders import Envelope, a_course
from tests.simulation.ledger import Ledger
from tests.simulation.queue import Message as Waiting
from tests.simulation.workers import Choose, Job, interleaved
from tests.simulation.world import World

_SENT = datetime(2026, 6, 1, tzinfo=UTC)
_DELIVERIES = 12


class NeverTaken(AssertionError):
    """A message failed more often than rivals can explain."""


def at_once(shares: Sequence[Sequence[Envelope]], choose: Choose) -> World:
    """Every worker receives its share, each message until it is taken; raises what a promise broken raises."""
    world = World()
    with world.running():
        jobs = [_job(world, [json.dumps(event) for event in share], name) for name, share in enumerate(shares)]
        interleaved(world.wire, jobs, choose)
    Ledger(world).conclude()  # no alert is sent here: what the records come to is the question
    return world


def _job(world: World, bodies: Sequence[str], name: int) -> Job:
    for place, body in enumerate(bodies):
        id = f"m-{name}-{place}"
        world.queue.waiting[id] = Waiting(id, body, 0, 0)
        world.queue.sent += 1
    messages = [message for message in world.queue.waiting.values() if message.id.startswith(f"m-{name}-")]

    def work() -> None:
        for message in messages:
            _received(world, message)

    return work


def _received(world: World, message: Waiting) -> None:
    for _ in range(_DELIVERIES):
        try:
            receive(Message(message.id, _SENT, message.body.encode()))
        except AuditError:
            continue  # the queue delivers it again
        world.queue.delete(message.id, 0)
        return
    raise NeverTaken(message.id)


def random_shares(random: Random) -> list[list[Envelope]]:
    """Two to eight workers with one or two events each of one patient, some of them the same."""
    events = a_course(5, scores={1: 7})
    return [random.choices(events, k=random.randint(1, 2)) for _ in range(random.randint(2, 8))]
