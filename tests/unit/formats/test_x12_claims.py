"""What is read from a claim of an 837, element by element, and what is refused at which segment."""

from typing import Any

import pytest

from shared.core.claims import ClaimSubmitted
from shared.core.refusals import checked
from shared.formats.reading import Refused
from tests.builders import a_claim, a_line
from tests.formats_writer import Segments
from tests.unit.formats.x12_samples import (
    MBI,
    changed,
    claim_file,
    details,
    hospital_claim,
    notes,
    pieces,
    refusals,
    the_detail,
    with_after,
    without,
)

LINE = 23  # the place of LX in the sample file
CLAIM = 20


def the_line(segments: Segments) -> dict[str, Any]:
    [line] = the_detail(segments)["lines"]
    return dict(line)


def test_a_claim_is_read_whole() -> None:
    """The number of the patient is replaced by its key; the version is when the sender made the claim."""
    detail = the_detail(claim_file())
    assert detail == {
        "claim_id": "C-1-01",
        "version": 20250107080000,
        "patient_id": f"us-mbi {MBI}",
        "claim_type": "professional",
        "type_of_bill": None,
        "frequency_code": "1",
        "replaces_claim_id": None,
        "received_on": "2025-01-07",
        "payer": "medicare_ffs",
        "billing_npi": "1234567893",
        "diagnoses": ["M54.59"],
        "condition": None,
        "lines": [a_claim()["detail"]["lines"][0] | {"rendering_taxonomy": None, "supervising_npi": None}],
    }


def test_a_claim_of_a_hospital_is_read_whole() -> None:
    detail = the_detail(claim_file(hospital_claim(diagnoses=["M54.59", "G89.29"]), kind="institutional"))
    assert (detail["type_of_bill"], detail["diagnoses"]) == ("0131", ["M54.59", "G89.29"])
    assert detail["lines"][0]["diagnosis_pointers"] == []
    assert detail["lines"][0]["place_of_service"] is None
    assert detail["lines"][0]["rendering_npi"] == "1200000010"  # the attending provider, where no other is named


def test_the_envelope_says_whose_it_is_and_nothing_of_the_patient() -> None:
    [piece] = pieces(claim_file())
    assert {name: value for name, value in piece.envelope.items() if name != "detail"} == {  # type: ignore[union-attr]
        "id": "x12-000000017-20",
        "source": "ncd-audit.x12",
        "detail-type": "ClaimSubmitted",
        "time": "2025-01-07T08:00:00Z",
    }


@pytest.mark.parametrize(
    ("code", "payer"), [("MB", "medicare_ffs"), ("MA", "medicare_ffs"), ("16", "medicare_advantage"), ("CI", "other")]
)
def test_the_payer_is_the_one_the_claim_was_sent_to(code: str, payer: str) -> None:
    """What another payer covers stands in loop 2320, and on a line in 2430: nothing of it is read."""
    other = [["SBR", "S", "18", "", "", "", "", "", "", "12"], ["OI", "", "", "Y"], ["NM1", "IL", "1", "X"]]
    other += [["NM1", "PR", "2", "OTHER", "", "", "", "", "PI", "17"], ["REF", "F8", "THEIRS"]]
    segments = with_after(changed(claim_file(), "SBR", 9, code), "NM1 82", *other)
    decided = with_after(
        segments, "REF 6R", ["SVD", "17", "1.00", "HC:97810", "", "9"], ["DTP", "573", "D8", "20250108"]
    )
    detail = the_detail(decided)
    assert (detail["payer"], detail["replaces_claim_id"]) == (payer, None)
    assert detail["lines"][0]["units"] == 1


@pytest.mark.parametrize(
    ("code", "dotted"), [("M5459", "M54.59"), ("M545", "M54.5"), ("G43", "G43"), ("M54.59", "M54.59")]
)
def test_diagnoses_get_their_dot_back(code: str, dotted: str) -> None:
    assert the_detail(changed(claim_file(), "HI", 1, f"ABK:{code}"))["diagnoses"] == [dotted]


def test_other_information_is_no_diagnosis() -> None:
    claim = hospital_claim()
    segments = with_after(claim_file(claim, kind="institutional"), "HI", ["HI", "BE:80:::15", "BH:11:D8:20250101"])
    assert the_detail(with_after(segments, "HI", ["HI", "APR:R520"]))["diagnoses"] == ["M54.59"]


@pytest.mark.parametrize(("indicator", "pregnant"), [("Y", True), ("N", False)])
def test_pregnancy_and_onset_are_carried_where_they_are_said(indicator: str, pregnant: bool) -> None:  # noqa: FBT001
    segments = with_after(claim_file(), "SBR", ["PAT", *[""] * 8, indicator])
    segments = with_after(segments, "CLM", ["DTP", "431", "D8", "20241001"])
    assert the_detail(segments)["condition"] == {"onset_date": "2024-10-01", "pregnant": pregnant}


