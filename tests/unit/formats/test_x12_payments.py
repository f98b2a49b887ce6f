"""What is read from a payment of an 835: what was paid, what was denied, what was taken back, and to which claim."""

from typing import Any

import pytest

from shared.core.claims import RemittanceReceived
from shared.core.refusals import checked
from tests.builders import a_claim, a_line, a_remittance
from tests.formats_writer import Segments, a_payment_loop
from tests.unit.formats.x12_samples import (
    MBI,
    changed,
    claim_file,
    details,
    notes,
    payment_file,
    pieces,
    refusals,
    the_detail,
    with_after,
    without,
)

PAYMENT = 13  # the place of CLP in the sample file


def the_line(segments: Segments) -> dict[str, Any]:
    [line] = the_detail(segments)["lines"]
    return dict(line)


def test_a_payment_is_read_whole() -> None:
    """The claim is named by the number that the clinic gave it, and the patient is the one of the claim."""
    told = a_remittance(a_claim())["detail"]
    assert the_detail(payment_file()) == {
        "remittance_id": "T17/1000000017/1/ICN17/C-1-01",
        "version": 20250107080000,
        "patient_id": the_detail(claim_file())["patient_id"],
        "claim_id": told["claim_id"],
        "paid_on": "2025-01-21",
        "lines": told["lines"],
        "payer_claim_number": "ICN17",
        "claim_status": "paid",
        "adjustments": [],
        "rarcs": [],
    }


def test_a_denied_line_says_why() -> None:
    claim = a_claim()
    segments = payment_file(a_payment_loop(a_remittance(claim, status="denied")["detail"], MBI))
    line = the_line(with_after(segments, "CAS", ["LQ", "HE", "N115"], ["LQ", "RX", "75"]))
    assert (line["status"], line["allowed"], line["paid"], line["rarcs"]) == ("denied", "0", "0.00", ["N115"])
    assert line["adjustments"] == [{"group": "CO", "carc": "50", "amount": "40.00"}]


@pytest.mark.parametrize(
    ("adjusted", "status", "allowed", "share"),
    [
        (["PR", "1", "40"], "paid", "40", "40"),  # all of it the deductible: covered, and a session to the payer
        (["PR", "50", "40"], "denied", "0", "40"),  # the patient had signed an ABN
        (["OA", "23", "40"], "paid", "0", "0"),  # another payer had paid
        (["CO", "45", "15", "", "253", "25"], "denied", "0", "0"),
    ],
)
def test_a_line_that_got_nothing_was_denied_unless_it_was_covered(
    adjusted: list[str], status: str, allowed: str, share: str
) -> None:
    segments = without(without(payment_file(), "CAS"), "CAS")
    segments = without(changed(segments, "SVC", 3, "0"), "AMT")
    line = the_line(with_after(segments, "DTM 472", ["CAS", *adjusted]))
    assert (line["status"], line["allowed"], line["patient_responsibility"]) == (status, allowed, share)


def test_the_allowed_amount_is_what_was_paid_and_left_to_the_patient_unless_it_is_stated() -> None:
    assert the_line(payment_file())["allowed"] == "25.00"
    assert the_line(changed(payment_file(), "AMT", 2, "26"))["allowed"] == "26"
    assert the_line(without(payment_file(), "AMT"))["allowed"] == "25.00"


def test_every_reason_of_a_segment_is_read() -> None:
    segments = changed(payment_file(), "CAS", 5, "253")
    segments = changed(segments, "CAS", 6, ".51")
    assert the_line(segments)["adjustments"] == [
        {"group": "CO", "carc": "45", "amount": "15.00"},
        {"group": "CO", "carc": "253", "amount": "0.51"},
        {"group": "PR", "carc": "2", "amount": "5.00"},
    ]


def test_a_reversal_takes_back_what_was_paid_and_a_correction_stands_over_it() -> None:
    """In the file the reversal stands last, and still of the two ids the correction's is the greater."""
    remittance = a_remittance(a_claim())["detail"]
    correction = a_payment_loop(remittance, MBI, own="ICN18")
    reversal = a_payment_loop(remittance, MBI, status="22", own="ICN19")
    corrected, reversed_ = details(payment_file(correction, reversal))
    assert (reversed_["claim_status"], reversed_["lines"][0]["status"]) == ("reversed", "denied")
    assert {reversed_["lines"][0][name] for name in ("allowed", "paid", "patient_responsibility")} == {"0"}
    assert max(corrected, reversed_, key=lambda detail: detail["remittance_id"]) is corrected


def test_what_is_said_of_the_whole_claim_is_kept_beside_its_lines() -> None:
    segments = with_after(payment_file(), "NM1 QC", ["MOA", "", "", "MA01", "MA18"])
    detail = the_detail(with_after(segments, "CLP", ["CAS", "CO", "A2", "5"]))
    assert detail["adjustments"] == [{"group": "CO", "carc": "A2", "amount": "5"}]
    assert detail["rarcs"] == ["MA01", "MA18"]
    assert detail["lines"][0]["adjustments"][0]["carc"] == "45"


