"""Condition expressions of the kinds we write: terms joined by AND; BETWEEN is two of them."""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.values import Item, NotTaken, Value, compared

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_CALL = re.compile(r"(attribute_exists|attribute_not_exists|begins_with)\s*\(\s*([\w#]+)\s*(?:,\s*(:\w+)\s*)?\)")
_COMPARISON = re.compile(r"([\w#]+)\s*(=|<>|<=|>=|<|>)\s*(:\w+)")
_BETWEEN = re.compile(r"([\w#]+)\s+BETWEEN\s+(:\w+)\s+AND\s+(:\w+)")


class Condition:
    """One expression with the names and values it speaks of; raises `NotTaken` for what DynamoDB would refuse."""

    def __init__(self, text: str, names: Mapping[str, str], values: Mapping[str, Value]) -> None:
        self._names, self._values, self._used = names, values, set[str]()
        both = _BETWEEN.sub(r"\1 >= \2 AND \1 <= \3", text)
        self._terms = [self._term(part.strip()) for part in re.split(r"\s+AND\s+", both)] if text else []
        if unused := (names.keys() | values.keys()) - self._used:
            raise NotTaken(f"Value unused in expressions: {sorted(unused)}")

    def holds(self, item: Item | None) -> bool:
        return all(term(item or {}) for term in self._terms)

    def _term(self, text: str) -> Callable[[Item], bool]:
        if call := _CALL.fullmatch(text):
            return self._function(*call.groups())
        if comparison := _COMPARISON.fullmatch(text):
            name, sign, value = comparison.groups()
            return self._comparison(self._name(name), _COMPARE[sign], self._value(value), differs=sign == "<>")
        raise NotTaken(f"Invalid expression: Syntax error; token: {text}")

    def _function(self, function: str, name: str, value: str | None) -> Callable[[Item], bool]:
        attribute = self._name(name)
        if function == "attribute_exists":
            return lambda item: attribute in item
        if function == "attribute_not_exists":
            return lambda item: attribute not in item
        kind, start = compared(self._value(value or ""))
        return lambda item: attribute in item and (at := compared(item[attribute]))[0] == kind and _starts(at[1], start)

    @staticmethod
    def _comparison(
        name: str, compare: Callable[[Any, Any], bool], wanted: Value, *, differs: bool
    ) -> Callable[[Item], bool]:
        kind, content = compared(wanted)

        def holds(item: Item) -> bool:
            found = compared(item[name]) if name in item else None
            return compare(found[1], content) if found and found[0] == kind else differs

        return holds

    def _name(self, name: str) -> str:
        if not name.startswith("#"):
            return name
        self._used.add(name)
        return str(_known(self._names, name))

    def _value(self, name: str) -> Value:
        self._used.add(name)
        value: Value = _known(self._values, name)
        return value


def _known(known: Mapping[str, Any], name: str) -> Any:
    if name not in known:
        raise NotTaken(f"An expression attribute is not defined; attribute: {name}")
    return known[name]


def _starts(value: bytes, start: bytes) -> bool:
    return value.startswith(start)