def test_the_line_says_who_rendered_before_the_claim_and_the_claim_before_the_billing_provider() -> None:
    claim = claim_file()
    taxonomy = ["PRV", "PE", "PXC", "171100000X"]
    supervisor = ["NM1", "DQ", "1", "S", "", "", "", "", "XX", "1300000019"]
    by_claim = with_after(claim, "NM1 82", taxonomy, supervisor)
    by_line = with_after(by_claim, "REF 6R", ["NM1", "82", "1", "L", "", "", "", "", "XX", "1400000018"])
    told = [
        (line["rendering_npi"], line["rendering_taxonomy"], line["supervising_npi"])
        for line in map(the_line, (without(claim, "NM1 82"), by_claim, by_line))
    ]
    assert told == [
        ("1234567893", None, None),
        ("1200000010", "171100000X", "1300000019"),
        ("1400000018", None, "1300000019"),
    ]


def test_a_line_may_have_its_own_place() -> None:
    assert the_line(changed(changed(claim_file(), "SV1", 5, ""), "CLM", 5, "19:B:1"))["place_of_service"] == "19"
    assert the_line(changed(claim_file(), "SV1", 5, "22"))["place_of_service"] == "22"


@pytest.mark.parametrize(("charge", "told"), [("40", "40"), (".5", "0.5"), ("40.00", "40.00"), ("-1.5", "-1.5")])
def test_charges_are_decimal_strings(charge: str, told: str) -> None:
    assert the_line(changed(changed(claim_file(), "SV1", 2, charge), "CLM", 2, charge))["charge"] == told


@pytest.mark.parametrize("days", ["20250106", "20250106-20250106"])
def test_a_service_is_of_one_day(days: str) -> None:
    segments = changed(changed(claim_file(), "DTP 472", 3, days), "DTP 472", 2, "RD8" if "-" in days else "D8")
    assert the_line(segments)["date_of_service"] == "2025-01-06"


def test_a_hospital_may_state_the_day_for_all_lines() -> None:
    segments = without(claim_file(hospital_claim(), kind="institutional"), "DTP 472")
    assert the_line(segments)["date_of_service"] == "2025-01-06"
    assert refusals(changed(segments, "DTP 434", 3, "20250106-20250107")) == [("bad_form", "segment 21 DTP03")]


def test_lines_are_numbered_as_the_835_will_name_them() -> None:
    lines = [a_line(), a_line(2, procedure_code="99213")]
    segments = claim_file(a_claim(lines=lines)["detail"])
    assert [line["line_number"] for line in the_detail(changed(segments, "REF 6R", 2, "771"))["lines"]] == [771, 2]
    for control in ("2", "A1", "1234567890"):  # twice, no number, too long for one
        assert [line["line_number"] for line in the_detail(changed(segments, "REF 6R", 2, control))["lines"]] == [1, 2]


def test_lines_without_a_hcpcs_code_are_left_out_and_noted() -> None:
    segments = with_after(claim_file(hospital_claim(), kind="institutional"), "REF 6R", ["LX", "2"])
    segments = with_after(segments, "LX 2", ["SV2", "0250", "", "0", "UN", "3"])
    assert notes(segments) == [
        ("a line without a HCPCS code, or in minutes of anaesthesia, is left out", "segment 29 LX")
    ]
    assert [len(detail["lines"]) for detail in details(segments)] == [1]


def test_a_replacement_names_the_payers_number_of_the_claim_before() -> None:
    claim = a_claim(frequency_code="7", replaces_claim_id="ICN17")["detail"]
    detail = the_detail(claim_file(claim))
    assert (detail["frequency_code"], detail["replaces_claim_id"]) == ("7", "ICN17")


def test_a_claim_made_later_has_the_greater_version() -> None:
    segments = claim_file()
    times = [("20250107", "0800"), ("20250107", "080001"), ("20250108", "0001")]
    versions = [the_detail(changed(changed(segments, "BHT", 4, day), "BHT", 5, time))["version"] for day, time in times]
    assert versions == sorted(set(versions))


def test_a_charge_that_is_not_the_sum_of_the_lines_is_noted() -> None:
    assert notes(changed(claim_file(), "CLM", 2, "41")) == [
        ("the charge of the claim is not the sum of its lines", f"segment {CLAIM} CLM02")
    ]


