"""Where moto is slow in what a simulation asks of it often: the same answers, sooner.

For every query moto puts the whole table in order, asking of each value what it may be each time two are compared: of
ten thousand rows that takes a second. For every event it parses the same eight paths anew.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

import jsonpath_ng.ext
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table


@contextmanager
def quick_moto() -> Iterator[None]:
    cast, paths = DynamoType.__dict__["cast_value"].fget, vars(jsonpath_ng.ext)
    quicker: tuple[tuple[Any, str, Any], ...] = (
        (DynamoType, "cast_value", property(lambda value: value.value if value.type == "S" else cast(value))),
        (Table, "all_items", _all_items),
        (Table, "sorted_items", _sorted_items),
        (jsonpath_ng.ext, "parse", cache(paths["parse"])),
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
