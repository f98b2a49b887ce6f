"""DynamoDB's attribute values: which it takes, how it writes numbers, how many bytes they count for."""

from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import Any

Value = Mapping[str, Any]
Item = Mapping[str, Value]

MAX_ITEM_BYTES = 400 * 1024
_DIGITS = Context(prec=60)
_MOST_DIGITS = 38


class NotTaken(ValueError):
    """DynamoDB refuses the value; the message is what it says."""


def stored(item: Item) -> dict[str, Value]:
    """The item as the table keeps it; raises `NotTaken`."""
    kept = {name: _stored(value) for name, value in item.items()}
    if size(kept) > MAX_ITEM_BYTES:
        raise NotTaken("Item size has exceeded the maximum allowed size")
    return kept


def _stored(value: Value) -> Value:
    [(kind, content)] = value.items()
    match kind:
        case "N":
            return {"N": number(content)}
        case "B":
            return {"B": bytes(content)}
        case "S":
            content.encode()  # a lone surrogate is no text
            return {"S": content}
        case "BOOL" | "NULL":
            return {kind: content}
    raise NotTaken(f"the simulation knows no attribute of type {kind}")


def number(text: str) -> str:
    """As DynamoDB gives it back: without needless zeros."""
    try:
        value = _DIGITS.create_decimal(text)
    except (InvalidOperation, TypeError):
        raise NotTaken("The parameter cannot be converted to a numeric value") from None
    if len(value.as_tuple().digits) > _MOST_DIGITS:
        raise NotTaken("Attempting to store more than 38 significant digits in a Number")
    return format(value.normalize(_DIGITS), "f")


def size(item: Item) -> int:
    return sum(len(name.encode()) + _weight(value) for name, value in item.items())


def _weight(value: Value) -> int:
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content)
    return len(content) // 2 + 2 if kind == "N" else 1


def compared(value: Value) -> tuple[str, Any]:
    """A value by which DynamoDB orders: text by its bytes, numbers by value; other types never compare."""
    [(kind, content)] = value.items()
    if kind == "N":
        return kind, Decimal(content)
    return kind, content.encode() if kind == "S" else content
