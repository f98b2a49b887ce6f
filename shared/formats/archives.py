"""Files of years past as they were kept: any format we read, gzipped or not, each event with its patient.

What is an event the one door decides, whoever made it. Our own events may speak in the name of our readers: nothing is
recorded here, and what a reader made once may have been kept as NDJSON since.
"""

import gzip
import json
from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO, NamedTuple, cast

from shared.core.errors import Reason, Unreadable
from shared.core.intake import parse_event
from shared.formats.detect import beginning, format_of, pieces
from shared.formats.expanding import ExpandsTooFar, bounded, most_of
from shared.formats.messages import of_stream
from shared.formats.piecework import refused
from shared.formats.reading import Identify, Noted, Read, Refused

_GZIP = b"\x1f\x8b"


class Told(NamedTuple):
    """An event as the door takes it, and whose it is."""

    patient_id: str
    message: bytes


def told(stream: BinaryIO, identify: Identify) -> Iterator[Told | Refused | Noted]:
    """The archive piece by piece: memory does not grow with it."""
    if beginning(stream).startswith(_GZIP):
        yield from _unpacked(stream, identify)
    else:
        yield from _told(stream, identify)


def _unpacked(stream: BinaryIO, identify: Identify) -> Iterator[Told | Refused | Noted]:
    """What expands too far is told up to there and refused for the rest."""
    most = most_of(stream.seek(0, SEEK_END))
    stream.seek(0)
    with gzip.GzipFile(fileobj=stream) as inside:
        try:
            yield from _told(bounded(cast("BinaryIO", inside), most), identify)
        except ExpandsTooFar as far:
            yield refused(Reason.TOO_LARGE, f"the whole file {far}", b"")


def _told(stream: BinaryIO, identify: Identify) -> Iterator[Told | Refused | Noted]:
    known = format_of(beginning(stream))
    if known and known.ours:
        yield from (_asked(message, f"message {number}") for number, message in enumerate(of_stream(stream), start=1))
        return
    for piece in pieces(stream, identify):
        yield _asked(json.dumps(piece.envelope).encode(), piece.place) if isinstance(piece, Read) else piece


def _asked(message: bytes, place: str) -> Told | Refused:
    try:
        return Told(parse_event(message).detail.patient_id, message)
    except Unreadable as refusal:
        return refused(refusal.reason, f"{place}: {refusal.where}", message)
