"""The whole system in one thread: inbox -> record_event -> table -> stream -> send_alert -> topic and bus.

One `random.Random(seed)` decides which waits are over first, what is repeated and in which order things arrive.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from os import environ
from random import Random
from typing import Any

from functions import record_event, send_alert
from local.invoking import Context
from shared.aws import runtime
from tests.simulation.door import Door
from tests.simulation.faults import Call, Fault, Killed
from tests.simulation.queue import VISIBILITY, Message, Queue
from tests.simulation.stores import Bucket, Bus, Topic
from tests.simulation.stream import SHARDS, Shard, record
from tests.simulation.surroundings import START, Clock, surroundings
from tests.simulation.table import Change, Table
from tests.simulation.wire import Wire

AS_OF = date(2026, 6, 1)
RECORDED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
_BATCH = 10
_ROUNDS = 40  # with repeats some come late
FAILED = object()
Handler = Callable[[dict[str, Any], Any], Any]


@dataclass
class Held:
    """What AWS holds between two moments."""

    now: int = START
    table: Table = field(default_factory=Table)
    bucket: Bucket = field(default_factory=Bucket)
    topic: Topic = field(default_factory=Topic)
    bus: Bus = field(default_factory=Bus)
    shards: list[Shard] = field(default_factory=lambda: [Shard(number) for number in range(SHARDS)])

    def copy(self) -> "Held":
        shards = [shard.copy() for shard in self.shards]
        return Held(self.now, self.table.copy(), self.bucket.copy(), self.topic.copy(), self.bus.copy(), shards)


class NotDrained(AssertionError):
    """Work was still waiting after as many rounds as it may take."""


class World:
    """`repeats`: how likely a message or a batch of the stream that was done comes once more."""

    def __init__(
        self, seed: int | str = 0, *, held: Held | None = None, fault: Fault | None = None, repeats: float = 0
    ) -> None:
        self.random = Random(seed)
        self.wire = Wire(fault)
        self.held = held.copy() if held else Held()
        self.clock = Clock(self.held.now)
        self.queue = Queue(self.random, repeats)
        self.checks: list[Callable[[World], None]] = []
        self.poison: frozenset[str] = frozenset()
        self.as_of = AS_OF
        self.stream_lost = False  # its records expire before anybody reads them
        self.abandoned = False  # dead letters are nobody's concern
        self.hushed = False  # people have quiet hours all day
        self._repeats = repeats

    @contextmanager
    def running(self) -> Iterator["World"]:
        held = self.held
        services = {"dynamodb": held.table, "s3": held.bucket, "sns": held.topic, "events": held.bus}
        services["sqs"] = Door(self.queue, self.clock)
        with surroundings(services, self.wire, self.clock, self.as_of.isoformat()):
            yield self

    def on(self, day: date) -> None:
        """It is that day now for every function that starts."""
        self.as_of = day
        environ["AS_OF"] = day.isoformat()
        runtime.start_afresh()

    def job(self, handler: Handler, event: Mapping[str, Any], most: int = 3) -> Any:
        """What a function answers that is called by the clock or by hand, and again if it fails: at most so often."""
        for _ in range(1 + most):
            self.wire.trace.append(handler.__module__)
            answer = self._ended(handler, event)
            for check in self.checks:
                check(self)
            if answer is not FAILED:
                return answer
        raise NotDrained(f"{handler.__module__} never ended well")

    def _ended(self, handler: Handler, event: Mapping[str, Any]) -> Any:
        try:
            answer = handler(dict(event), Context(handler.__module__))
            self.wire.carry(Call("return", {}), lambda: None)
        except Killed:
            runtime.start_afresh()
            return FAILED
        except Exception:  # noqa: BLE001  # Lambda tries again, whatever it was
            return FAILED
        return answer

    def send(self, bodies: Sequence[str], delay: int = 0) -> None:
        for body in bodies:
            self.queue.send(body, self.clock.now, self.random.randint(0, delay))

    def drain(self, most: int = 3) -> None:
        """Rounds until nothing waits, of which `most` may follow a fault."""
        late = 0
        for _ in range(_ROUNDS):
            if self.idle or late > most:
                break
            late += self.wire.struck
            self.round()
        if not self.idle or late > most:
            raise NotDrained(f"{len(self.queue.waiting)} messages wait after {late} rounds")
        dead = [message.id for message in self.queue.dead.values() if message.body not in self.poison]
        if (dead and not self.abandoned) or any(shard.dead for shard in self.held.shards):
            raise NotDrained(f"messages {dead} or alerts are among the dead letters")

    @property
    def idle(self) -> bool:
        """Poison waits for a person, not for a round."""
        waiting = [message for message in self.queue.waiting.values() if message.body not in self.poison]
        return not waiting and not any(shard.next(self.held.table.changes) for shard in self.held.shards)

    def round(self) -> None:
        """Everything that can be delivered now is, once; then the visibility time-out passes."""
        given_up: set[int] = set()
        while possible := self._possible(given_up):
            self._step(self.random.choice(possible), given_up)
            for check in self.checks:
                check(self)
        self.clock.now += VISIBILITY

    def _possible(self, given_up: set[int]) -> list[Shard | None]:
        """None stands for the queue."""
        changes = self.held.table.changes
        if self.stream_lost:
            for shard in self.held.shards:
                shard.done = len(changes)
        shards = [shard for shard in self.held.shards if shard.number not in given_up and shard.next(changes)]
        return [*shards, *([None] if self.queue.visible(self.clock.now) else [])]

    def _step(self, chosen: Shard | None, given_up: set[int]) -> None:
        if chosen is None:
            self._deliver(self.queue.receive(self.random.randint(1, _BATCH), self.clock.now))
        elif not self._announce(chosen, chosen.next(self.held.table.changes)):
            given_up.add(chosen.number)

    def _deliver(self, messages: list[Message]) -> None:
        if not messages:
            return
        self.wire.trace.append(f"inbox {[message.id for message in messages]}")
        failed = self._invoke(record_event.handler, [_message(message) for message in messages])
        if failed is None:
            return
        for message in messages:
            if message.id not in failed:
                self.queue.delete(message.id, self.clock.now)

    def _announce(self, shard: Shard, batch: list[Change]) -> bool:
        """False if the shard must wait for the next round."""
        self.wire.trace.append(f"stream {[change.number for change in batch]}")
        failed = self._invoke(send_alert.handler, [record(change) for change in batch])
        if failed is None:
            shard.retry(batch)
            return False
        if not failed and self.random.random() < self._repeats:
            return False  # the same batch again
        shard.answered(batch, failed)
        return not failed

    def _invoke(self, handler: Handler, records: list[dict[str, Any]]) -> set[str] | None:
        """The records that failed; None if the function died and nobody knows what it did."""
        answer = self._ended(handler, {"Records": records})
        return None if answer is FAILED else {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


def _message(message: Message) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "body": message.body,
        "attributes": {
            "SentTimestamp": str(message.sent_at * 1000),
            "ApproximateReceiveCount": str(message.received),
        },
        "messageAttributes": message.attributes,
        "eventSource": "aws:sqs",
    }
