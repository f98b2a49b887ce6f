"""A table to ask: the one in memory, moto's or ministack's, by the same calls."""

from dataclasses import dataclass
from typing import Any

from tests.simulation.table import Table

NAME = "contract"


def key(sort: str = "case", patient: str = "P-1") -> dict[str, Any]:
    return {"pk": {"S": f"patient#{patient}"}, "sk": {"S": sort}}


@dataclass(frozen=True)
class Subject:
    """One table, empty, with its client."""

    client: Any
    streams: Any
    memory: Table | None

    def put(self, item: dict[str, Any], **asked: Any) -> Any:
        return self.client.put_item(TableName=NAME, Item=item, **asked)

    def get(self, sort: str = "case", **asked: Any) -> Any:
        return self.client.get_item(TableName=NAME, Key=key(sort), ConsistentRead=True, **asked)

    def query(self, condition: str, **values: str) -> Any:
        given = {f":{name}": {"S": value} for name, value in values.items()}
        pages = self.client.get_paginator("query").paginate
        return lambda **asked: pages(
            TableName=NAME,
            ConsistentRead=True,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=given,
            **asked,
        )

    def indexed(self, condition: str, index: str = "clock-index", **values: str) -> Any:
        """Pages of what an index shows."""
        given = {f":{name}": {"S": value} for name, value in values.items()}
        pages = self.client.get_paginator("query").paginate
        asked = {"TableName": NAME, "IndexName": index, "KeyConditionExpression": condition}
        return lambda **more: pages(**asked, ExpressionAttributeValues=given, **more)

    def stream(self) -> list[tuple[str, Any, Any]]:
        """Each change: what it was, the item before and after."""
        if self.memory is not None:
            return [("MODIFY" if c.old else "INSERT", c.old, c.new) for c in self.memory.changes]
        return [(r["eventName"], r["dynamodb"].get("OldImage"), r["dynamodb"]["NewImage"]) for r in self._records()]

    def _records(self) -> Any:
        arn = self.streams.list_streams(TableName=NAME)["Streams"][0]["StreamArn"]
        [shard] = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        first = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        start = self.streams.get_shard_iterator(StreamArn=arn, **first)
        return self.streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
