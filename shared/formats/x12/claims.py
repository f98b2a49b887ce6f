"""A claim of an 837 (loops 2300 to 2430) as a ClaimSubmitted.

Identity. `claim_id` is CLM01, the number that the 835 gives back in CLP01 and that other systems know too; a claim sent
again under its number is its next version. What cannot be known: that a clinic uses one number, such as the patient's
account, for several claims. Two of them in one file are a conflict and go to quarantine; of two in different files the
later stands.

`replaces_claim_id` is REF*F8 as it stands: the payer's number of the earlier claim, which only an 835 ties to ours
(CLP07 to CLP01). The core does that, because here the 835 may not have come yet.

A line is numbered by its control number (REF*6R) where all lines have one that is a number, for the 835 repeats it;
otherwise by LX. Of the loops 2320, which are another payer's, nothing is read.
"""

from collections.abc import Iterator
from typing import Any

from shared.core.claims import ClaimSubmitted
from shared.formats.reading import Noted, Piece, Read
from shared.formats.x12.blocks import Block
from shared.formats.x12.claim_facts import condition, diagnoses, facility_and_frequency
from shared.formats.x12.envelopes import envelope, refuse_unfit
from shared.formats.x12.faults import Malformed
from shared.formats.x12.known import CLAIM
from shared.formats.x12.levels import Level
from shared.formats.x12.parts import Part, parts_of_claim
from shared.formats.x12.services import Service, claimed, lines_of, service
from shared.formats.x12.transactions import Transaction
from shared.formats.x12.values import amount

_ELEMENTS = {
    "claim_id": "CLM01",
    "frequency_code": "CLM05-3",
    "type_of_bill": "CLM05-1",
    "replaces_claim_id": "REF02 (F8)",
    "received_on": "BHT04",
    "billing_npi": "NM109 (85)",
    "diagnoses": "HI",
    "onset_date": "DTP03 (431)",
    "line_number": "REF02 (6R)",
    "procedure_code": "SV101-2 or SV202-2",
    "modifiers": "SV101-3 or SV202-3",
    "units": "SV104 or SV205",
    "date_of_service": "DTP03 (472)",
    "diagnosis_pointers": "SV107",
    "rendering_npi": "NM109 (82)",
    "place_of_service": "SV105 or CLM05-1",
    "charge": "SV102 or SV203",
}


def read_claim(block: Block, level: Level, transaction: Transaction) -> Iterator[Piece]:
    """Notes, and the claim; raises `Malformed` if it cannot be read."""
    block.refuse_unknown(CLAIM)
    if fault := transaction.fault or level.fault:
        raise Malformed(fault.reason, block.place(0, f"CLM: {fault.place}"))
    whole, parts = parts_of_claim(block)
    place, of_claim = _of_claim(whole, level, transaction)
    claim = claimed(whole, level.billing_npi, place)
    services = [service(part, position, claim) for position, part in enumerate(parts, 1)]
    detail = of_claim | {"lines": lines_of(services)}
    refuse_unfit(ClaimSubmitted, detail, block, [each.part for each in services if each.detail], _ELEMENTS)
    yield from _notes(whole, services)
    yield Read(envelope("ClaimSubmitted", detail, transaction, block.number), block.place(0, "CLM"))


def _of_claim(whole: Part, level: Level, transaction: Transaction) -> tuple[str | None, dict[str, Any]]:
    """The place of service of lines that say none, and what the event says of the claim as a whole."""
    facility, frequency = facility_and_frequency(whole, transaction.claim_type)
    institutional = transaction.claim_type == "institutional"
    return None if institutional else facility, {
        "claim_id": whole.text("CLM", 1),
        "version": transaction.version,
        "patient_id": level.patient_id,
        "claim_type": transaction.claim_type,
        "type_of_bill": f"0{facility}{frequency}" if institutional else None,
        "frequency_code": frequency,
        "replaces_claim_id": whole.text("REF F8", 2) or None,
        "received_on": transaction.made_on,
        "payer": level.payer,
        "billing_npi": level.billing_npi,
        "diagnoses": diagnoses(whole),
        "condition": condition(whole, level) or None,
    }


def _notes(whole: Part, services: list[Service]) -> Iterator[Noted]:
    for each in services:
        if each.detail is None:
            what = "a line without a HCPCS code, or in minutes of anaesthesia, is left out"
            yield Noted(what, each.part.place("LX", "LX"))
    charge = whole.value(amount, "CLM", 2)
    if charge != sum(amount(each.charge) for each in services):
        yield Noted("the charge of the claim is not the sum of its lines", whole.place("CLM", "CLM02"))
