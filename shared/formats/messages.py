"""Our own events in a file: an NDJSON stream line by line, or a JSON file that holds one event or a list of them.

Nothing is judged by `of_stream`: a line that is not JSON goes on as it is, so that it is counted and lands in
quarantine instead of being lost. `read` is the same file as pieces.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from shared.core.errors import Reason, Unreadable
from shared.core.intake import parse_event
from shared.formats.piecework import refused
from shared.formats.reading import Identify, Piece, Read

_NOT_THEIRS = ("ncd-audit", "aws.")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(stream: BinaryIO, identify: Identify) -> Iterator[Piece]:  # noqa: ARG001  # our events name no patient
    """The events in the file as they are; what the door would refuse is refused here, where its place is known."""
    for number, message in enumerate(of_stream(stream), start=1):
        place = f"message {number}"
        try:
            parse_event(message)
            yield Read(_of_their_own(json.loads(message)), place)
        except Unreadable as refusal:
            yield refused(refusal.reason, f"{place}: {refusal.where}", message)


def _of_their_own(envelope: dict[str, Any]) -> dict[str, Any]:
    """The source must be the sender's: neither one of ours, which may keep silent, nor of AWS."""
    source = envelope.get("source")
    if not isinstance(source, str) or not source:
        raise Unreadable(Reason.WRONG_TYPE if source else Reason.MISSING_FIELD, "source")
    if source.startswith(_NOT_THEIRS):
        raise Unreadable(Reason.NOT_IN_LIST, "source")
    return envelope


def of_stream(stream: BinaryIO) -> Iterator[bytes]:
    """A first line that is an object of its own makes an NDJSON stream, which is never held as a whole."""
    lines = _lines(stream)
    first = next(lines, b"")
    if isinstance(_parsed(first), dict):
        yield first
        yield from lines
    elif first:
        yield from _of_whole([first, *lines])


def _of_whole(lines: list[bytes]) -> Iterable[bytes]:
    """One document spread over the lines, or lines after all."""
    text = b"\n".join(lines)
    match _parsed(text):
        case list(elements):
            return (json.dumps(element, separators=(",", ":")).encode() for element in elements)
        case dict():
            return [text]
    return lines


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    for number, line in enumerate(stream):
        text = (line if number else line.removeprefix(_BYTE_ORDER_MARK)).rstrip(b"\r\n")
        if text.strip():
            yield text


def _parsed(text: bytes) -> Any:
    """The JSON in `text`, or None."""
    try:
        return json.loads(text.decode())
    except (ValueError, RecursionError):
        return None