@pytest.mark.parametrize(
    ("name", "number", "value", "reason", "place"),
    [
        ("BHT", 4, "20251301", "not_a_date", "segment 20 CLM: BHT04"),
        ("CLM", 1, "", "bad_form", "segment 20 CLM: CLM01"),
        ("CLM", 2, "40,00", "bad_form", "segment 20 CLM02"),
        ("CLM", 5, "11>B>1", "bad_form", "segment 20 CLM05: not three components of this kind of claim"),
        ("CLM", 5, "11:A:1", "bad_form", "segment 20 CLM05: not three components of this kind of claim"),
        ("CLM", 5, "11:B:5", "not_in_list", "segment 20 CLM: CLM05-3"),
        ("HI", 1, "BK:7245", "not_in_list", "segment 21 HI: diagnoses in ICD-9-CM"),
        ("HI", 1, "ABF:M5459", "bad_form", "segment 21 HI: ABK is not the first"),
        ("HI", 1, "XXX:M5459", "not_in_list", "segment 21 HI: qualifier"),
        ("HI", 1, "ABK:5459", "bad_form", "segment 20 CLM: HI"),
        ("NM1 82", 9, "", "missing_field", "segment 22 NM109: no NPI"),
        ("NM1 82", 9, "12", "bad_form", "segment 23 LX: NM109 (82)"),
        ("NM1 82", 1, "IL", "bad_form", "segment 22 NM101: not in a claim"),
        ("LX", 1, "2", "bad_form", "segment 23 LX01: not the next number"),
        ("SV1", 1, "HC:2056", "bad_form", "segment 23 LX: SV101-2 or SV202-2"),
        ("SV1", 1, "ZZ:20560", "not_in_list", "segment 24 SV101-1"),
        ("SV1", 2, "", "missing_field", "segment 24 SV102"),
        ("SV1", 3, "F2", "not_in_list", "segment 24 SV103"),
        ("SV1", 4, "0.5", "bad_form", "segment 24 SV104"),
        ("SV1", 4, "0", "out_of_range", "segment 23 LX: SV104 or SV205"),
        ("SV1", 7, "", "missing_field", "segment 24 SV107"),
        ("SV1", 7, "2", "out_of_range", "segment 20 CLM"),
        ("DTP 472", 3, "2025-01-06", "bad_form", "segment 25 DTP03"),
        ("DTP 472", 3, "20250230", "not_a_date", "segment 23 LX: DTP03 (472)"),
        ("DTP 472", 2, "TM", "bad_form", "segment 25 DTP03"),
        ("DTP 472", 4, "X", "bad_form", "segment 25 DTP: too many elements"),
    ],
)
def test_a_claim_that_says_something_wrong_is_refused_at_its_segment(
    name: str, number: int, value: str, reason: str, place: str
) -> None:
    assert refusals(changed(claim_file(), name, number, value)) == [(reason, place)]
    assert details(changed(claim_file(), name, number, value)) == []


@pytest.mark.parametrize(
    ("missing", "reason", "place"),
    [
        ("DTP 472", "missing_field", "segment 23 DTP03"),
        ("SV1", "missing_field", "segment 23 LX: no SV1 or SV2 follows"),
        ("LX", "missing_field", "segment 20 CLM: no LX follows"),
        ("BHT", "missing_field", "segment 19 CLM: segment 3 ST: no BHT follows"),
        (
            "SBR",
            "missing_field",
            "segment 19 CLM: a level (HL) may be lost since segment 13 HL: SBR09 of its subscriber",
        ),
    ],
)
def test_a_claim_that_lacks_something_is_refused(missing: str, reason: str, place: str) -> None:
    assert refusals(without(claim_file(), missing))[-1] == (reason, place)


def test_two_lines_or_claims_that_ran_together_are_not_read_as_one() -> None:
    lines = claim_file(a_claim(lines=[a_line(), a_line(2, procedure_code="99213")])["detail"])
    assert refusals(without(lines, "LX 2")) == [("bad_form", "segment 27 SV1: twice")]
    claims = claim_file(*(a_claim(number)["detail"] for number in (1, 2)))
    ran_together = without(without(claims, "CLM C-1-02"), "HL 3")
    assert details(ran_together) == []


def test_what_is_refused_is_kept_as_it_came() -> None:
    claims = [a_claim(number)["detail"] for number in (1, 2, 3)]
    segments = changed(claim_file(*claims), "DTP 472", 3, "x")
    [raw] = [piece.raw for piece in pieces(segments) if isinstance(piece, Refused)]
    assert raw.startswith(b"CLM*C-1-01*")
    assert raw.endswith(b"~REF*6R*1~")
    assert [detail["claim_id"] for detail in details(segments)] == ["C-1-02", "C-1-03"]


def test_every_claim_read_is_one_of_the_core() -> None:
    for detail in (the_detail(claim_file()), the_detail(claim_file(hospital_claim(), kind="institutional"))):
        assert checked(ClaimSubmitted, detail).record_id == "C-1-01"
