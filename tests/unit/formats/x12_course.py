"""A course of fourteen needling visits as its claims and the payer's answers; events/formats holds both as files.

It is the course of the FHIR sample beside them. `python -m tests.unit.formats.x12_course` writes the files anew.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.builders import a_claim, a_line, a_remittance
from tests.formats_writer import a_payment_loop, interchange, set_of_claims, set_of_payments, written

FORMATS = Path(__file__).parents[3] / "events" / "formats"
FIRST = date(2026, 1, 5)
MBI = "1EG4TE5MK73"
_PATIENT = "P-1"


def claims() -> list[dict[str, Any]]:
    """Weekly, with KX from the thirteenth."""
    return [_claim(number, FIRST + timedelta(weeks=number - 1)) for number in range(1, 15)]


def _claim(number: int, on: date) -> dict[str, Any]:
    line = a_line(on=on, modifiers=["KX"] if number > 12 else [])
    detail: dict[str, Any] = a_claim(number, on=on, patient_id=_PATIENT, lines=[line])["detail"]
    return detail | {"condition": {"onset_date": "2025-06-01"}}


def files() -> dict[str, bytes]:
    """The content of each file by its name: a transaction set for each day on which claims were made or paid."""
    billed = [
        set_of_claims([claim], {_PATIENT: MBI}, claim["received_on"].replace("-", "") + "080000") for claim in claims()
    ]
    answers = [a_remittance({"detail": claim})["detail"] for claim in claims()]
    paid = [
        set_of_payments([a_payment_loop(answer, MBI, own=f"ICN{number:02}")], answer["paid_on"])
        for number, answer in enumerate(answers, 1)
    ]
    return {
        "fourteen-visits.837": written(interchange("HC", "005010X222A1", billed, "20260407080000")),
        "fourteen-visits.835": written(interchange("HP", "005010X221A1", paid, "20260421090000")),
    }


if __name__ == "__main__":
    for name, content in files().items():
        (FORMATS / name).write_bytes(content)
