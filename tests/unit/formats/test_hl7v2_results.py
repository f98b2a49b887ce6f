"""Results as scores, and files of HL7 v2 as messages."""

import io

import pytest

from shared.formats import beginnings
from shared.formats.hl7v2.messages import messages
from tests.unit.formats.heard import details, refusals
from tests.unit.formats.hl7 import (
    DAY,
    ISO_DAY,
    MBI_KEY,
    PID,
    a_charge,
    a_result,
    detail_of,
    ft1,
    msh,
    noted,
    obx,
    refused,
    told,
    written,
)


def test_a_result_is_a_measure() -> None:
    assert detail_of(a_result()) == {
        "measure_id": "CLINIC/F1#NRS",
        "version": 20260116080000,
        "status": "final",
        "patient_id": MBI_KEY,
        "assessed_on": ISO_DAY,
        "instrument": "NRS",
        "score": 6,
    }


@pytest.mark.parametrize(
    ("code", "instrument"),
    [("72514-3^^LN", "NRS"), ("X1^^L^97909-6^^LN", "ODI"), ("RMDQ^Roland^L", "RMDQ"), ("odi", "ODI")],
)
def test_an_instrument_is_told_by_loinc_or_a_local_code(code: str, instrument: str) -> None:
    assert detail_of(a_result(obx(code)))["instrument"] == instrument


@pytest.mark.parametrize("code", ["8302-2^^LN", "72514-3^^L", "NRS^^LN", "", "WEIGHT^^L"])
def test_another_thing_is_no_score(code: str) -> None:
    assert noted(a_result(obx(code))) == [("message 1: OBX[1]", "is no score of an instrument that this audit knows")]


@pytest.mark.parametrize(
    ("type", "value", "score"),
    [
        ("NM", "6", 6),
        ("NM", "6.0", 6),
        ("NM", "0", 0),
        ("NM", "6.5", 6.5),
        ("ST", " 6 ", 6),
        ("SN", "^6", 6),
        ("CE", "LA10138-8^6^LN", 6),
        ("CWE", "LA6111-4^0^LN", 0),
    ],
)
def test_a_score_comes_in_several_types(type: str, value: str, score: float) -> None:
    assert detail_of(a_result(obx(value=value, type=type)))["score"] == score


@pytest.mark.parametrize(
    ("value", "reason", "place"),
    [
        ("", "missing_field", ": OBX-5"),
        ('""', "missing_field", ": OBX-5"),
        ("six", "wrong_type", ": OBX-5"),
        ("NaN", "out_of_range", ": OBX-5"),
        ("1E400", "out_of_range", ": OBX-5"),
        ("11", "out_of_range", " (detail)"),
    ],
)
def test_what_is_no_score_is_refused_alone(value: str, reason: str, place: str) -> None:
    answer = told(a_result(obx(value=value), obx("97909-6^^LN", "36")))
    assert refusals(answer) == [(reason, f"message 1: OBX[1]{place}")]
    assert [detail["instrument"] for detail in details(answer)] == ["ODI"]


@pytest.mark.parametrize(("unit", "score"), [("mm", 60), ("cm", 600)])
def test_a_line_is_told_apart_by_its_unit(unit: str, score: int) -> None:
    answer = told(a_result(obx("38214-3^^LN", "60", unit=unit)))
    assert [detail["score"] for detail in details(answer)] == ([60] if score == 60 else [])
    assert refused(a_result(obx("38214-3^^LN", "60")))[1] == "message 1: OBX[1]: OBX-6.unit"


@pytest.mark.parametrize(
    ("status", "ours"),
    [("F", "final"), ("C", "final"), ("D", "entered-in-error"), ("W", "entered-in-error"), ("P", None), ("", None)],
)
def test_only_a_final_result_counts_and_a_wrong_one_is_taken_back(status: str, ours: str | None) -> None:
    found = details(told(a_result(obx(status=status))))
    assert [detail["status"] for detail in found] == ([ours] if ours else [])


