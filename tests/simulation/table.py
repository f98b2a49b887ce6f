"""The table in memory: conditional puts, reads by key, by partition and by index, and the stream of what changed.

Speaks boto3's client calls as far as we make them; tests/simulation/test_table_contract.py holds it to moto.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.answers import refused, service_error
from tests.simulation.conditions import Condition
from tests.simulation.index import INDEXES, WHOLE, Index, Place
from tests.simulation.values import Item, NotTaken, size, stored

Key = tuple[str, str]
_PAGE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Change:
    """A record of the stream; `old` is None where the item is new."""

    number: int
    key: Key
    old: Item | None
    new: Item


@dataclass
class Table:
    """Items are never changed in place, so that copies and images may share them."""

    items: dict[Key, Item] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def copy(self) -> "Table":
        return Table(dict(self.items), list(self.changes))

    def put_item(self, *, TableName: str, Item: Item, **asked: Any) -> dict[str, Any]:  # noqa: ARG002, N803
        key = _key("PutItem", Item, exact=False)
        item = _checked("PutItem", Item)
        before = self.items.get(key)
        if not _condition("PutItem", asked, "ConditionExpression").holds(before):
            shown = before if asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" else None
            said = "The conditional request failed"
            raise service_error("PutItem", "ConditionalCheckFailedException", said, shown)
        self.items[key] = item
        if item != before:  # a write that changes nothing is not in the stream
            self.changes.append(Change(len(self.changes) + 1, key, before, item))
        return {"ResponseMetadata": {"HTTPStatusCode": 200}}

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool = False) -> dict[str, Any]:  # noqa: ARG002, N803
        item = self.items.get(_key("GetItem", Key, exact=True))
        return {} if item is None else {"Item": dict(item)}

    def query(self, *, TableName: str, KeyConditionExpression: str, **asked: Any) -> dict[str, Any]:  # noqa: ARG002, N803
        index = _index(asked)
        wanted = _key_condition(KeyConditionExpression, asked, index)
        found = sorted(
            (item for item in self.items.values() if index.holds(item) and wanted.holds(item)), key=index.place
        )
        if not asked.get("ScanIndexForward", True):
            found.reverse()
        after = asked.get("ExclusiveStartKey")
        rest = [item for item in found if after is None or _beyond(index.place(item), index.place(after), asked)]
        page = list(_page(rest, asked.get("Limit")))
        answer: dict[str, Any] = {"Items": [index.shown(item) for item in page], "Count": len(page)}
        if len(page) < len(rest):
            answer["LastEvaluatedKey"] = index.key(page[-1])
        return answer

    def get_paginator(self, operation: str) -> "Pages":
        return Pages(getattr(self, operation))


@dataclass(frozen=True)
class Pages:
    """A paginator: asks again from where the last page ended."""

    ask: Any

    def paginate(self, *, PaginationConfig: Mapping[str, int] | None = None, **asked: Any) -> Iterator[Any]:  # noqa: N803
        if size_asked := (PaginationConfig or {}).get("PageSize"):
            asked["Limit"] = size_asked
        while True:
            page = self.ask(**asked)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _page(items: list[Item], limit: int | None) -> Iterator[Item]:
    weight = 0
    for place, item in enumerate(items):
        if place == limit or weight > _PAGE_BYTES:
            return
        weight += size(item)
        yield item


def _beyond(place: Place, after: Place, asked: Mapping[str, Any]) -> bool:
    return place > after if asked.get("ScanIndexForward", True) else place < after


def _index(asked: Mapping[str, Any]) -> Index:
    """The index asked, or the table."""
    if "IndexName" not in asked:
        return WHOLE
    if asked["IndexName"] not in INDEXES:
        raise refused("Query", "The table does not have the specified index")
    if asked.get("ConsistentRead"):
        raise refused("Query", "Consistent reads are not supported on global secondary indexes")
    return INDEXES[asked["IndexName"]]


def _key_condition(text: str, asked: Mapping[str, Any], index: Index) -> Condition:
    if not re.match(rf"{index.hash} = :", text):
        raise refused("Query", f"Query condition missed key schema element: {index.hash}")
    return _condition("Query", {**asked, "key": text}, "key")


def _key(operation: str, item: Item, *, exact: bool) -> Key:
    if {"pk", "sk"} - item.keys() or (exact and len(item) != 2):
        raise refused(operation, "The provided key element does not match the schema")
    pk, sk = item["pk"].get("S"), item["sk"].get("S")
    if not isinstance(pk, str) or not isinstance(sk, str):
        raise refused(operation, "Type mismatch for key")
    if not pk or not sk:
        raise refused(operation, "One or more parameter values are not valid: empty string value for key")
    return pk, sk


def _checked(operation: str, item: Item) -> Item:
    if not all(index.fits(item) for index in INDEXES.values()):
        raise refused(operation, "One or more parameter values were invalid: Type mismatch for Index Key")
    try:
        return stored(item)
    except NotTaken as problem:
        raise refused(operation, str(problem)) from None


def _condition(operation: str, asked: Mapping[str, Any], name: str) -> Condition:
    names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
    try:
        return Condition(asked.get(name, ""), names, values)
    except NotTaken as problem:
        raise refused(operation, str(problem)) from None
