"""Files of any known format as messages: events of our own as they are written, other formats as the events they hold.

What a file is, its content decides. Nothing is lost: a piece that its reader refuses goes on as it is and lands in
quarantine; how many there are is said on standard error, and `ncd-audit convert` says which and why.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from local.cannot_read import CannotRead
from local.identity import identity
from shared.formats.detect import Format, beginning, format_of, pieces
from shared.formats.messages import of_stream
from shared.formats.reading import Noted, Piece, Read, Refused

STANDARD_INPUT = "-"


def messages(path: str) -> Iterator[bytes]:
    """The messages in a file, or on standard input for "-"."""
    return _of(sys.stdin.buffer, "standard input") if path == STANDARD_INPUT else of_file(path)


def of_file(path: str) -> Iterator[bytes]:
    with _opened(path) as stream:
        yield from _of(stream, path)


def pieces_of(path: str) -> Iterator[Piece]:
    """The file as its reader tells it, with what it refuses and notes."""
    if path == STANDARD_INPUT:
        yield from pieces(sys.stdin.buffer, identity)
    else:
        with _opened(path) as stream:
            yield from pieces(stream, identity)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  # Path would lose a trailing slash and "./"
            yield stream
    except IsADirectoryError:
        raise CannotRead(path, "is a directory", f"name the files in it, such as {path.rstrip('/')}/*.ndjson") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        why = str(getattr(error, "strerror", error)).lower()
        raise CannotRead(path, why, "name a file of events, X12, FHIR or HL7 v2, or - for standard input") from None


def _of(stream: BinaryIO, name: str) -> Iterator[bytes]:
    known = format_of(beginning(stream))
    # What nobody knows is taken for a damaged stream of ours: each of its lines is counted and refused.
    if known is None or known.ours:
        yield from of_stream(stream)
    else:
        yield from _of_pieces(known, stream, name)


def _of_pieces(known: Format, stream: BinaryIO, name: str) -> Iterator[bytes]:
    unread = Counter[type[Piece]]()
    for piece in known.read(stream, identity):
        unread[type(piece)] += 1
        match piece:
            case Read(envelope=envelope):
                yield json.dumps(envelope).encode()
            case Refused(raw=raw):
                yield raw
    if unread[Refused] or unread[Noted]:
        said = f"{unread[Refused]} pieces are refused, {unread[Noted]} noted"
        print(f"ncd-audit: {name}: {said}; ncd-audit convert says which and why", file=sys.stderr)
