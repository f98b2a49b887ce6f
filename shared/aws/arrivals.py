"""Facts by the time they came, and how far the sweep has looked at them.

pk = sweep, sk = checkpoint
  until (every fact recorded before was looked at) and left (the keys of those that could not be taken in, as JSON)
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from typing import Any, NamedTuple, cast

from shared.aws.items import ARRIVAL_INDEX, SHARDS_A_DAY, Item, arrived, moment
from shared.aws.keys import patient_of
from shared.aws.table import CaseTable, case_table
from shared.core.snapshot import Kind, Reference

KEPT_BY_QUEUES = timedelta(days=14)  # who never looked begins there: of what is older no message is left to redrive
CHECKPOINT: dict[str, Any] = {"pk": {"S": "sweep"}, "sk": {"S": "checkpoint"}}


class Arrived(NamedTuple):
    """A fact by its keys; in order of arrival."""

    recorded_at: str
    pk: str
    sk: str

    @property
    def patient_id(self) -> str:
        return patient_of(self.pk)

    @property
    def reference(self) -> Reference:
        _, kind, named = self.sk.split("#", 2)
        record_id, _, version = named.rpartition("#")
        return Reference(cast("Kind", kind), record_id, int(version))


class Checkpoint(NamedTuple):
    until: datetime
    left: tuple[Arrived, ...] = ()


@dataclass(frozen=True)
class Arrivals:
    """The table, seen by who looks for facts that were never taken in."""

    table: CaseTable

    def checkpoint(self, never: datetime) -> Checkpoint:
        """Where the last run ended; `never`: now, if none ever did."""
        answer = self.table.client.get_item(TableName=self.table.name, Key=CHECKPOINT, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        if item is None:
            return Checkpoint(never - KEPT_BY_QUEUES)
        left = tuple(Arrived(*key) for key in json.loads(item["left"]["S"]))
        return Checkpoint(datetime.fromisoformat(item["until"]["S"]), left)

    def move(self, reached: Checkpoint) -> None:
        said = {"until": {"S": moment(reached.until)}, "left": {"S": json.dumps(reached.left)}}
        self.table.client.put_item(TableName=self.table.name, Item=CHECKPOINT | said)

    def between(self, since: datetime, until: datetime) -> Iterator[Arrived]:
        """In order; those of the two moments too, since several facts may share one."""
        for day in _days(since, until):
            yield from merge(*(self._of(day, str(number), since, until) for number in range(SHARDS_A_DAY)))

    def _of(self, day: date, shard: str, since: datetime, until: datetime) -> Iterator[Arrived]:
        values = {":of": {"S": arrived(day, shard)}, ":since": {"S": moment(since)}, ":until": {"S": moment(until)}}
        pages = self.table.client.get_paginator("query").paginate(
            TableName=self.table.name,
            IndexName=ARRIVAL_INDEX,
            KeyConditionExpression="arrived = :of AND recorded_at BETWEEN :since AND :until",
            ExpressionAttributeValues=values,
        )
        for page in pages:
            for item in cast("Sequence[Item]", page["Items"]):
                yield Arrived(item["recorded_at"]["S"], item["pk"]["S"], item["sk"]["S"])


def _days(since: datetime, until: datetime) -> Iterator[date]:
    day = datetime.combine(since.astimezone(UTC).date(), time.min, UTC)
    while day <= until:
        yield day.date()
        day += timedelta(days=1)


def arrivals() -> Arrivals:
    return Arrivals(case_table())
