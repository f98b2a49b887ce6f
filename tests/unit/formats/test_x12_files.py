"""Files of interchanges: delimiters, envelopes, levels, and that what is broken spoils nothing beside it."""

import io
import re
from itertools import product
from typing import Any

import pytest

from shared.formats import beginnings, x12
from shared.formats.reading import Piece, Read, Refused
from shared.formats.x12.blocks import LONGEST_BLOCK
from shared.formats.x12.segments import CHUNK, LONGEST_SEGMENT
from tests.builders import a_claim
from tests.formats_writer import USUAL, Marks, Segments, an_837, written
from tests.unit.formats.x12_samples import (
    MADE,
    at,
    changed,
    claim_file,
    details,
    notes,
    payment_file,
    pieces,
    read,
    refusals,
    the_detail,
    with_after,
)


def three_patients() -> Segments:
    claims = [a_claim(number, patient_id=f"P-{number}")["detail"] for number in (1, 2, 3)]
    return an_837(claims, {f"P-{number}": f"M{number}" for number in (1, 2, 3)}, MADE)


def ids(found: list[Piece]) -> list[Any]:
    return [piece.envelope["detail"]["claim_id"] for piece in found if isinstance(piece, Read)]


@pytest.mark.parametrize(
    "marks",
    [
        Marks(line_end=""),
        Marks(line_end="\r\n"),
        Marks("|", "!", ">", "\x1c", ""),
        Marks("*", "^", ":", "\n", ""),
        Marks("*", "^", ":", "\r", "\n"),
        Marks("\x1d", "\x1f", "\x1e", "'", "\n"),
        Marks("+", "$", "[", "]", ""),  # of a meaning in patterns
        Marks("*", "U", ":", "~", ""),  # as before 005010
    ],
)
def test_the_delimiters_are_those_of_the_isa(marks: Marks) -> None:
    whole = (piece for piece in pieces(claim_file(), marks))
    assert [piece.envelope["detail"] for piece in whole if isinstance(piece, Read)] == [the_detail(claim_file())]


def test_interchanges_of_different_delimiters_may_follow_each_other() -> None:
    marks = [USUAL, Marks("|", "!", ">", "\n", ""), Marks(line_end="")]
    content = b"\n\n".join(written(claim_file(a_claim(n)["detail"]), m) for n, m in enumerate(marks, 1))
    assert ids(read(content)) == ["C-1-01", "C-1-02", "C-1-03"]


def test_an_interchange_that_does_not_close_ends_where_the_next_begins() -> None:
    cut = written(claim_file()[:-1])
    found = read(cut + written(claim_file(a_claim(2)["detail"])))
    assert ids(found) == ["C-1-01", "C-1-02"]
    assert "another envelope opens before this one closes" in {getattr(piece, "what", "") for piece in found}


def test_the_file_is_the_same_wherever_it_is_cut_into_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(three_patients()) + written(payment_file(), Marks("|", "!", ">", "\n", ""))
    whole = read(content)
    for size in (1, 2, 3, 107, 1000):
        monkeypatch.setattr("shared.formats.x12.segments.CHUNK", size)
        assert read(content) == whole


