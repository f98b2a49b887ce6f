"""Archives of any format, gzipped or not, as events with their patients."""

import gzip
import json
from io import BytesIO

import pytest

from shared.core.errors import Reason
from shared.core.intake import parse_event
from shared.formats.archives import Told, told
from shared.formats.detect import pieces
from shared.formats.reading import Noted, Read, Refused
from tests.builders import a_course
from tests.claim_files import a_claim_file
from tests.unit.conftest import stream_of


def identify(system: str, value: str) -> str:
    return f"P-{len(system)}-{value}"


def read(content: bytes) -> list[Told | Refused | Noted]:
    return list(told(BytesIO(content), identify))


COURSE = a_course(2, patient_id="P-7")
CLAIMS = a_claim_file(3, bad={1})
CONVERTED = [p.envelope for p in pieces(BytesIO(CLAIMS), identify) if isinstance(p, Read)]


@pytest.mark.parametrize("content", [stream_of(COURSE), CLAIMS, b""], ids=["events", "X12", "empty"])
def test_gzipped_or_not_is_the_same(content: bytes) -> None:
    assert read(gzip.compress(content)) == read(content)


def test_our_own_events_come_as_they_were_written() -> None:
    assert read(stream_of(COURSE)) == [Told("P-7", json.dumps(event).encode()) for event in COURSE]


def test_of_another_format_each_piece_is_told_refused_or_noted() -> None:
    found = read(CLAIMS)
    assert [type(piece) for piece in found].count(Told) == 2
    assert [(piece.reason, "forty" in piece.raw.decode()) for piece in found if isinstance(piece, Refused)] == [
        ("bad_form", True)
    ]
    assert [parse_event(piece.message).detail.patient_id for piece in found if isinstance(piece, Told)] == [
        piece.patient_id for piece in found if isinstance(piece, Told)
    ]


def test_what_a_reader_of_ours_made_once_may_come_again() -> None:
    """Under its own name: the bus would not take it from a file."""
    assert CONVERTED[0]["source"].startswith("ncd-audit.")
    assert [type(piece) for piece in read(stream_of(CONVERTED))] == [Told, Told]


def test_what_the_door_refuses_is_refused_with_its_place() -> None:
    [good, bad] = read(stream_of(COURSE[:1]) + b"{cut")
    assert isinstance(good, Told)
    assert bad == Refused(Reason.NOT_JSON, "message 2: body", b"{cut")