def test_a_result_is_dated_by_itself_then_by_its_order() -> None:
    undated = obx().removesuffix(f"{DAY}0905")
    assert detail_of(a_result(undated))["assessed_on"] == "2026-01-14"
    assert refused(a_result(undated, order=""))[0] == "missing_field"


def test_a_result_without_an_order_number_goes_by_patient_and_day() -> None:
    assert detail_of(a_result(order="OBR|1"))["measure_id"] == f"CLINIC/{MBI_KEY}/{ISO_DAY}#NRS"


def test_each_result_goes_with_the_order_before_it() -> None:
    two = written(msh("ORU^R01"), PID, "OBR|1||F1", obx(), "OBR|2||F2", obx("97909-6^^LN", "36"))
    assert [detail["measure_id"] for detail in details(told(two))] == ["CLINIC/F1#NRS", "CLINIC/F2#ODI"]


def test_a_message_of_no_results_is_noted() -> None:
    assert noted(written(msh("ORU^R01"), PID, "OBR|1||F1")) == [("message 1", "holds no result")]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r\n\n"])
@pytest.mark.parametrize("frame", ["{}", "\x0b{}\x1c\r", "\ufeff{}", "FHS|^~\\&\rBHS|^~\\&\r{}BTS|1\rFTS|1\r"])
def test_messages_are_found_whatever_ends_or_frames_them(frame: str, end: str) -> None:
    text = frame.format(a_charge() + a_result()).replace("\r", end)
    answer = told(text)
    assert [next(iter(detail)) for detail in details(answer)] == ["visit_id", "measure_id"]
    assert beginnings.hl7v2(text.encode())


@pytest.mark.parametrize(
    ("head", "hl7"),
    [
        (b"MSH|^~\\&|", True),
        (b"\x0bMSH|^~\\&|", True),
        (b"MSH|", False),
        (b"ISA*00*", False),
        (b'{"resourceType": "Bundle"}', False),
        (b"", False),
    ],
)
def test_hl7_is_known_by_its_header(head: bytes, hl7: bool) -> None:  # noqa: FBT001 - what is expected
    assert beginnings.hl7v2(head) == hl7


@pytest.mark.parametrize("marks", ["*:~\\&", "|^~\\\\&"])
def test_the_delimiters_are_those_of_the_message(marks: str) -> None:
    field, component, repetition = marks[0], marks[1], marks[2]
    standard = a_charge()
    header, rest = standard[:9], standard[9:]
    other = {"|": field, "^": component, "~": repetition}
    text = header[:3] + marks + field + "".join(other.get(character, character) for character in rest)
    assert detail_of(text) == detail_of(standard)


def test_what_was_escaped_is_read_as_it_was_meant() -> None:
    escaped = a_charge(patient="PID|1||7\\F\\7\\S\\\\T\\\\R\\\\E\\^^^EHR^MR")
    assert detail_of(escaped)["patient_id"] == "MR:EHR|7|7^&~\\"


@pytest.mark.parametrize("header", ["MSH", "MSH|", "MSH|^^^^|", "MSHA^~\\&A", "PID|1||77", "MSH|^~|"])
def test_a_message_without_delimiters_is_refused_and_the_next_is_not(header: str) -> None:
    answer = told(header + "\r", a_result())
    assert refusals(answer) == [("bad_form", "message 1: MSH-2")]
    assert [detail["instrument"] for detail in details(answer)] == ["NRS"]


def test_a_file_may_be_in_latin_1() -> None:
    text = a_charge(patient=PID.replace("JANE", "JOS\xc9")).encode("latin-1")
    (message,) = messages(io.BytesIO(text))
    assert message.raw == text.rstrip(b"\r")


def test_a_segment_may_be_longer_than_is_read_at_once() -> None:
    long = a_charge(ft1(), f"NTE|1||{'x' * 200_000}")
    assert len(details(told(long, a_result()))) == 2


def test_a_file_without_messages_says_nothing() -> None:
    assert told("") == []