@pytest.mark.parametrize("before", [b"", b"\r\n  ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_x12_is_known_by_its_first_bytes(before: bytes) -> None:
    content = before + written(claim_file())
    assert beginnings.x12(content[:64])
    assert ids(read(content)) == ["C-1-01"]


@pytest.mark.parametrize("head", [b"", b"ISA", b"ISAB", b"ISA ", b'{"id": "ISA*"}', b"MSH|^~\\&|", b"GS*HC*"])
def test_other_files_are_not_x12(head: bytes) -> None:
    assert not beginnings.x12(head)


@pytest.mark.parametrize(
    ("isa", "reason"),
    [
        (b"ISA*00*" + b" " * 200, "bad_form"),
        (b"ISA*00*", "bad_form"),
        (written(claim_file(), Marks(component="*"))[:200], "ambiguous"),
        (written(claim_file(), Marks(component=" "))[:200], "ambiguous"),
        (written(claim_file(), Marks(terminator="A"))[:200], "ambiguous"),
        (written(claim_file(), Marks(terminator=":"))[:200], "ambiguous"),
    ],
)
def test_without_delimiters_the_rest_of_the_file_is_refused(isa: bytes, reason: str) -> None:
    found = read(written(claim_file()) + isa)
    assert ids(found) == ["C-1-01"]
    assert isinstance(found[-1], Refused)
    assert found[-1].reason == reason
    assert found[-1].place.startswith("ISA: ")


@pytest.mark.parametrize(
    ("name", "number", "value", "what", "place"),
    [
        ("SE", 1, "24", "not the number of segments", "segment 27 SE01"),
        ("SE", 2, "0002", "not the control number of its ST", "segment 27 SE02"),
        ("GE", 1, "2", "not the number of transaction sets", "segment 28 GE01"),
        ("GE", 2, "6", "not the control number of its GS", "segment 28 GE02"),
        ("IEA", 1, "0", "not the number of groups", "segment 29 IEA01"),
        ("IEA", 2, "1", "not the control number of its ISA", "segment 29 IEA02"),
        ("ISA", 15, "T", "the sender marked the interchange as test data", "segment 1 ISA15"),
    ],
)
def test_envelopes_that_do_not_agree_are_noted_and_their_claims_read(
    name: str, number: int, value: str, what: str, place: str
) -> None:
    segments = changed(claim_file(), name, number, value)
    assert notes(segments) == [(what, place)]
    assert len(details(segments)) == 1


def test_a_sound_file_has_no_notes() -> None:
    assert notes(three_patients()) == notes(payment_file()) == []


def test_a_file_without_its_last_terminator_is_whole() -> None:
    content = written(claim_file(), Marks(line_end=""))
    assert read(content[:-1]) == read(content)


def test_the_last_claim_of_a_file_that_is_cut_off_is_refused() -> None:
    """Wherever the cut is: of a claim some lines may be missing, so it is not read as if it were whole."""
    content = written(three_patients(), Marks(line_end=""))
    ends = [content.index(mark) + 2 for mark in (b"HL*3", b"HL*4", b"SE*")]
    for length in range(107, len(content) - 20):
        found = read(content[:length])
        whole = sum(length >= end for end in ends)
        assert len(ids(found)) <= whole
        begun = len(re.findall(rb"~CLM(?=\*|$)", content[:length]))
        assert len(ids(found)) + len([p for p in found if isinstance(p, Refused) and " CLM" in p.place]) == begun


@pytest.mark.parametrize("number", ["1", "2", "3"])
def test_a_claim_is_never_given_to_the_patient_before(number: str) -> None:
    """Whatever single segment of a level is lost, or becomes another, no claim changes its patient."""
    segments = three_patients()
    begin = [n for n, segment in enumerate(segments) if segment[0] == "HL"][int(number)]
    owner = {"C-1-01": "member M1", "C-2-02": "member M2", "C-3-03": "member M3"}
    for place, damage in product(range(begin, begin + 7), ("lost", "renamed", "run together")):
        found = pieces(damaged(segments, place, damage))
        for piece in found:
            if isinstance(piece, Read):
                detail = piece.envelope["detail"]
                assert detail["patient_id"] == owner[detail["claim_id"]], (place, damage)


def damaged(segments: Segments, place: int, damage: str) -> Segments:
    here, before = segments[place], segments[place - 1]
    if damage == "lost":
        return [*segments[:place], *segments[place + 1 :]]
    if damage == "renamed":
        return [*segments[:place], ["XX", *here[1:]], *segments[place + 1 :]]
    joined = [*before[:-1], before[-1] + "x" + here[0], *here[1:]]
    return [*segments[: place - 1], joined, *segments[place + 1 :]]


def test_claims_under_a_subscriber_without_a_number_are_refused_and_the_next_are_read() -> None:
    segments = changed(three_patients(), "NM1 IL", 9, "")
    assert [reason for reason, _ in refusals(segments)] == ["missing_field", "missing_field"]  # the level and its claim
    assert [detail["claim_id"] for detail in details(segments)] == ["C-2-02", "C-3-03"]


@pytest.mark.parametrize(
    ("name", "number", "value", "place"),
    [
        ("HL 2", 2, "9", "segment 13 HL02: not the level above"),
        ("HL 2", 3, "21", "segment 13 HL03"),
        ("NM1 85", 8, "FI", "segment 8 HL: NPI of its billing provider (NM109, 85)"),
        ("SBR", 9, "Q9", "segment 13 HL: SBR09 of its subscriber"),
        ("NM1 PR", 1, "QC", "segment 13 HL: a name (NM1) that is not of level 22"),
        ("NM1 IL", 0, "NM2", "segment 15 is of no kind that belongs here"),
    ],
)
def test_a_level_that_says_something_wrong_is_refused_with_the_claims_below(
    name: str, number: int, value: str, place: str
) -> None:
    refused = refusals(changed(claim_file(), name, number, value))
    assert place in [where for _, where in refused]
    assert refused[-1][1].startswith("segment 20 CLM: ")


def test_state_is_not_carried_from_one_transaction_set_to_the_next() -> None:
    """A second set that begins with a claim has neither provider nor patient."""
    segments = claim_file()
    begin, end = at(segments, "ST"), at(segments, "SE")
    orphan = [segments[begin], segments[begin + 1], *segments[at(segments, "CLM") : end + 1]]
    found = pieces([*segments[: end + 1], *orphan, *segments[end + 1 :]])
    assert ids(found) == ["C-1-01"]
    assert [piece.place for piece in found if isinstance(piece, Refused)] == [
        "segment 30 CLM: no subscriber level (HL) above"
    ]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ([("ST", 1, "835")], "segment 20 CLM: segment 4 is of no kind that belongs here"),
        ([("ST", 3, "005010X224A2")], "segment 20 CLM: segment 3 ST03: neither 005010X222 nor 005010X223"),
        ([("ST", 1, "277")], "segment 20 CLM: not in this transaction set"),
        ([("ST", 0, "SX")], "segment 20 CLM: outside any transaction set (ST)"),
    ],
)
def test_claims_in_a_transaction_set_of_another_kind_are_refused(changes: list[Any], place: str) -> None:
    segments = claim_file()
    for change in changes:
        segments = changed(segments, *change)
    assert refusals(segments)[-1][1] == place


