"""An event read at once: checked while it is parsed, and shown by counting to hold no name twice.

Nearly every message is in order and is read so, in two thirds of the time. What is not read here is not refused here
either: `intake` reads it step by step and says what is wrong.

Why counting proves it. Outside texts, a colon stands in JSON after each name and nowhere else. Of a name that stands
twice in an object only one gets into what is read, and the other leaves a colon that belongs to no name read. So if the
message has no more colons than we read names, and know of in one text, no name stands twice. What is left out of the
count (an unknown field, a colon in another text) leaves colons over: nothing is proven then, and the long way decides.
Nothing may be counted that is not there: each object once, and no escaped colon, which is one in the text read only.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError
from pydantic_core import SchemaValidator, core_schema

from shared.core.body import delivery_id, json_in, may_escape
from shared.core.events import Event, VisitRecorded
from shared.core.in_full import is_told
from shared.core.snapshot import read_by_us

_MODELS = {model.__name__.encode(): model for model in get_args(Event)}
# Where the kind seems to stand; the envelope's schema makes sure.
_KIND = re.compile(rb'"detail-type"\s*:\s*"(%b)"' % b"|".join(_MODELS))
# What the sender and EventBridge write around `detail`.
_AROUND = ("id", "source", "time", "version", "account", "region", "resources")


class Envelope(NamedTuple):
    """`id` and `source` are kept for tracing and precedence only: a strange one is no reason to refuse the fact."""

    detail: Event
    id: object
    source: object

    @property
    def event_id(self) -> str | None:
        return delivery_id(self.id)


def at_once(body: bytes) -> Envelope | None:
    """The event in `body`, or None if anything is wrong with it; raises `Unreadable` if a name stands in it twice."""
    kind = _KIND.search(body)
    if kind is None:
        return None
    try:
        read = _envelope(kind[1]).validate_json(body)
    except ValidationError:
        return None
    detail, source = read["detail"], read.get("source")
    if isinstance(detail, VisitRecorded) and not is_told(detail) and not read_by_us(source):
        return None
    if not _no_name_twice(body, read):
        json_in(body)
    return Envelope(detail, read.get("id"), source)


@cache
def _envelope(kind: bytes) -> SchemaValidator:
    """Built when the first event of its kind comes."""
    model, field = _MODELS[kind], core_schema.typed_dict_field
    model.model_rebuild()
    fields = {name: field(core_schema.any_schema(), required=False) for name in _AROUND}
    fields["detail-type"] = field(core_schema.literal_schema([kind.decode()]))
    fields["detail"] = field(model.__pydantic_core_schema__)
    return SchemaValidator(core_schema.typed_dict_schema(fields))


def _no_name_twice(body: bytes, read: Mapping[str, Any]) -> bool:
    if may_escape(body, b"\\u003"):
        return False
    time = read.get("time")
    colons = len(read) + (time.count(":") if isinstance(time, str) else 0)
    for part in read["detail"].parts():
        if part is not None:
            colons += len(part.__pydantic_fields_set__)
    return body.count(b":") == colons
