"""The list to work in a table of its own, which holds nothing that could not be made again:

pk = patient#<patient id>, sk = finding#<finding id>
  row (JSON), version: writes of the case file and actions that it was made from
  list ("active", "resolved" or "archived"), rank, severity, rule, workflow: what the row says, to ask by

rank-index: list, rank -> the rows, what is due first in front. What is resolved has a partition of its own, or after
some years the work would lie behind all that is done; what is suppressed has not, for it comes back by itself.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from shared.aws.keys import partition
from shared.aws.runtime import dynamodb, worklist_table
from shared.core.row import Row
from shared.core.workflow import RecordState, Workflow

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

RANK_INDEX = "rank-index"
TO_WORK = (Workflow.NEW, Workflow.NOTIFIED, Workflow.ACKNOWLEDGED)
UNRESOLVED = (*TO_WORK, Workflow.SUPPRESSED)
READ_AT_MOST = 1_000  # rows of the index for one page of answers: no request reads the whole list
_BEFORE_ALL, _AFTER_ALL = "!", "~"  # as text is ordered: RANK! is the next after RANK, DAY~ comes after all of DAY


class Filter(NamedTuple):
    """What of the list is wanted; None is anything. RESOLVED is asked for alone: it is a list of its own."""

    record: RecordState = RecordState.ACTIVE
    workflow: tuple[Workflow, ...] = TO_WORK
    severity: str | None = None
    rule: str | None = None
    due_by: date | None = None

    def takes(self, row: Row, today: date) -> bool:
        return row.on_day(today) in self.workflow

    @property
    def partition(self) -> str:
        return _partition(self.record, resolved=self.workflow == (Workflow.RESOLVED,))

    @property
    def stored_as(self) -> tuple[Workflow, ...]:
        """In which states the wanted rows are stored: what is suppressed becomes new without being written again."""
        return (*self.workflow, Workflow.SUPPRESSED) if Workflow.NEW in self.workflow else self.workflow


class Page(NamedTuple):
    """Rows in their order. `cursor` is where the next page begins, None at the end; a page may be short of rows."""

    rows: tuple[Row, ...]
    cursor: str | None


class Worklist(NamedTuple):
    client: "DynamoDBClient"
    name: str

    def page(self, wanted: Filter, today: date, limit: int, cursor: str | None = None) -> Page:
        """At most `limit` rows that follow the rank `cursor`. Where few are found at first it looks further, once."""
        found: list[tuple[str, Row]] = []
        for many in (limit, READ_AT_MOST - limit):
            answer = self._query(wanted, many, cursor)
            read = [(item["rank"]["S"], _row(item)) for item in answer["Items"]]
            found += [(rank, row) for rank, row in read if wanted.takes(row, today)]
            last = answer.get("LastEvaluatedKey")
            cursor = last["rank"]["S"] if last else None
            if cursor is None or len(found) > limit // 2:
                break
        if len(found) > limit:
            cursor = found[limit - 1][0]
        return Page(tuple(row for _, row in found[:limit]), cursor)

    def _query(self, wanted: Filter, limit: int, cursor: str | None) -> Any:
        of_row = {name: value for name in ("severity", "rule") if (value := getattr(wanted, name))}
        states = {f":state{number}": {"S": state.value} for number, state in enumerate(wanted.stored_as)}
        return self.client.query(
            TableName=self.name,
            IndexName=RANK_INDEX,
            KeyConditionExpression="#list = :list AND #rank BETWEEN :after AND :until",
            FilterExpression=" AND ".join([f"#workflow IN ({', '.join(states)})", *(f"#{n} = :{n}" for n in of_row)]),
            ExpressionAttributeNames={f"#{name}": name for name in ("list", "rank", "workflow", *of_row)},
            ExpressionAttributeValues={
                ":list": {"S": wanted.partition},
                ":after": {"S": f"{cursor or ''}{_BEFORE_ALL}"},
                ":until": {"S": f"{wanted.due_by or ''}{_AFTER_ALL}"},
                **{f":{name}": {"S": value} for name, value in of_row.items()},
                **states,
            },
            Limit=limit,
        )

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
            "list": {"S": _partition(row.record, resolved=row.workflow is Workflow.RESOLVED)},
            "severity": {"S": row.severity.value},
            "rule": {"S": row.rule},
            "workflow": {"S": row.workflow.value},
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


def _partition(record: RecordState, *, resolved: bool) -> str:
    return "resolved" if resolved and record is RecordState.ACTIVE else record.value


def worklist() -> Worklist:
    return Worklist(dynamodb(), worklist_table())
