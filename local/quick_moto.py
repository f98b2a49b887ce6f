"""Where moto is slow in what a simulation asks of it often: the same answers, sooner.

For every query moto puts the whole table in order, asking of each value what it may be each time two are compared: of
ten thousand rows that takes a second. For every event it parses the same eight paths anew, for every answer it looks
for each attribute of an item under twenty names, and for every topic it makes a key of its own to sign with.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

import jsonpath_ng.ext
from moto.core import responses
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.sns.models import Subscription
from moto.sqs import models as queues


@contextmanager
def quick_moto() -> Iterator[None]:
    cast = DynamoType.__dict__["cast_value"].fget
    key = cache(Subscription.__dict__["private_key"].__wrapped__)
    quicker: tuple[tuple[Any, str, Any], ...] = (
        (DynamoType, "cast_value", property(lambda value: value.value if value.type == "S" else cast(value))),
        (Table, "all_items", _all_items),
        (Table, "sorted_items", _sorted_items),
        (BaseJSONSerializer, "_serialize_type_structure", _attribute_as_it_is(BaseJSONSerializer)),
        (Subscription, "private_key", lambda _: key(None)),
        *(
            (module, name, cache(module.__dict__[name]))
            for module, name in (
                (jsonpath_ng.ext, "parse"),
                (queues, "camelcase_to_underscores"),
                (responses, "camelcase_to_underscores"),
                (responses, "method_names_from_class"),
            )
        ),
    )
    with ExitStack() as changed:
        for owner, name, better in quicker:
            changed.enter_context(_replaced(owner, name, better))
        yield


@contextmanager
def _replaced(owner: Any, name: str, better: Any) -> Iterator[None]:
    before = owner.__dict__[name]
    setattr(owner, name, better)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _all_items(table: Any) -> list[Any]:
    if not table.range_key_attr:
        return sorted(table.items.values(), key=lambda item: item.hash_key.cast_value)
    items = (item for of_one_key in table.items.values() for item in of_one_key.values())
    return sorted(items, key=lambda item: (item.hash_key.cast_value, item.range_key.cast_value))


def _sorted_items(
    table: Any, hash_keys: Iterable[str], range_keys: Iterable[str | None], items: list[Any]
) -> list[Any]:
    names = table._generate_attr_to_sort_by(hash_keys, range_keys)  # noqa: SLF001 - takes the place of moto's own
    items.sort(key=lambda item: [item.attrs[name].cast_value for name in names])
    return items


def _attribute_as_it_is(serializer: Any) -> Any:
    """An attribute's value has one member, and under its own name."""
    before = serializer.__dict__["_serialize_type_structure"]

    def serialized(self: Any, into: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name != "AttributeValue" or type(value) is not dict:
            before(self, into, value, shape, key)
            return
        made: dict[str, Any] = {}
        into[key] = made
        for name, said in value.items():
            self._serialize(made, said, shape.members[name], name)

    return serialized
