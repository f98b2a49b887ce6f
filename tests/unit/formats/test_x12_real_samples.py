"""Published files that nobody here wrote, if their folder is beside the checkout: read or refused at a segment."""

from pathlib import Path
from typing import Any

import pytest

from shared.formats.reading import Noted, Piece, Read, Refused
from tests.unit.formats.x12_samples import read

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "x12"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples/x12 is not there")


def of(name: str) -> list[Piece]:
    return read((SAMPLES / name).read_bytes())


def details(name: str) -> list[Any]:
    return [piece.envelope["detail"] for piece in of(name) if isinstance(piece, Read)]


def test_the_claim_that_this_project_is_about() -> None:
    [claim] = details("837p/adapted-20560.837")
    assert claim == {
        "claim_id": "125WILL",
        "version": 20260115075420,
        "patient_id": "us-mbi 1EG4TE5MK73",
        "claim_type": "professional",
        "type_of_bill": None,
        "frequency_code": "1",
        "replaces_claim_id": None,
        "received_on": "2026-01-15",
        "payer": "medicare_ffs",
        "billing_npi": "1234567893",
        "diagnoses": ["M54.59"],
        "condition": {"onset_date": "2025-08-15"},
        "lines": [
            {
                "line_number": 1,
                "procedure_code": "20560",
                "modifiers": ["GP", "KX"],
                "units": 1,
                "date_of_service": "2026-01-15",
                "diagnosis_pointers": [1],
                "rendering_npi": "1234567893",
                "rendering_taxonomy": None,
                "supervising_npi": None,
                "place_of_service": "11",
                "charge": "145.50",
            }
        ],
    }


def test_a_payment_that_was_denied_line_by_line() -> None:
    [payment] = details("835/pyx12-835_mult_loops.835")
    lines = payment.pop("lines")
    assert payment == {
        "remittance_id": "000000000/1386000134/1/4276512332/2005555A",
        "version": 20141028160900,
        "patient_id": "member 00001612",
        "claim_id": "2005555A",
        "paid_on": "2004-10-28",
        "payer_claim_number": "4276512332",
        "claim_status": "denied",
        "adjustments": [],
        "rarcs": [],
    }
    nothing = {"allowed": "0", "paid": "0", "patient_responsibility": "0"}
    assert lines == [
        {
            "line_number": number,
            "procedure_code": "T1005",
            "status": "denied",
            **nothing,
            "adjustments": [{"group": group, "carc": carc, "amount": amount}],
            "rarcs": ["N14"],
        }
        for number, (group, carc, amount) in enumerate(
            [("CO", "16", "500.04"), ("OA", "A7", "127.8"), ("OA", "A7", "287.55")], 1
        )
    ]


def test_payments_of_whole_claims() -> None:
    payments = details("835/lfh-medicare-part-a.835")
    assert [(payment["claim_id"], payment["rarcs"], payment["lines"]) for payment in payments] == [
        ("666123", [], []),
        ("777777", ["MA02"], []),
    ]
    assert [payment["adjustments"][0]["amount"] for payment in payments] == ["73348.57", "3019.67"]


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("837p/lfh-demo.example1.837", ["not_in_list at segment 29 HI: diagnoses in ICD-9-CM"]),
        ("837p/lfh-demo.example6.837", ["bad_form at segment 21 CLM05: not three components of this kind of claim"]),
        ("837p/lfh-demo.example8.837", ["not_in_list at segment 23 HI: diagnoses in ICD-9-CM"]),
        # Their payment is dated in a month 23.
        ("835/lfh-managed-care.835", [f"not_a_date at segment {number} CLP: BPR16" for number in (13, 20)]),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_segment(name: str, refused: list[str]) -> None:
    pieces = of(name)
    assert [f"{piece.reason} at {piece.place}" for piece in pieces if isinstance(piece, Refused)] == refused
    assert details(name) == []


def test_every_claim_and_payment_of_every_file_is_read_or_refused() -> None:
    for path in SAMPLES.rglob("*.8*"):
        pieces = of(str(path.relative_to(SAMPLES)))
        content = path.read_bytes()
        begun = content.count(b"CLM*") + content.count(b"CLP*")
        assert begun == sum(not isinstance(piece, Noted) for piece in pieces), path.name
