"""Which reader a file is for: its content decides; what is for none is refused and says so."""

import io
import json
from pathlib import Path

import pytest

from shared.core.errors import Reason
from shared.formats.detect import HEAD, beginning, format_of, pieces
from shared.formats.identifiers import MBI
from shared.formats.identity import identified_by
from shared.formats.reading import Noted, Piece, Read, Refused
from tests.builders import Envelope, a_visit
from tests.claim_files import a_claim_file
from tests.unit.told_by_reader import FHIR

IDENTIFY = identified_by(b"a key for tests, of 32 characters")
X12 = a_claim_file(2)
HL7 = b"MSH|^~\\&|PMS|CLINIC|AUDIT|US|20250106||ADT^A08|1|P|2.3\r"
RESOURCE = json.dumps({"resourceType": "Patient", "id": "1"}).encode()
EVENT = json.dumps(a_visit()).encode()
MARK = b"\xef\xbb\xbf"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


def name_of(content: bytes) -> str | None:
    known = format_of(content)
    return known.name if known else None


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(X12, "X12", id="X12"),
        pytest.param(b"\r\n" + X12, "X12", id="X12 after a line end"),
        pytest.param(HL7, "HL7 v2", id="HL7 v2"),
        pytest.param(RESOURCE, "FHIR", id="a resource"),
        pytest.param(MARK + RESOURCE, "FHIR", id="a resource after a byte order mark"),
        pytest.param(RESOURCE + b"\n" + RESOURCE, "FHIR", id="resources by line"),
        pytest.param(EVENT, "events", id="an event"),
        pytest.param(EVENT + b"\n" + EVENT, "events", id="a stream"),
        pytest.param(b"[" + EVENT + b"]", "events", id="a list"),
        pytest.param(json.dumps(a_visit(), indent=2).encode(), "events", id="an event over lines"),
        pytest.param(MARK + EVENT, "events", id="an event after a byte order mark"),
        pytest.param(EVENT.replace(b'"M54.59"', b'"resourceType"'), "events", id="an event with FHIR's word in it"),
        pytest.param(b"%PDF-1.7\n", None, id="a PDF"),
        pytest.param(b"patient,date\nP-1,2025-01-06\n", None, id="a table"),
        pytest.param(b"{}", None, id="an object of nothing we know"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_the_content_decides(content: bytes, name: str | None) -> None:
    assert name_of(content) == name


def read(content: bytes) -> list[Piece]:
    return list(pieces(io.BytesIO(content), IDENTIFY))


@pytest.mark.parametrize(
    ("content", "told", "place"),
    [
        (X12, Read, "segment 13 CLM"),
        (HL7, Noted, "message 1"),
        (RESOURCE, Noted, "Patient"),
        (EVENT, Read, "message 1"),
    ],
)
def test_each_format_has_a_reader_that_knows_it(content: bytes, told: type[Piece], place: str) -> None:
    first = read(content)[0]
    assert (type(first), first.place) == (told, place)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"\x00\x01", b"hello"])
def test_what_nobody_knows_is_refused_as_a_whole(content: bytes) -> None:
    assert read(content) == [Refused(Reason.UNKNOWN_FORMAT, "the beginning of the file", content)]


@pytest.mark.parametrize("content", [b"", b" \r\n\n"])
def test_an_empty_file_holds_nothing(content: bytes) -> None:
    assert read(content) == []


def test_of_a_long_file_of_no_format_only_the_beginning_is_kept() -> None:
    (refused,) = read(b"x" * (2 * HEAD))
    assert isinstance(refused, Refused)
    assert len(refused.raw) == HEAD


class Pipe(io.BytesIO):
    """Standard input: it cannot go back."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def test_a_pipe_is_looked_into_and_loses_nothing() -> None:
    pipe = io.BufferedReader(Pipe(X12))
    assert beginning(pipe)
    assert list(pieces(pipe, IDENTIFY)) == read(X12)


def test_our_own_events_pass_as_they_are() -> None:
    assert read(EVENT + b"\n") == [Read(a_visit(), "message 1")]


def test_a_bad_line_is_refused_by_itself() -> None:
    bad = json.dumps(a_visit() | {"detail-type": "VisitReported"}).encode()
    said = read(b"\n".join([EVENT, b"{cut", bad, EVENT]))
    assert [type(piece) for piece in said] == [Read, Refused, Refused, Read]
    assert [(p.reason, p.place) for p in said if isinstance(p, Refused)] == [
        (Reason.NOT_JSON, "message 2: body"),
        (Reason.UNKNOWN_KIND, "message 3: detail-type"),
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("ncd-audit", Reason.NOT_IN_LIST),
        (FHIR, Reason.NOT_IN_LIST),
        ("aws.s3", Reason.NOT_IN_LIST),
        (None, Reason.MISSING_FIELD),
        ("", Reason.MISSING_FIELD),
        (7, Reason.WRONG_TYPE),
    ],
)
def test_a_file_of_events_names_its_sender_and_nobody_else(source: object, reason: Reason) -> None:
    (refused,) = read(json.dumps(a_visit() | {"source": source}).encode())
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.place) == (reason, "message 1: source")


def test_a_patient_has_one_name_in_every_format() -> None:
    """The number of the card, however it is written; under another key or system another name."""
    names = {IDENTIFY(MBI, number) for number in ("1EG4-TE5-MK73", "1eg4te5mk73", " 1EG4TE5MK73 ")}
    assert len(names) == 1
    (name,) = names
    assert len(name) == 34
    others = {IDENTIFY("MR:CLINIC", "1EG4TE5MK73"), identified_by(b"another")(MBI, "1EG4TE5MK73")}
    assert len({name, *others, IDENTIFY("MR:CLINIC1", "EG4TE5MK73")}) == 4


def test_a_record_number_is_taken_as_it_is_written() -> None:
    assert IDENTIFY("MR:CLINIC", "a-1") not in {IDENTIFY("MR:CLINIC", number) for number in ("A-1", "a1")}
    assert IDENTIFY("MR:CLINIC", " a-1 ") == IDENTIFY("MR:CLINIC", "a-1")


def test_the_name_is_the_documented_one() -> None:
    """An EHR that names patients itself must come to the same; by openssl: see the module."""
    assert identified_by(b"key")(MBI, "1EG4TE5MK73") == "P-211570d3b672f219f657116edc0a0b67"


PUBLISHED = sorted(path for path in SAMPLES.rglob("*.*") if path.suffix in (".837", ".835", ".json"))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_every_published_sample_is_read_refused_or_noted(path: Path) -> None:
    content = path.read_bytes()
    said = read(content)
    assert said
    assert all(piece.place for piece in said)


def an_837_said() -> list[Envelope]:
    return [dict(piece.envelope) for piece in read(X12) if isinstance(piece, Read)]


def test_no_number_of_a_card_is_in_an_event() -> None:
    assert b"1EG4TE" in X12
    assert "1EG4TE" not in json.dumps(an_837_said())
    assert len({event["detail"]["patient_id"] for event in an_837_said()}) == 1
