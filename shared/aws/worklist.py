"""The list to work in a table of its own, which holds nothing that could not be made again:

pk = patient#<patient id>, sk = finding#<finding id>
  row (JSON), rank, list ("active" or "archived"), version: writes of the case file and actions that it was made from

rank-index: list, rank -> the rows, what is due first in front.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from shared.aws.errors import UnknownCursor
from shared.aws.items import partition
from shared.aws.runtime import dynamodb, worklist_table
from shared.core.review import RecordState, Workflow
from shared.core.worklist import Row

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

RANK_INDEX = "rank-index"
TO_WORK = (Workflow.NEW, Workflow.NOTIFIED, Workflow.ACKNOWLEDGED)
_READ_AT_MOST = 10  # pages of the index for one page of answers: no request reads the whole list


class Filter(NamedTuple):
    """What of the list is wanted; None is anything."""

    record: RecordState = RecordState.ACTIVE
    workflow: tuple[Workflow, ...] = TO_WORK
    severity: str | None = None
    rule: str | None = None
    due_by: date | None = None

    def takes(self, row: Row, today: date) -> bool:
        return row.on_day(today) in self.workflow


class Page(NamedTuple):
    """Rows in their order. `cursor` is where the next page begins, None at the end; a page may be short of rows."""

    rows: tuple[Row, ...]
    cursor: str | None


@dataclass(frozen=True)
class Worklist:
    client: "DynamoDBClient"
    name: str

    def page(self, wanted: Filter, today: date, limit: int, cursor: str | None = None) -> Page:
        """At most `limit` rows; `UnknownCursor` for one that is not ours."""
        found: list[tuple[Row, dict[str, Any]]] = []
        start = _key_of(cursor)
        for _ in range(_READ_AT_MOST):
            answer = self._query(wanted, limit, start)
            read = [(_row(item), _index_key(item)) for item in answer["Items"]]
            found += [(row, key) for row, key in read if wanted.takes(row, today)]
            start = answer.get("LastEvaluatedKey")
            if start is None or len(found) >= limit:
                break
        if len(found) > limit:
            start = found[limit - 1][1]
        elif len(found) == limit and start is not None:
            start = found[-1][1]
        return Page(tuple(row for row, _ in found[:limit]), _cursor(start))

    def _query(self, wanted: Filter, limit: int, start: dict[str, Any] | None) -> Any:
        conditions, values = ["#list = :list"], {":list": {"S": wanted.record.value}}
        if wanted.due_by:
            conditions.append("#rank <= :due")
            values[":due"] = {"S": f"{wanted.due_by.isoformat()}$"}  # "$" sorts behind the "#" that follows a day
        filters = {name: value for name in ("severity", "rule") if (value := getattr(wanted, name))}
        values |= {f":{name}": {"S": value} for name, value in filters.items()}
        names = ["list", *filters, *(["rank"] if wanted.due_by else [])]
        asked: dict[str, Any] = {
            "TableName": self.name,
            "IndexName": RANK_INDEX,
            "KeyConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            "ExpressionAttributeValues": values,
            "Limit": max(limit, 100),
        }
        if filters:
            asked["FilterExpression"] = " AND ".join(f"#{name} = :{name}" for name in filters)
        if start:
            asked["ExclusiveStartKey"] = start
        return self.client.query(**asked)

    def of_patient(self, patient_id: str) -> dict[str, tuple[Row, int]]:
        """The patient's rows as stored, with the version each was made from."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition(patient_id)}},
        )
        items = [item for page in pages for item in page["Items"]]
        return {_row(item).finding_id: (_row(item), int(item["version"]["N"])) for item in items}

    def keep(self, patient_id: str, rows: Iterable[Row], version: int) -> None:
        """Bring the patient's rows to these; what was made from a later state stays."""
        stored = self.of_patient(patient_id)
        for row in rows:
            if stored.get(row.finding_id, (None, 0))[0] != row:
                self._put(row, version)

    def _put(self, row: Row, version: int) -> None:
        item = {
            "pk": {"S": partition(row.patient_id)},
            "sk": {"S": f"finding#{row.finding_id}"},
            "row": {"S": row.model_dump_json()},
            "rank": {"S": row.rank},
            "list": {"S": row.record.value},
            "severity": {"S": row.severity.value},
            "rule": {"S": row.rule},
            "version": {"N": str(version)},
        }
        try:
            self.client.put_item(
                TableName=self.name,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR version <= :version",
                ExpressionAttributeValues={":version": {"N": str(version)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _row(item: Any) -> Row:
    return Row.model_validate_json(item["row"]["S"])


def _index_key(item: Any) -> dict[str, Any]:
    return {name: item[name] for name in ("pk", "sk", "list", "rank")}


def _cursor(key: Any) -> str | None:
    if key is None:
        return None
    plain = json.dumps({name: value["S"] for name, value in key.items()}, separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode()


def _key_of(cursor: str | None) -> dict[str, Any] | None:
    if cursor is None:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error):
        raise UnknownCursor from None
    if not isinstance(plain, dict) or set(plain) != {"pk", "sk", "list", "rank"}:
        raise UnknownCursor
    if not all(isinstance(value, str) and value for value in plain.values()):
        raise UnknownCursor
    return {name: {"S": value} for name, value in plain.items()}


def worklist() -> Worklist:
    return Worklist(dynamodb(), worklist_table())
