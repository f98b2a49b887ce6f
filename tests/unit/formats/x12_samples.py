"""Own X12 samples, made by the tests' writer and changed at one place, and what the reader says of them."""

import io
from collections.abc import Sequence
from typing import Any

from shared.formats import x12
from shared.formats.reading import Noted, Piece, Read, Refused
from tests.builders import a_claim, a_line, a_remittance
from tests.formats_writer import USUAL, Marks, Segments, a_payment_loop, an_835, an_837, written

MBI = "1EG4TE5MK73"
MADE = "20250107080000"
PAID_ON = "2025-01-21"


def key(system: str, value: str) -> str:
    """What the caller's keyed hash does, readable."""
    return f"{system.rsplit('/', 1)[-1]} {value}"


def read(content: bytes) -> list[Piece]:
    return list(x12.read(io.BytesIO(content), key))


def pieces(segments: Segments, marks: Marks = USUAL) -> list[Piece]:
    return read(written(segments, marks))


def details(segments: Segments) -> list[dict[str, Any]]:
    return [dict(piece.envelope["detail"]) for piece in pieces(segments) if isinstance(piece, Read)]


def the_detail(segments: Segments) -> dict[str, Any]:
    """Of the only piece, which is read."""
    [piece] = pieces(segments)
    assert isinstance(piece, Read), piece
    return dict(piece.envelope["detail"])


def refusals(segments: Segments) -> list[tuple[str, str]]:
    return [(piece.reason, piece.place) for piece in pieces(segments) if isinstance(piece, Refused)]


def notes(segments: Segments) -> list[tuple[str, str]]:
    return [(piece.what, piece.place) for piece in pieces(segments) if isinstance(piece, Noted)]


def claim_file(*claims: dict[str, Any], kind: str = "professional") -> Segments:
    """One claim, or those given, of patients who all have the same number."""
    billed = claims or (a_claim()["detail"],)
    return an_837(billed, dict.fromkeys((claim["patient_id"] for claim in billed), MBI), MADE, kind)


def hospital_claim(**changes: Any) -> dict[str, Any]:
    line = a_line(diagnosis_pointers=[], place_of_service=None)
    body = {"claim_type": "institutional", "type_of_bill": "0131", "lines": [line]}
    detail: dict[str, Any] = a_claim(**(body | changes))["detail"]
    return detail


def payment_file(*loops: Segments) -> Segments:
    return an_835(loops or [a_payment_loop(a_remittance(a_claim())["detail"], MBI)], MADE, PAID_ON)


def at(segments: Segments, name: str, *qualifiers: str) -> int:
    """Where the first segment of that name stands whose elements begin so."""
    wanted = [name, *qualifiers]
    return next(n for n, segment in enumerate(segments) if segment[: len(wanted)] == wanted)


def changed(segments: Segments, name: str, number: int, value: str) -> Segments:
    """With another value for one element of the first segment of that name ("DTP 472": of that qualifier)."""
    place = at(segments, *name.split())
    segment = segments[place] + [""] * (number - len(segments[place]) + 1)
    return [*segments[:place], [*segment[:number], value, *segment[number + 1 :]], *segments[place + 1 :]]


def without(segments: Segments, name: str) -> Segments:
    place = at(segments, *name.split())
    return counted([*segments[:place], *segments[place + 1 :]])


def with_after(segments: Segments, name: str, *more: Sequence[str]) -> Segments:
    """With more segments behind the first of that name."""
    place = at(segments, *name.split()) + 1
    return counted([*segments[:place], *map(list, more), *segments[place:]])


def counted(segments: Segments) -> Segments:
    """With the count of segments set right in the only SE."""
    begin, end = at(segments, "ST"), at(segments, "SE")
    return [*segments[:end], ["SE", str(end - begin + 1), *segments[end][2:]], *segments[end + 1 :]]