def test_a_payment_without_lines_is_read_and_noted() -> None:
    remittance = a_remittance(a_claim())["detail"] | {"lines": []}
    segments = payment_file(a_payment_loop(remittance, MBI))
    assert details(segments)[0]["lines"] == []
    assert notes(segments) == [
        ("a payment without service lines says nothing of any line of its claim", f"segment {PAYMENT} CLP")
    ]


def test_lines_are_matched_by_the_number_that_the_837_gave_them_else_by_their_place() -> None:
    claim = a_claim(lines=[a_line(), a_line(2, procedure_code="99213")])
    segments = payment_file(a_payment_loop(a_remittance(claim)["detail"], MBI))
    assert [line["line_number"] for line in the_detail(changed(segments, "REF 6R", 2, "771"))["lines"]] == [771, 2]
    assert [line["line_number"] for line in the_detail(changed(segments, "REF 6R", 2, "A1"))["lines"]] == [1, 2]


def test_a_line_bears_the_code_that_was_billed() -> None:
    assert the_line(changed(payment_file(), "SVC", 1, "HC:97810"))["procedure_code"] == "97810"
    recoded = changed(changed(payment_file(), "SVC", 1, "HC:97810"), "SVC", 6, "HC:20560")
    assert the_line(recoded)["procedure_code"] == "20560"


def test_a_line_without_a_hcpcs_code_is_left_out_and_noted() -> None:
    segments = changed(payment_file(), "SVC", 1, "NU:0250")
    assert details(segments)[0]["lines"] == []
    assert ("a line without a HCPCS code is left out", "segment 15 SVC01-1") in notes(segments)


def test_a_dependent_is_known_by_the_number_of_the_insured_and_the_name_in_both_files() -> None:
    paid = with_after(payment_file(), "NM1 QC", ["NM1", "IL", "1", "DOE", "ANN", "", "", "", "MI", MBI])
    dependent = [["HL", "3", "2", "23", "0"], ["PAT", "19"], ["NM1", "QC", "1", "Doe", "John"]]
    billed = with_after(claim_file(), "NM1 PR", *dependent)
    assert the_detail(paid)["patient_id"] == the_detail(billed)["patient_id"] == f"member {MBI}|DOE|JOHN"


def test_a_number_that_is_no_mbi_is_the_payers_own() -> None:
    assert the_detail(changed(payment_file(), "NM1 QC", 9, "SEG4TE5MK73"))["patient_id"] == "member SEG4TE5MK73"
    assert the_detail(changed(payment_file(), "NM1 QC", 9, "1eg4-te5-mk73"))["patient_id"] == f"us-mbi {MBI}"


@pytest.mark.parametrize("status", ["23", "25"])
def test_what_decides_nothing_is_noted(status: str) -> None:
    segments = changed(payment_file(), "CLP", 2, status)
    assert details(segments) == []
    assert [place for _, place in notes(segments)] == [f"segment {PAYMENT} CLP02"]


@pytest.mark.parametrize(
    ("name", "number", "value", "reason", "place"),
    [
        ("GS", 8, "005010X222A1", "not_in_list", "segment 13 CLP: segment 3 ST: its group (GS08) is not 005010X221"),
        ("GS", 5, "2460", "not_a_date", "segment 13 CLP: segment 3 ST: GS04, GS05 of its group"),
        ("BPR", 16, "", "not_a_date", "segment 13 CLP: segment 4 BPR16"),
        ("BPR", 16, "20002316", "not_a_date", "segment 13 CLP: BPR16"),
        ("TRN", 2, "", "missing_field", "segment 13 CLP: segment 5 TRN02"),
        ("CLP", 1, "", "bad_form", "segment 13 CLP: CLP01"),
        ("CLP", 2, "99", "not_in_list", "segment 13 CLP02"),
        ("NM1 QC", 9, "", "missing_field", "segment 14 NM109 (QC)"),
        ("SVC", 1, "XX:20560", "not_in_list", "segment 15 SVC01-1"),
        ("SVC", 1, "HC:2056", "bad_form", "segment 15 SVC: SVC01-2 or SVC06-2"),
        ("SVC", 3, "2O.00", "bad_form", "segment 15 SVC03"),
        ("CAS", 3, "x", "bad_form", "segment 17 CAS: an amount"),
        ("LQ", 3, "x", "bad_form", "segment 20 LQ: too many elements"),
    ],
)
def test_a_payment_that_says_something_wrong_is_refused_at_its_segment(
    name: str, number: int, value: str, reason: str, place: str
) -> None:
    segments = with_after(payment_file(), "REF 6R", ["LQ", "HE", "N1"])
    assert refusals(changed(segments, name, number, value))[-1] == (reason, place)
    assert details(changed(segments, name, number, value)) == []


def test_one_payment_refused_leaves_the_others() -> None:
    loops = [a_payment_loop(a_remittance(a_claim(number))["detail"], MBI) for number in (1, 2, 3)]
    segments = changed(payment_file(*loops), "SVC", 3, "x")
    assert [detail["claim_id"] for detail in details(segments)] == ["C-1-02", "C-1-03"]
    assert len(pieces(segments)) == 3


def test_every_payment_read_is_one_of_the_core() -> None:
    assert checked(RemittanceReceived, the_detail(payment_file())).record_id == "T17/1000000017/1/ICN17/C-1-01"
