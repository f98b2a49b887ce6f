"""What every reader of another format answers, piece by piece: an event in our form, a refusal or a note.

A reader is a function `read(stream, identify) -> Iterator[Piece]` over a binary stream. It holds one piece of the file
at a time, so that memory does not grow with the file, and refuses the piece that is wrong, never the rest of the file.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from shared.core.errors import Reason

# (system, value) -> the patient_id of our events. The caller's function replaces an MBI or MRN by its keyed HMAC, so
# that none is stored or logged; the reader itself knows no key.
Identify = Callable[[str, str], str]


class Read(NamedTuple):
    """One event: an envelope of events.md, ready for `json.dumps` and for `parse_event`."""

    envelope: Mapping[str, Any]
    place: str


class Refused(NamedTuple):
    """A piece that says something to us but cannot be read; `raw` is the piece as it came, for quarantine."""

    reason: Reason
    place: str
    raw: bytes


class Noted(NamedTuple):
    """What is no event by its nature or no reason to refuse: a handshake, a wrong segment count, a gap in numbers."""

    what: str
    place: str


# `place` names segments, loops, lines or paths with their position, never a value from the file.
Piece = Read | Refused | Noted
