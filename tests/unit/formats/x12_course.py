"""The course of `fhir_course` as a clinic bills it and the payer answers: the 837P files and the 835 of events/formats.

`python -m tests.unit.formats.x12_course` writes the files anew.
"""

from datetime import date, timedelta
from typing import Any

from tests.builders import NEEDLER, a_claim, a_line, a_remittance
from tests.formats_writer import a_payment_loop, an_835, an_837, written
from tests.unit.formats.fhir_course import FILE, FIRST
from tests.unit.formats.x12_samples import MBI

CLAIMS = [FILE.with_name(f"fourteen-visits-{part}.837") for part in (1, 2)]
PAYMENTS = FILE.with_name("fourteen-visits.835")
ONSET = "2025-06-01"
_MEMBERS = {"P-1": MBI}
_HALF = 7


def a_billed_course() -> list[dict[str, Any]]:
    """Weekly claims of one line, KX from the thirteenth; the number on the claim is the clinic's own."""
    return [_claim(number) for number in range(1, 15)]


def _claim(number: int) -> dict[str, Any]:
    on = FIRST + timedelta(weeks=number - 1)
    line = a_line(on=on, modifiers=["KX"] if number > 12 else [], rendering_npi=NEEDLER)
    claim = a_claim(f"C{number:02}", on=on, received_on=on, lines=[line], condition={"onset_date": ONSET})
    return claim | {"detail": claim["detail"] | {"billing_npi": NEEDLER}}


def files() -> dict[str, bytes]:
    """File name -> content: claims of the first and the second seven weeks, and one cheque for all."""
    course = [claim["detail"] for claim in a_billed_course()]
    first, second = course[:_HALF], course[_HALF:]
    paid = [a_payment_loop(a_remittance(claim)["detail"], MBI) for claim in a_billed_course()]
    halves = zip(CLAIMS, (first, second), strict=True)
    billed = {path.name: written(an_837(half, _MEMBERS, _made(half[-1]["received_on"]))) for path, half in halves}
    until = date.fromisoformat(second[-1]["received_on"]) + timedelta(days=14)
    return billed | {PAYMENTS.name: written(an_835(paid, _made(str(until)), str(until)))}


def _made(on: str) -> str:
    return on.replace("-", "") + "200000"


if __name__ == "__main__":
    for name, content in files().items():
        FILE.with_name(name).write_bytes(content)
