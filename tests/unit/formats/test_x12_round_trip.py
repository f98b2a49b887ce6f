"""Our sample events written as X12, judged valid by pyx12, and read back: the same events.

pyx12 knows the implementation guides whole and shares nothing with our reader or our writer.
"""

import io
import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pytest
from pyx12.params import ParamsBase
from pyx12.x12n_document import x12n_document

from local.samples import sample, scenarios
from shared.core.errors import Unreadable
from shared.core.events import SNAPSHOTS, Event, Kind
from shared.core.intake import parse_event
from shared.core.refusals import checked
from shared.formats import x12
from shared.formats.reading import Read
from tests.builders import a_claim, a_line, a_remittance
from tests.formats_writer import Segments, a_payment_loop, interchange, set_of_claims, set_of_payments, written
from tests.unit.formats.x12_samples import MADE, changed, claim_file

Envelope = dict[str, Any]
GUIDES = {"professional": "005010X222A1", "institutional": "005010X223A2"}


def valid(content: bytes) -> bool:
    return bool(x12n_document(ParamsBase(), io.StringIO(content.decode()), None, None))


def told(kind: str) -> list[Envelope]:
    """Every sound event of that kind in events/, each once, oldest first."""
    lines = [line for path in scenarios().values() for line in path.read_bytes().splitlines()]
    found: dict[str, Envelope] = {}
    for line in [sample("claim").encode(), sample("remittance").encode(), *lines]:
        try:
            parse_event(line)
        except Unreadable:
            continue
        event = json.loads(line)
        if event["detail-type"] == kind:
            found[event["id"]] = event
    return sorted(found.values(), key=made)


def made(envelope: Envelope) -> str:
    """When the sender made it, as X12 writes it; as a number it is the version of what is read."""
    return "".join(character for character in envelope["time"] if character.isdigit())


def members(envelopes: Sequence[Envelope]) -> dict[str, str]:
    """An MBI for each patient."""
    patients = sorted({envelope["detail"]["patient_id"] for envelope in envelopes})
    return {patient: f"1EG4TE5MK{number:02}" for number, patient in enumerate(patients)}


def expected(kind: Kind, envelopes: Sequence[Envelope], version: str = "") -> list[Event]:
    """The events as they were told, but for what X12 cannot say: the version is the time."""
    times = [int(version or made(envelope)) for envelope in envelopes]
    return [
        checked(SNAPSHOTS[kind], each["detail"] | {"version": time})
        for each, time in zip(envelopes, times, strict=True)
    ]


def read_back(kind: Kind, content: bytes, numbers: Mapping[str, str]) -> list[Event]:
    patients = {number: patient for patient, number in numbers.items()}
    pieces = list(x12.read(io.BytesIO(content), lambda _, value: patients[value]))
    return [checked(SNAPSHOTS[kind], piece.envelope["detail"]) for piece in pieces if isinstance(piece, Read)]


def file_of_claims(envelopes: Sequence[Envelope], numbers: Mapping[str, str], claim_type: str) -> bytes:
    """One transaction set for each time at which claims were made."""
    sets: list[Segments] = [
        set_of_claims([envelope["detail"] for envelope in at_once], numbers, time)
        for time, at_once in groupby(envelopes, key=made)
    ]
    return written(interchange("HC", GUIDES[claim_type], sets, MADE))


@pytest.mark.parametrize("claim_type", GUIDES)
def test_the_claims_of_our_stories_come_back_as_they_were(claim_type: str) -> None:
    claims = [claim for claim in told("ClaimSubmitted") if claim["detail"]["claim_type"] == claim_type]
    content = file_of_claims(claims, members(claims), claim_type)
    assert claims
    assert valid(content)
    assert read_back("claim", content, members(claims)) == expected("claim", claims)


def test_a_claim_with_everything_comes_back_as_it_was() -> None:
    codes = ["M54.59", "M54.16", "G89.29", "Z98.1", *(f"M25.5{digit}" for digit in range(8))]
    lines = [
        a_line(modifiers=["KX", "59", "GA", "XU"], diagnosis_pointers=[1, 12, 3, 4], units=2, charge="80.50"),
        a_line(2, procedure_code="99213", modifiers=["25"], rendering_npi="1300000019", place_of_service="19"),
    ]
    claim = a_claim(lines=lines, diagnoses=codes, payer="medicare_advantage", frequency_code="7")
    claim["detail"] |= {"replaces_claim_id": "ICN17", "condition": {"onset_date": "2024-06-01", "pregnant": True}}
    content = file_of_claims([claim], members([claim]), "professional")
    assert valid(content)
    assert read_back("claim", content, members([claim])) == expected("claim", [claim])


def test_the_payments_of_our_stories_come_back_as_they_were() -> None:
    """But for the payer's numbers, which our stories do not tell."""
    denied = a_remittance(a_claim(17), status="denied")
    payments = sorted([*told("RemittanceReceived"), denied], key=made)
    numbers = members(payments)
    sets = [
        set_of_payments([_loop(payment, numbers) for payment in at_once], paid_on)
        for paid_on, at_once in groupby(payments, key=lambda payment: payment["detail"]["paid_on"])
    ]
    content = written(interchange("HP", "005010X221A1", sets, MADE))
    assert valid(content)
    for read, payment in zip(
        read_back("remittance", content, numbers), expected("remittance", payments, MADE), strict=True
    ):
        ours = {"remittance_id": payment.record_id, "payer_claim_number": None}
        assert read.model_copy(update=ours) == payment


def _loop(payment: Envelope, numbers: Mapping[str, str]) -> Segments:
    status = "1" if any(line["status"] == "paid" for line in payment["detail"]["lines"]) else "4"
    return a_payment_loop(payment["detail"], numbers[payment["detail"]["patient_id"]], status=status)


def test_pyx12_would_tell_if_a_file_were_not_valid() -> None:
    assert not valid(written(changed(claim_file(), "CLM", 5, "")))
