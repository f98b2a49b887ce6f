"""record_event with a table in memory: requests and capacity units of an event, and what our own code takes of it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from functions import record_event
from local.invoking import Context
from shared.aws.items import Item, cleared
from tests.benchmarks import ours
from tests.benchmarks.table import Row, at_most, micro, seconds
from tests.builders import Envelope
from tests.integration.deliveries import a_message
from tests.simulation.surroundings import Clock, surroundings
from tests.simulation.values import size
from tests.simulation.wire import Wire
from tests.unit.test_case import a_life_of

HISTORIES = (1, 20, 40, 100, 500)
MOST_UNITS = {40: 6, 100: 10, 500: 36}
REQUESTS = 3
USUAL = 40  # records of a course
ROUNDS = 25
_READ_UNIT, _WRITE_UNIT = 4096, 1024


@dataclass
class Memory:
    """A table that says yes at once: what is left is our own code. Counts what DynamoDB would charge."""

    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    charged: Counter[str] = field(default_factory=Counter)

    def put_item(self, *, Item: Item, **_: Any) -> dict[str, Any]:  # noqa: N803 - as boto3 names it
        self.charged.update(requests=1, written=ceil(size(Item) / _WRITE_UNIT))
        self.items[_key(Item)] = Item
        return {}

    def get_item(self, *, Key: Item, **_: Any) -> dict[str, Any]:  # noqa: N803
        item = self.items.get(_key(Key))
        self.charged.update(requests=1, read=ceil(size(item) / _READ_UNIT) if item else 1)
        return {"Item": item} if item else {}

    def announced(self) -> None:
        """What the stream's consumer does once the entries of the trail have items of their own."""
        self.items = {key: cleared(item) for key, item in self.items.items()}


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def rows() -> Iterator[Row]:
    """A patient's life as a clinic would send it, three records a session, each recorded on the day it is sent."""
    life = a_life_of(max(HISTORIES) + 1)
    memory, clock = Memory(), Clock()
    with surroundings({"dynamodb": memory}, Wire(), clock, ""):
        shown = [row for number, event in enumerate(life) for row in _recorded(memory, clock, life[:number], event)]
    yield from shown


def _recorded(memory: Memory, clock: Clock, before: list[Envelope], event: Envelope) -> Iterator[Row]:
    clock.now = int(datetime.fromisoformat(event["time"]).timestamp())
    number = len(before)
    if number == USUAL:
        yield _code(memory, before, event)
    memory.charged.clear()
    _handle(event)
    memory.announced()
    if number in HISTORIES:
        charged, most = memory.charged, MOST_UNITS.get(number)
        met = charged["requests"] == REQUESTS and (most is None or charged["written"] <= most)
        said = f"{charged['requests']} requests, {charged['read']} read, {charged['written']} write units"
        target = f"{REQUESTS} requests" + (f", at most {most} written" if most else "")
        yield Row(f"a new event at {number} records", said, "", target, met)


def _handle(event: Envelope) -> None:
    answer = record_event.handler({"Records": [a_message(event)]}, Context("record_event"))
    assert answer == {"batchItemFailures": []}, answer


def _code(memory: Memory, before: list[Envelope], event: Envelope) -> Row:
    """The handler, from the batch of one to its answer, beside one audit of the history it leaves behind."""
    kept = dict(memory.items)
    known = ours.history([json.dumps(each).encode() for each in (*before, event)])
    patient_id = event["detail"]["patient_id"]

    def handled() -> None:
        memory.items = dict(kept)
        _handle(event)

    spent = seconds({"handler": handled, "audit": lambda: ours.whole(patient_id, known)}, ROUNDS)
    memory.items = kept
    ratio = spent["handler"] / spent["audit"]
    return at_most(f"record_event without AWS at {USUAL} records", micro(spent["handler"]), ratio, 2, "one audit")
