"""Which reader a file is for: its content decides, never its name. A reader is loaded with the first file for it."""

from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import BinaryIO, NamedTuple, cast

from shared.core.errors import Reason
from shared.formats import beginnings
from shared.formats.reading import Identify, Piece, Refused

HEAD = 64 * 1024


class Format(NamedTuple):
    """A format we read; the events of `ours` are in our own form already."""

    name: str
    looks_like: Callable[[bytes], bool]
    read: Callable[[BinaryIO, Identify], Iterator[Piece]]
    ours: bool = False


def _x12(stream: BinaryIO, identify: Identify) -> Iterator[Piece]:
    from shared.formats import x12

    return x12.read(stream, identify)


def _hl7v2(stream: BinaryIO, identify: Identify) -> Iterator[Piece]:
    from shared.formats import hl7v2

    return hl7v2.read(stream, identify)


def _fhir(stream: BinaryIO, identify: Identify) -> Iterator[Piece]:
    from shared.formats.fhir import reader

    return reader.read(stream, identify)


def _events(stream: BinaryIO, identify: Identify) -> Iterator[Piece]:
    from shared.formats import messages

    return messages.read(stream, identify)


# In this order: the names of the first two stand at the very beginning, the last two are told apart by their words.
FORMATS = (
    Format("X12", beginnings.x12, _x12),
    Format("HL7 v2", beginnings.hl7v2, _hl7v2),
    Format("FHIR", beginnings.fhir, _fhir),
    Format("events", beginnings.events, _events, ours=True),
)


def format_of(head: bytes) -> Format | None:
    return next((known for known in FORMATS if known.looks_like(head)), None)


def beginning(stream: BinaryIO) -> bytes:
    """How the stream goes on from where it stands; it stays there."""
    if not stream.seekable():  # standard input as a pipe, which shows what has come so far
        return cast("BufferedReader", stream).peek(HEAD)
    start = stream.tell()
    head = stream.read(HEAD)
    stream.seek(start)
    return head


def pieces(stream: BinaryIO, identify: Identify) -> Iterator[Piece]:
    """The file piece by piece, by the reader that it is for; a file that is for none is refused as a whole."""
    head = beginning(stream)
    known = format_of(head)
    if known:
        yield from known.read(stream, identify)
    elif head.strip():
        yield Refused(Reason.UNKNOWN_FORMAT, "the beginning of the file", head)
