"""The audit trail in DynamoDB: entries are put once, each after it was announced, and then leave the case file.

An entry that has an item of its own is thereby known to have been announced.
"""

from collections.abc import Mapping
from typing import NamedTuple

from botocore.exceptions import ClientError

from shared.aws.errors import TrailForked
from shared.aws.items import TRAIL, Item, Stored, cleared, entry, trail_item, trail_key
from shared.aws.keys import partition, patient_of
from shared.aws.table import NEW, CaseTable, case_table, condition_failed, still
from shared.core.trail import Entry


class TrailTable(NamedTuple):
    """The table, seen by who announces."""

    table: CaseTable

    def carried(self, patient_id: str, first: int) -> Mapping[str, str]:
        """The hashes of the entries from that number on that have items of their own, by sort key."""
        items = self.table.partition(patient_id, "sk >= :sort", trail_key(first))
        return {item["sk"]["S"]: item["hash"]["S"] for item in items}

    def since(self, patient_id: str, first: int) -> tuple[Entry, ...]:
        """The entries from that number on that have items of their own."""
        return tuple(map(entry, self.table.partition(patient_id, "sk >= :sort", trail_key(first))))

    def keep(self, patient_id: str, announced: Entry) -> None:
        """Put the entry once; `TrailForked` if another has its number, which is left as it is."""
        try:
            self.table.client.put_item(
                TableName=self.table.name,
                Item=trail_item(patient_id, announced),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **NEW,
            )
        except ClientError as error:
            if condition_failed(error)["hash"]["S"] != announced.hash:
                raise TrailForked(announced.head.seq) from None

    def clear(self, item: Item) -> None:
        """Take out of the case file the entries it was read with, unless it was written since."""
        unless = still(int(item["version"]["N"]), " AND attribute_exists(unsent)")
        try:
            self.table.client.put_item(TableName=self.table.name, Item=cleared(item), **unless)
        except ClientError as error:
            condition_failed(error)  # who wrote since kept them with the new one: the change that this was takes them

    def whole(self, patient_id: str) -> tuple[Stored, tuple[Entry, ...]]:
        """The case file and all entries of its trail, of one moment, in order of their keys."""
        while True:
            before = self.table.case(patient_id)
            items = [*self.table.partition(patient_id, "begins_with(sk, :sort)", TRAIL)]
            after = self.table.case(patient_id)
            if before.writes == after.writes:
                entries = tuple(map(entry, items))
                known = {known.hash for known in entries}
                return after, (*entries, *(waiting for waiting in after.case.pending if waiting.hash not in known))

    def patients(self) -> list[str]:
        """Everyone of whom anything is stored. It reads all of the table: for an operator, no function may."""
        pages = self.table.client.get_paginator("scan").paginate(
            TableName=self.table.name,
            ConsistentRead=True,
            ProjectionExpression="pk",
            FilterExpression="begins_with(pk, :patient)",
            ExpressionAttributeValues={":patient": {"S": partition("")}},
        )
        return sorted({patient_of(item["pk"]["S"]) for page in pages for item in page["Items"]})


def trail_table() -> TrailTable:
    return TrailTable(case_table())
