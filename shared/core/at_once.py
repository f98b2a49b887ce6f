"""An event read at once: checked while it is parsed, and shown by counting to hold no name twice.

Nearly every message is in order and is read so, in two thirds of the time. What is not read here is not refused for it:
`intake` reads it step by step and says what is wrong.

Why counting shows it. Outside texts, a colon stands in JSON after each name and nowhere else. Of a name that stands
twice in an object only one gets into what is read, so the other leaves a colon over. If the message has no more colons
than we can account for, each by a name read into an envelope or a part, or by the text of `time`, no name stands twice.
What is not counted (an unknown field, a colon in another text) leaves colons over too: then nothing is shown, and it is
looked up. Nothing may be counted that does not stand there: no part twice, no colon that is written as an escape.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from shared.core.body import json_in, may_escape
from shared.core.envelopes import KINDS, Envelope, envelope_of
from shared.core.events import VisitRecorded
from shared.core.snapshot import read_by_us

# Where the kind seems to stand; the envelope's schema makes sure.
_KIND = re.compile(rb'"detail-type"\s*:\s*"(%b)"' % "|".join(KINDS).encode())


def at_once(body: bytes) -> Envelope | None:
    """The event in `body`; None where something is wrong with it. Raises `Unreadable` if a name stands in it twice."""
    kind = _KIND.search(body)
    if kind is None:
        return None
    try:
        read = envelope_of(kind[1].decode()).validate_json(body)
    except ValidationError:
        return None
    detail, source = read["detail"], read.get("source")
    if isinstance(detail, VisitRecorded) and not detail.told_in_full and not read_by_us(source):
        return None
    if not no_name_twice(body, read):
        json_in(body)
    return Envelope(detail, read.get("id"), source)


def no_name_twice(body: bytes, read: Mapping[str, Any]) -> bool:
    """Whether it is shown that no name stands twice in an object of `body`, of which `read` is the envelope."""
    if may_escape(body, b"\\u003"):
        return False
    time = read.get("time")
    colons = len(read) + (time.count(":") if isinstance(time, str) else 0)
    for part in read["detail"].parts():
        if part is not None:
            colons += len(part.__pydantic_fields_set__)
    return body.count(b":") == colons
