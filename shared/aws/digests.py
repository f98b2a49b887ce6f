"""The way of a digest: written down whole, its changes marked as told, sent, closed.

One item holds the one digest that is being sent:

pk = digest, sk = open
  id, and as long as it is not sent: said (subject, text and chat, deflated JSON; null: nothing) and settles (patient
  -> numbers)

In this order a crash anywhere leaves a digest that the next run sends as it is written: nothing is lost, since what was
marked is in it; and nothing is told twice but by a repeat of the very same message, known by its id.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from shared.aws.items import Item
from shared.aws.later import LaterTable, later_table
from shared.aws.mailing import desk, mail
from shared.aws.table import CaseTable, condition_failed
from shared.aws.trail import TrailTable
from shared.core.alerts import alerts_of
from shared.core.digest import Digest, Due, Episode, digest, digest_id, episode
from shared.core.heard import PutOff
from shared.core.telling import Manner
from shared.core.trail import Entry

OPEN: dict[str, Any] = {"pk": {"S": "digest"}, "sk": {"S": "open"}}


class Settled(NamedTuple):
    """What is told of a patient, and which changes are told by it."""

    episode: Episode
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Digests:
    """The table, seen by who tells people what they did not hear at once."""

    later: LaterTable
    manner: Manner

    @property
    def table(self) -> CaseTable:
        return self.later.table

    def settled(self, patient_id: str, first: int) -> Settled | None:
        """All that waits of the patient from that change on; None if it is told already, or still on its way out."""
        entries = {entry.head.seq: entry for entry in TrailTable(self.table).since(patient_id, first)}
        waiting = self.later.waiting(patient_id, first)
        ready = tuple(takewhile(lambda put_off: put_off.number in entries, waiting))
        if not ready:
            return None
        due = (one for number in sorted(entries) for one in self._due(entries[number], ready))
        return Settled(episode(patient_id, due), tuple(put_off.number for put_off in ready))

    def _due(self, entry: Entry, waiting: Sequence[PutOff]) -> list[Due]:
        put_off = next((one.findings for one in waiting if one.number == entry.head.seq), frozenset())
        said = alerts_of(entry.step)
        heard = {alert.alert_id for alert in self.manner.sort_out(said, entry.step.recorded_at).at_once}
        made = (Due(alert, waits=alert.finding.finding_id in put_off) for alert in said)
        return [due for due in made if due.waits or due.alert.alert_id in heard]

    def send(self, settled: Sequence[Settled]) -> bool:
        """Whether there was something to say. Even if not it is written down, or half of it marked would be told."""
        changes = {one.episode.patient_id: one.numbers for one in settled}
        made = digest([one.episode for one in settled], changes, desk())
        self._open(digest_id(changes), made, changes)
        self.finish()
        return made is not None

    def finish(self) -> bool:
        """Send what was written down; whether there was anything."""
        answer = self.table.client.get_item(TableName=self.table.name, Key=OPEN, ConsistentRead=True)
        item: Item = answer.get("Item", {})
        if "said" not in item:
            return False
        name, said = item["id"]["S"], _read(item["said"])
        self._mark(_read(item["settles"]), name)
        if said:
            made = Digest(**said)
            mail(made.subject, made.body, made.chat, {"digest_id": name})
        self._close(name)
        return bool(said)

    def _mark(self, changes: Mapping[str, Sequence[int]], name: str) -> None:
        for patient_id, numbers in changes.items():
            self.later.told(patient_id, numbers, name)

    def _open(self, name: str, made: Digest | None, changes: Mapping[str, Sequence[int]]) -> None:
        """Once the one before is closed: a rival's makes this run fail, and the next one sends it."""
        said = _written(made._asdict() if made else None)
        self.table.client.put_item(
            TableName=self.table.name,
            Item=OPEN | {"id": {"S": name}, "said": said, "settles": _written(changes)},
            ConditionExpression="attribute_not_exists(said)",
        )

    def _close(self, name: str) -> None:
        try:
            self.table.client.put_item(
                TableName=self.table.name,
                Item=OPEN | {"id": {"S": name}},
                ConditionExpression="id = :id",
                ExpressionAttributeValues={":id": {"S": name}},
            )
        except ClientError as error:
            condition_failed(error)  # a rival closed it, and went on to the next


def _written(said: Any) -> dict[str, bytes]:
    return {"B": zlib.compress(json.dumps(said).encode())}


def _read(value: Mapping[str, bytes]) -> Any:
    return json.loads(zlib.decompress(value["B"]))


def digests(manner: Manner) -> Digests:
    return Digests(later_table(), manner)
