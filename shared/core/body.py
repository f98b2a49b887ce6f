"""The body of a message: JSON that says one thing, and the id of its delivery."""

import json
import re
from typing import Any

from pydantic_core import from_json, to_json

from shared.core.errors import Reason, Unreadable

_BACKSLASH = ord("\\")
# The id of a delivery is logged, so it must look like one: a name or a note that strayed into it does not.
_DELIVERY_ID = re.compile(r"[!-~]{1,200}")


def json_in(body: bytes) -> object:
    """The body as JSON: no deeper than we can read, no name twice in an object (readers differ in which they take)."""
    try:
        read = from_json(body)
    except ValueError as error:
        reason = Reason.TOO_DEEP if "recursion limit" in str(error) else Reason.NOT_JSON
        raise Unreadable(reason, "body", event_id_in(body)) from None
    if _names_twice(body, read):
        raise Unreadable(Reason.AMBIGUOUS, "body", event_id_in(body))
    return read


def _names_twice(body: bytes, read: object) -> bool:
    """Of a name that stands twice only one is read, so written again the text has fewer colons."""
    # An escaped colon is written as one, and would make good for one that is missing.
    if not may_escape(body, b"\\u003"):
        return body.count(b":") != to_json(read).count(b":")
    objects: list[list[tuple[str, Any]]] = []
    json.loads(body, object_pairs_hook=objects.append)
    return any(len(dict(pairs)) < len(pairs) for pairs in objects)


def may_escape(body: bytes, code: bytes) -> bool:
    """Whether a character may be written as an escape that begins like `code`."""
    return _BACKSLASH in body and code in body


def holds_null(value: object) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(map(holds_null, value.values()))
        case list() | tuple():
            return any(map(holds_null, value))
    return False


def event_id_in(body: bytes) -> str | None:
    """The id of a delivery that was refused, if it can be made out and stands there once."""
    try:
        envelope = json.loads(body, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return None
    ids = [value for name, value in envelope if name == "id"] if isinstance(envelope, tuple) else []
    return delivery_id(ids[0]) if len(ids) == 1 else None


def delivery_id(value: object) -> str | None:
    """A sender's id or name, kept for tracing and so logged: short, printable and without spaces, or none."""
    return value if isinstance(value, str) and _DELIVERY_ID.fullmatch(value) else None