def test_a_transaction_set_that_we_do_not_read_is_noted() -> None:
    segments = claim_file()
    other = [["ST", "999", "0001", "005010X231A1"], ["AK1", "HC", "5"], ["SE", "3", "0001"]]
    found = notes([*segments[:2], *other, *segments[-2:]])
    assert found == [("a transaction set that is neither 837 nor 835", "segment 3 ST01")]


def test_a_claim_without_end_is_refused_and_does_not_fill_the_memory() -> None:
    segments = with_after(claim_file(), "REF 6R", *[["NTE", "ADD", "x"]] * LONGEST_BLOCK)
    assert refusals(segments) == [("too_large", "segment 20 CLM")]


def test_a_file_whose_isa_names_another_terminator_is_not_passed_over_in_silence() -> None:
    content = written(claim_file(), Marks(line_end=""))
    found = read(content[:105] + b"\n" + content[106:])
    [refused] = [piece for piece in found if isinstance(piece, Refused)]
    assert refused.place == "segment 1 is of no kind that belongs here" or refused.place.startswith("segment 2 ")
    assert b"~CLM*C-1-01*" in refused.raw


def test_a_segment_without_end_ends_the_reading() -> None:
    content = written(claim_file())
    begin = content.index(b"SE*")
    endless = io.BytesIO(content[:begin] + b"NTE*ADD*" + b"x" * (LONGEST_SEGMENT + 3 * CHUNK))
    found = list(x12.read(endless, lambda _, value: value))
    assert [getattr(piece, "reason", "") for piece in found if isinstance(piece, Refused)] == ["bad_form", "too_large"]
    assert endless.tell() < LONGEST_SEGMENT + 2 * CHUNK + begin
    assert all(len(piece.raw) <= LONGEST_SEGMENT for piece in found if isinstance(piece, Refused))


def test_no_place_and_no_note_holds_a_value_of_the_file() -> None:
    segments = changed(changed(three_patients(), "CLM", 1, "SECRETNAME"), "SV1", 1, "SECRETNAME")
    segments = with_after(segments, "SBR", ["SECRETNAME", "SECRETNAME"])
    for piece in pieces(segments):
        said = f"{piece.place} {getattr(piece, 'what', '')} {getattr(piece, 'reason', '')}"
        assert "SECRET" not in said
