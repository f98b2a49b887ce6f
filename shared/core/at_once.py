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
from typing import Any

from pydantic import ValidationError

from shared.core.body import json_in, may_escape
from shared.core.envelopes import KINDS, Envelope, envelope_of
from shared.core.events import VisitRecorded
from shared.core.in_full import is_told
from shared.core.snapshot import read_by_us

# Where the kind seems to stand; the envelope's schema makes sure.
_KIND = re.compile(rb'"detail-type"\s*:\s*"(%b)"' % "|".join(KINDS).encode())


def at_once(body: bytes) -> Envelope | None:
    """The event in `body`, or None if anything is wrong with it; raises `Unreadable` if a name stands in it twice."""
    kind = _KIND.search(body)
    if kind is None:
        return None
    try:
        read = envelope_of(kind[1].decode()).validate_json(body)
    except ValidationError:
        return None
    detail, source = read["detail"], read.get("source")
    if isinstance(detail, VisitRecorded) and not is_told(detail) and not read_by_us(source):
        return None
    if not _no_name_twice(body, read):
        json_in(body)
    return Envelope(detail, read.get("id"), source)


def _no_name_twice(body: bytes, read: Mapping[str, Any]) -> bool:
    if may_escape(body, b"\\u003"):
        return False
    time = read.get("time")
    colons = len(read) + (time.count(":") if isinstance(time, str) else 0)
    for part in read["detail"].parts():
        if part is not None:
            colons += len(part.__pydantic_fields_set__)
    return body.count(b":") == colons
