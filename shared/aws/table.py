"""Facts and case files in DynamoDB, one partition per patient:

pk = patient#<patient id>
  sk = fact#<kind>#<record id>#<version, ten digits or more>
       a snapshot as it arrived, written once: body (deflated canonical JSON), digest, event_id, and when it was
       recorded and as of which date judged
  sk = case
       version (how many times it was written) and the parts records, conclusions, life (deflated JSON);
       written whole, on the condition that its version is still the one that was read;
       due_on and clock (a shard), only while a day is ahead on which the clock alone may change the conclusions

clock-index: clock, due_on -> the keys of the case files that are due. What is not waiting is not in it.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from botocore.exceptions import ClientError

from shared.aws.errors import CaseChanged
from shared.aws.runtime import dynamodb, settings
from shared.core.case import CaseFile, standing_from_parts
from shared.core.errors import CaseFileTooLarge, Reason, Unreadable
from shared.core.events import Event
from shared.core.intake import stored_event
from shared.core.snapshot import Kind
from shared.core.standing import Standing

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# DynamoDB takes 400 KB; between the two lies the time in which a person can act.
MAX_CASE_BYTES = 300 * 1024
PARTS = ("records", "conclusions", "life")
CLOCK_INDEX = "clock-index"
SHARDS = 8  # of the index: one key for all patients would be the hottest of the table
_CONDITION_FAILED = "ConditionalCheckFailedException"


def partition(patient_id: str) -> str:
    return f"patient#{patient_id}"


def patient_of(pk: str) -> str:
    return pk.removeprefix("patient#")


def _case_key(patient_id: str) -> dict[str, Any]:
    return {"pk": {"S": partition(patient_id)}, "sk": {"S": "case"}}


def _fact(event: Event, event_id: str | None, as_of: date) -> dict[str, Any]:
    return {
        "pk": {"S": partition(event.patient_id)},
        "sk": {"S": f"fact#{event.kind}#{event.record_id}#{event.version:010d}"},
        "body": {"B": zlib.compress(event.canonical())},
        "digest": {"S": event.digest()},
        "event_id": {"S": event_id or ""},
        "recorded_at": {"S": datetime.now(UTC).isoformat(timespec="microseconds")},
        "as_of": {"S": as_of.isoformat()},
    }


class Stored(NamedTuple):
    """A case file as it was read: `writes` is how often it had been written, 0 where nothing is stored yet."""

    case: CaseFile
    writes: int


@dataclass(frozen=True)
class CaseTable:
    """The table, seen by the auditor."""

    client: "DynamoDBClient"
    name: str

    def keep_fact(self, event: Event, event_id: str | None, as_of: date) -> None:
        """Store the snapshot unless it is there; `Unreadable` (conflict) if its version holds another body."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item=_fact(event, event_id, as_of),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            # An equal body is a repeat, or what a crash left behind: the case file knows which.
            if _condition_failed(error)["digest"]["S"] != event.digest():
                raise Unreadable(Reason.CONFLICT, "detail.version", event_id) from None

    def case(self, patient_id: str) -> Stored:
        answer = self.client.get_item(TableName=self.name, Key=_case_key(patient_id), ConsistentRead=True)
        if "Item" not in answer:
            return Stored(CaseFile.new(patient_id), 0)
        item: Mapping[str, Any] = answer["Item"]
        case = CaseFile.from_parts(patient_id, {part: item[part]["B"] for part in PARTS})
        return Stored(case, int(item["version"]["N"]))

    def standing(self, patient_id: str) -> tuple[Standing, int]:
        """What stands of the patient, without the records, and how often the case file had been written."""
        answer = self.client.get_item(TableName=self.name, Key=_case_key(patient_id), ConsistentRead=True)
        if "Item" not in answer:
            return Standing(patient_id), 0
        item: Mapping[str, Any] = answer["Item"]
        parts = {part: item[part]["B"] for part in PARTS}
        return standing_from_parts(patient_id, parts), int(item["version"]["N"])

    def save(self, case: CaseFile, read: int) -> None:
        """Write the case file whole; `CaseChanged` if it was written since: `read` is the number of writes then."""
        parts = case.parts()
        if (size := sum(map(len, parts.values()))) > MAX_CASE_BYTES:
            raise CaseFileTooLarge(size, MAX_CASE_BYTES)
        item = _case_key(case.patient_id) | {"version": {"N": str(read + 1)}} | _clock(case)
        item |= {part: {"B": body} for part, body in parts.items()}
        try:
            self.client.put_item(TableName=self.name, Item=item, **_still(read))
        except ClientError as error:
            _condition_failed(error)
            raise CaseChanged(read) from None

    def due(self, today: date) -> Iterator[str]:
        """The patients whose case file the clock may change on or before that day; perhaps some that are done."""
        paginator = self.client.get_paginator("query")
        for shard in range(SHARDS):
            pages = paginator.paginate(
                TableName=self.name,
                IndexName=CLOCK_INDEX,
                KeyConditionExpression="clock = :shard AND due_on <= :today",
                ExpressionAttributeValues={":shard": {"S": str(shard)}, ":today": {"S": today.isoformat()}},
            )
            yield from (patient_of(item["pk"]["S"]) for page in pages for item in page["Items"])

    def facts(self, patient_id: str) -> tuple[tuple[Event, date], ...]:
        """Every fact of the patient with the date it was judged as of, in order of arrival: what `rebuilt` wants."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :fact)",
            ExpressionAttributeValues={":pk": {"S": partition(patient_id)}, ":fact": {"S": "fact#"}},
        )
        items = [cast("Mapping[str, Any]", item) for page in pages for item in page["Items"]]
        items.sort(key=lambda item: (item["recorded_at"]["S"], item["sk"]["S"]))
        return tuple((_snapshot(item), date.fromisoformat(item["as_of"]["S"])) for item in items)


def _clock(case: CaseFile) -> dict[str, Any]:
    """The keys of the index, or nothing: the index is sparse."""
    if (due := case.standing.due_on) is None:
        return {}
    return {"due_on": {"S": due.isoformat()}, "clock": {"S": str(zlib.crc32(case.patient_id.encode()) % SHARDS)}}


def _snapshot(item: Mapping[str, Any]) -> Event:
    kind = cast("Kind", item["sk"]["S"].split("#")[1])
    return stored_event(kind, zlib.decompress(item["body"]["B"]))


def _still(read: int) -> dict[str, Any]:
    if read == 0:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "version = :read",
        "ExpressionAttributeValues": {":read": {"N": str(read)}},
    }


def _condition_failed(error: ClientError) -> Mapping[str, Any]:
    """The item that stood in the way; any other error goes on its way up."""
    if error.response["Error"]["Code"] != _CONDITION_FAILED:
        raise error
    return cast("Mapping[str, Any]", error.response.get("Item", {}))


def case_table() -> CaseTable:
    return CaseTable(dynamodb(), settings().table_name)
