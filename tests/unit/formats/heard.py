"""What a reader of another format answers, for tests: pieces, envelopes, notes, refusals."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from shared.formats.reading import Identify, Noted, Piece, Read, Refused

Reader = Callable[[BinaryIO, Identify], Iterator[Piece]]


def identify(system: str, value: str) -> str:
    """No secret: tests see whose key it is."""
    return f"{system}|{value}"


def pieces(reader: Reader, content: bytes) -> list[Piece]:
    return list(reader(io.BytesIO(content), identify))


def envelopes(told: Iterable[Piece]) -> list[dict[str, Any]]:
    return [dict(piece.envelope) for piece in told if isinstance(piece, Read)]


def details(told: Iterable[Piece]) -> list[dict[str, Any]]:
    return [envelope["detail"] for envelope in envelopes(told)]


def notes(told: Iterable[Piece]) -> list[tuple[str, str]]:
    return [(piece.place, piece.what) for piece in told if isinstance(piece, Noted)]


def refusals(told: Iterable[Piece]) -> list[tuple[str, str]]:
    return [(piece.reason.value, piece.place) for piece in told if isinstance(piece, Refused)]
