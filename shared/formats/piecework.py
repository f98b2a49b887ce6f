"""What a mapping of another format raises when it cannot make an event of a piece, and the check of those it made."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from shared.core.errors import AuditError, Reason, Unreadable
from shared.core.intake import MAX_EVENT_BYTES, parse_event
from shared.formats.reading import Noted, Piece, Read, Refused


class Unfit(AuditError):
    """The piece says something to us, but wrongly; `path` is where within the piece."""

    def __init__(self, reason: Reason, path: str) -> None:
        super().__init__(f"{reason} at {path}")
        self.reason = reason
        self.path = path


class Incomplete(AuditError):
    """The piece is right, but alone it is no event: the text says what is missing and what would supply it."""


def envelope(source: str, kind: str, record_id: str, on: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """The same file makes the same envelopes: `time` is the day of the fact, `id` the record and its version."""
    delivery = f"{record_id}#v{detail['version']}"
    return {"id": delivery, "source": source, "detail-type": kind, "time": f"{on}T00:00:00Z", "detail": dict(detail)}


def refused(reason: Reason, place: str, raw: bytes) -> Refused:
    """What is kept for quarantine is no longer than what our own door takes."""
    return Refused(reason, place, raw[:MAX_EVENT_BYTES])


def attempted(make: Callable[[], Iterable[Piece]], place: str, raw: Callable[[], bytes]) -> Iterator[Piece]:
    """The pieces of one resource or message, the last of which says what was wrong or missing, if anything was."""
    try:
        yield from make()
    except Unfit as unfit:
        yield refused(unfit.reason, f"{place}{unfit.path}", raw())
    except Incomplete as incomplete:
        yield Noted(str(incomplete), place.rstrip(".: "))


def checked(event: Mapping[str, Any], place: str, raw: Callable[[], bytes]) -> Read | Refused:
    """An event that our own door would refuse is refused here, where its place in the file is still known."""
    try:
        parse_event(json.dumps(event).encode())
    except Unreadable as refusal:
        return refused(refusal.reason, f"{place} ({refusal.where})", raw())
    return Read(event, place)
