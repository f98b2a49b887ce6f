"""The table's stream as Lambda reads it: shards that keep each item's order, batches from where the last one ended."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from tests.simulation.table import Change
from tests.simulation.values import Item

BATCH = 25
MAX_RETRIES = 8
SHARDS = 2


@dataclass
class Shard:
    """`done` counts the changes of the whole table that this shard has left behind."""

    number: int
    done: int = 0
    tries: int = 0
    dead: list[Change] = field(default_factory=list)

    def copy(self) -> "Shard":
        return Shard(self.number, self.done, self.tries, list(self.dead))

    def next(self, changes: Sequence[Change]) -> list[Change]:
        """The batch to come."""
        ours = [change for change in changes[self.done :] if wanted(change) and self._brings(change)]
        return ours[:BATCH]

    def _brings(self, change: Change) -> bool:
        return crc32(change.key[0].encode()) % SHARDS == self.number

    def answered(self, batch: Sequence[Change], failed: set[str]) -> None:
        """Lambda goes on from the first record that failed."""
        first = next((change for change in batch if str(change.number) in failed), None)
        reached = batch[-1].number if first is None else first.number - 1
        if reached > self.done:
            self.done, self.tries = reached, 0
        if first is not None:
            self.retry(batch[batch.index(first) :])

    def retry(self, batch: Sequence[Change]) -> None:
        self.tries += 1
        if self.tries > MAX_RETRIES:
            self.dead += batch
            self.done, self.tries = batch[-1].number, 0


def wanted(change: Change) -> bool:
    """What the filter in template.yaml lets through."""
    return change.key[1] == "case" and "unsent" in change.new


def record(change: Change) -> dict[str, Any]:
    """As Lambda passes it: binary attributes are base64 text."""
    pk, sk = change.key
    images = {"NewImage": _image(change.new)} | ({"OldImage": _image(change.old)} if change.old else {})
    return {
        "eventID": f"change-{change.number}",
        "eventName": "MODIFY" if change.old else "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}, **images, "SequenceNumber": str(change.number)},
    }


def _image(item: Item) -> dict[str, Any]:
    return {name: {kind: _plain(content) for kind, content in value.items()} for name, value in item.items()}


def _plain(content: Any) -> Any:
    return base64.b64encode(content).decode() if isinstance(content, bytes) else content
