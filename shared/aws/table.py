"""Facts and case files in DynamoDB; items.py says how they are stored.

A fact is put once. A case file is written whole, on the condition that nobody wrote it since it was read.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from botocore.exceptions import ClientError

from shared.aws.errors import CaseChanged, OutboxFull
from shared.aws.items import (
    CLOCK_INDEX,
    FACTS,
    SHARDS,
    TELL_INDEX,
    UNSENT_INDEX,
    Item,
    Stands,
    Stored,
    arrival,
    case_item,
    case_key,
    fact_item,
    moment,
    size,
    snapshot,
    stands,
    stored,
)
from shared.aws.keys import partition, patient_of
from shared.aws.runtime import dynamodb, now, settings
from shared.core.case import Arrival, CaseFile
from shared.core.errors import CaseFileTooLarge, Reason, Unreadable
from shared.core.events import Event
from shared.core.standing import Standing

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# DynamoDB takes 400 KB; between the two lies the time in which a person can act.
MAX_CASE_BYTES = 300 * 1024
# Of entries that wait to be announced: dozens of them. Who is so far behind must catch up before more is concluded.
MAX_PENDING_BYTES = 48 * 1024
NEW: Mapping[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
_CONDITION_FAILED = "ConditionalCheckFailedException"


class CaseTable(NamedTuple):
    """The table, seen by the auditor."""

    client: "DynamoDBClient"
    name: str

    def keep_fact(self, event: Event, event_id: str | None, as_of: date) -> None:
        """Store the snapshot unless it is there; `Unreadable` (conflict) if its version holds another body."""
        item = fact_item(event, event_id, as_of, now())
        try:
            self.client.put_item(TableName=self.name, Item=item, ReturnValuesOnConditionCheckFailure="ALL_OLD", **NEW)
        except ClientError as error:
            # An equal body is a repeat, or what a crash left behind: the case file knows which.
            if condition_failed(error)["digest"]["S"] != event.digest():
                raise Unreadable(Reason.CONFLICT, "detail.version", event_id) from None

    def case(self, patient_id: str) -> Stored:
        item = self.case_item(patient_id)
        return stored(item) if item else Stored(CaseFile.new(patient_id), 0)

    def case_item(self, patient_id: str) -> Item | None:
        answer = self.client.get_item(TableName=self.name, Key=case_key(patient_id), ConsistentRead=True)
        return answer.get("Item")

    def standing(self, patient_id: str) -> Stands:
        item = self.case_item(patient_id)
        return stands(item) if item else Stands(Standing(patient_id), 0, announced=True)

    def save(self, case: CaseFile, read: int) -> None:
        """Write the case file whole; `CaseChanged` if it was written since: `read` is the number of writes then."""
        item = case_item(case, read + 1)
        _fits(item)
        try:
            self.client.put_item(TableName=self.name, Item=item, **still(read))
        except ClientError as error:
            condition_failed(error)
            raise CaseChanged(read) from None

    def due(self, today: date) -> Iterator[str]:
        """The patients whose case file the clock may change on or before that day; perhaps some that are done."""
        found = self._indexed(CLOCK_INDEX, "clock = :shard AND due_on <= :until", today.isoformat())
        return (patient_of(item["pk"]["S"]) for item in found)

    def unsent(self, before: datetime) -> Iterator[tuple[datetime, str]]:
        """Since when something of which patient waits to be announced, perhaps no longer; what came later is left."""
        found = self._indexed(UNSENT_INDEX, "unsent = :shard AND unsent_since <= :until", moment(before))
        return ((datetime.fromisoformat(item["unsent_since"]["S"]), patient_of(item["pk"]["S"])) for item in found)

    def to_tell(self, until: datetime) -> Iterator[tuple[str, str]]:
        """The patient and the sort key of what people must hear by that moment, perhaps no longer."""
        found = self._indexed(TELL_INDEX, "tell = :shard AND tell_at <= :until", moment(until))
        return ((patient_of(item["pk"]["S"]), item["sk"]["S"]) for item in found)

    def facts(self, patient_id: str) -> tuple[Arrival, ...]:
        """Every fact of the patient, in order of arrival."""
        items = [*self.partition(patient_id, "begins_with(sk, :sort)", FACTS)]
        items.sort(key=lambda item: (item["recorded_at"]["S"], item["sk"]["S"]))
        return tuple(map(arrival, items))

    def fact(self, pk: str, sk: str) -> Event:
        key: Any = {"pk": {"S": pk}, "sk": {"S": sk}}
        return snapshot(self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True)["Item"])

    def partition(self, patient_id: str, which: str, sort: str, last: str = "") -> Iterator[Item]:
        """The patient's items by their sort key, in its order, as they are at this moment."""
        values = {":pk": {"S": partition(patient_id)}, ":sort": {"S": sort}} | ({":last": {"S": last}} if last else {})
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression=f"pk = :pk AND {which}",
            ExpressionAttributeValues=values,
        )
        return (cast("Item", item) for page in pages for item in page["Items"])

    def _indexed(self, index: str, which: str, until: str) -> Iterator[Item]:
        paginator = self.client.get_paginator("query")
        for number in range(SHARDS):
            pages = paginator.paginate(
                TableName=self.name,
                IndexName=index,
                KeyConditionExpression=which,
                ExpressionAttributeValues={":shard": {"S": str(number)}, ":until": {"S": until}},
            )
            yield from (cast("Item", item) for page in pages for item in page["Items"])


def _fits(item: Item) -> None:
    if (waiting := size(item, "pending")) > MAX_PENDING_BYTES:
        raise OutboxFull(waiting, MAX_PENDING_BYTES)
    if (taken := size(item)) > MAX_CASE_BYTES:
        raise CaseFileTooLarge(taken, MAX_CASE_BYTES)


def still(read: int, also: str = "") -> dict[str, Any]:
    """The condition that nothing was concluded since it was read as so often written."""
    if read == 0:
        return dict(NEW)
    return {
        "ConditionExpression": f"version = :read{also}",
        "ExpressionAttributeValues": {":read": {"N": str(read)}},
    }


def condition_failed(error: ClientError) -> Item:
    """The item that stood in the way; any other error goes on its way up."""
    if error.response["Error"]["Code"] != _CONDITION_FAILED:
        raise error
    return cast("Item", error.response.get("Item", {}))


def case_table() -> CaseTable:
    return CaseTable(dynamodb(), settings().table_name)
