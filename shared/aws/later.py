"""What people do not hear at once, kept until a digest tells it; items.py says how it is stored.

It is put once for a change, before anything of that change is sent to people and before its entry is carried to the
trail: so it cannot be forgotten, and a digest leaves alone what has no entry yet. When it is told it leaves the index
and says by which digest and when: one that is written down by then, and is sent again until it is taken.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from shared.aws.items import LATER, Item, moment, shard
from shared.aws.keys import partition
from shared.aws.runtime import now
from shared.aws.table import NEW, CaseTable, case_table, condition_failed
from shared.aws.trail import TrailTable
from shared.core.heard import PutOff, unheard
from shared.core.telling import SortedOut

_OF_THE_INDEX = ("tell", "tell_at")


class LaterTable(NamedTuple):
    """The table, seen by who tells people."""

    table: CaseTable

    def put_off(self, patient_id: str, number: int, heard: SortedOut) -> None:
        """Once: what an earlier try put off stays as it is, or is told already."""
        item = {
            "pk": {"S": partition(patient_id)},
            "sk": {"S": _key(number)},
            "findings": {"S": json.dumps([alert.finding.finding_id for alert in heard.later])},
            "tell": {"S": shard(patient_id)},
            "tell_at": {"S": moment(heard.tell_at)},
        }
        self._put(item, NEW, "findings")

    def due(self, until: datetime) -> dict[str, int]:
        """Who is to be told of by that moment, each with the first change; perhaps it is told already."""
        found: dict[str, int] = {}
        for patient_id, key in self.table.to_tell(until):
            found[patient_id] = min(_number(key), found.get(patient_id, _number(key)))
        return found

    def waiting(self, patient_id: str, first: int) -> tuple[PutOff, ...]:
        """What waits from that change on, in order; what is due only tomorrow too: it is told with the rest."""
        return tuple(map(_put_off, self._waiting(patient_id, first)))

    def of_patient(self, patient_id: str) -> tuple[PutOff, ...]:
        """All that ever waited, in order."""
        return tuple(map(_put_off, self._from(patient_id, 0)))

    def unheard(self, patient_id: str) -> frozenset[str]:
        """The findings of whose last step people are still to hear. What is not announced yet is not looked at."""
        if not (waiting := self.waiting(patient_id, 0)):
            return frozenset()
        return unheard(TrailTable(self.table).since(patient_id, waiting[0].number), waiting)

    def told(self, patient_id: str, numbers: Sequence[int], digest_id: str) -> None:
        """They wait no longer; what was told already stays as it is."""
        for item in self._waiting(patient_id, min(numbers)):
            if _number(item["sk"]["S"]) in numbers:
                self._leave_the_index(item, digest_id)

    def _leave_the_index(self, item: Item, digest_id: str) -> None:
        kept = {name: value for name, value in item.items() if name not in _OF_THE_INDEX}
        told = {"told": {"S": digest_id}, "told_at": {"S": moment(now())}}
        self._put(kept | told, {"ConditionExpression": "attribute_exists(tell)"}, "told")

    def _put(self, item: Item, unless: Mapping[str, Any], done: str) -> None:
        """What stands in the way is what an earlier try put, and shows it by that attribute."""
        try:
            self.table.client.put_item(
                TableName=self.table.name, Item=item, ReturnValuesOnConditionCheckFailure="ALL_OLD", **unless
            )
        except ClientError as error:
            _ = condition_failed(error)[done]

    def _waiting(self, patient_id: str, first: int) -> Iterator[Item]:
        return (item for item in self._from(patient_id, first) if "tell" in item)

    def _from(self, patient_id: str, first: int) -> Iterator[Item]:
        return self.table.partition(patient_id, "sk BETWEEN :sort AND :last", _key(first), last=f"{LATER}~")


def _key(number: int) -> str:
    return f"{LATER}{number:010d}"


def _number(key: str) -> int:
    return int(key.removeprefix(LATER))


def _put_off(item: Item) -> PutOff:
    said = {name: item[name]["S"] for name in ("tell_at", "told_at", "told") if name in item}
    tell_at, told_at = (datetime.fromisoformat(said[name]) if name in said else None for name in ("tell_at", "told_at"))
    findings = frozenset(json.loads(item["findings"]["S"]))
    return PutOff(_number(item["sk"]["S"]), findings, tell_at, told_at, said.get("told"))


def later_table() -> LaterTable:
    return LaterTable(case_table())
