"""A claim of an 837 (loops 2300 to 2430) as a ClaimSubmitted.

Identity. `claim_id` is CLM01, the number that the 835 gives back in CLP01 and that other systems know too; a claim sent
again under its number is its next version. What cannot be known: that a clinic uses one number, such as the patient's
account, for several claims. Two of them in one file are a conflict and go to quarantine; of two in different files the
later stands.

`replaces_claim_id` is REF*F8 as it stands: the payer's number of the earlier claim, which only an 835 ties to ours
(CLP07 to CLP01). The core does that, because here the 835 may not have come yet.

A line is numbered by its control number (REF*6R) where all lines have one that is a number, for the 835 repeats it;
otherwise by LX. Of the loops 2320 and 2430, which are another payer's, nothing is read.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shared.formats.reading import Noted, Piece, Read
from shared.formats.x12.blocks import Block
from shared.formats.x12.claim_facts import condition, diagnoses, facility
from shared.formats.x12.envelopes import envelope, refuse_unfit
from shared.formats.x12.faults import Malformed, read_as
from shared.formats.x12.known import CLAIM
from shared.formats.x12.levels import Level
from shared.formats.x12.parts import Part, parts_of_claim
from shared.formats.x12.providers import providers_in
from shared.formats.x12.services import Service, lines_of, service
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
    detail = _detail(whole, level, transaction)
    services = [service(part, position, whole.text("DTP 434", 3)) for position, part in enumerate(parts, 1)]
    place = "" if transaction.claim_type == "institutional" else facility(whole, transaction.claim_type)[0]
    detail["lines"] = lines_of(services, providers_in(whole), level.billing_npi, place)
    refuse_unfit("claim", detail, block, [each.part for each in services if each.detail], _ELEMENTS)
    yield from _notes(whole, services)
    yield Read(envelope("ClaimSubmitted", detail, transaction, block.number), block.place(0, "CLM"))


def _detail(whole: Part, level: Level, transaction: Transaction) -> dict[str, Any]:
    place, frequency = facility(whole, transaction.claim_type)
    detail: dict[str, Any] = {
        "claim_id": whole.text("CLM", 1),
        "version": transaction.version,
        "patient_id": level.patient_id,
        "claim_type": transaction.claim_type,
        "frequency_code": frequency,
        "received_on": transaction.made_on,
        "payer": level.payer,
        "billing_npi": level.billing_npi,
        "diagnoses": diagnoses(whole),
    }
    if transaction.claim_type == "institutional":
        detail["type_of_bill"] = f"0{place}{frequency}"
    if "REF F8" in whole:
        detail["replaces_claim_id"] = whole.text("REF F8", 2)
    if stated := condition(whole, level):
        detail["condition"] = stated
    return detail


def _notes(whole: Part, services: list[Service]) -> Iterator[Noted]:
    for each in services:
        if each.detail is None:
            what = "a line without a HCPCS code, or in minutes of anaesthesia, is left out"
            yield Noted(what, each.part.place("LX", "LX"))
    charge = read_as(amount, whole.text("CLM", 2), whole.place("CLM", "CLM02"))
    if charge != sum(Decimal(each.charge) for each in services):
        yield Noted("the charge of the claim is not the sum of its lines", whole.place("CLM", "CLM02"))
