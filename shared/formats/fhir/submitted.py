"""A Claim, or what an ExplanationOfBenefit tells of one, as a ClaimSubmitted.

A claim that its sender cancels or takes back is the same claim in a later version without lines: nothing is billed by
it any more. A related claim that is "prior" is replaced by this one.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from shared.core.errors import Reason
from shared.formats.fhir.billed import TAKEN_BACK, Billed, Diagnosis, Item, coded, codes, money
from shared.formats.fhir.codes import diagnosis, modifier, place_of_service, procedure_code
from shared.formats.fhir.coverage import payer_named
from shared.formats.fhir.dates import day, version
from shared.formats.fhir.elements import (
    Identifier,
    Number,
    Reference,
)
from shared.formats.fhir.encounters import Condition
from shared.formats.fhir.people import clinician, patient_id
from shared.formats.fhir.shelf import Entry, Shelf, identity, relative
from shared.formats.piecework import Incomplete, Unfit

_PRIOR = "prior"
_RENDERING = ("rendering", "performing")
_RECEIVED = "clmrecvddate"
_TYPE_OF_BILL = "typeofbill"
_BILL = re.compile(r"[0-9]{3,4}", re.ASCII)


def claim_detail(shelf: Shelf, entry: Entry, billed: Billed, claim_id: str) -> dict[str, Any]:
    """The claim as our event has it."""
    focal = [it for it in billed.insurance if it.focal] or billed.insurance
    found = _diagnoses(shelf, entry, billed)
    replaced = _replaced(shelf, entry, billed)
    return {
        "claim_id": claim_id,
        "version": version(billed.meta),
        "patient_id": patient_id(shelf, billed.patient, entry, "patient"),
        "claim_type": billed.claim_type,
        "type_of_bill": _type_of_bill(billed),
        "frequency_code": "7" if replaced else "1",
        "replaces_claim_id": replaced,
        "received_on": _received(billed),
        "payer": payer_named(shelf, (it.coverage for it in focal), entry),
        "billing_npi": _npi(shelf, entry, [billed.provider], "provider"),
        "diagnoses": list(found.values()),
        "lines": [] if billed.status in TAKEN_BACK else _lines(shelf, entry, billed, list(found)),
    }


def _type_of_bill(billed: Billed) -> str | None:
    told = billed.information(_TYPE_OF_BILL)
    if billed.claim_type != "institutional" or told is None:
        return None
    return next((code.zfill(4) for code in codes(told.code) if _BILL.fullmatch(code)), None)


def _received(billed: Billed) -> str:
    told = billed.information(_RECEIVED)
    return day(told.timing_date, "supportingInfo") if told else day(billed.created, "created")


def _replaced(shelf: Shelf, entry: Entry, billed: Billed) -> str | None:
    prior = next((it.claim for it in billed.related if it.claim and _PRIOR in codes(it.relationship)), None)
    return claim_named(shelf, entry, prior)


def claim_named(shelf: Shelf, entry: Entry, reference: Reference | None) -> str | None:
    """The claim_id of what a reference names, also when it is in another file."""
    if reference is None:
        return None
    claim = shelf.find(reference, entry)
    logical = reference.identifier or Identifier()
    return identity(claim) if claim else relative(reference.reference) if reference.reference else logical.value


def _diagnoses(shelf: Shelf, entry: Entry, billed: Billed) -> dict[int, str]:
    """By their sequence; our pointers count the diagnoses as they stand in the list."""
    found: dict[int, str] = {}
    for number, told in sorted(enumerate(billed.diagnosis), key=lambda numbered: numbered[1].sequence):
        code = _diagnosis(shelf, entry, told)
        if code is None:
            raise Unfit(Reason.MISSING_FIELD, f"diagnosis[{number}]: no ICD-10-CM code")
        if told.sequence in found:
            raise Unfit(Reason.AMBIGUOUS, f"diagnosis[{number}].sequence")
        found[told.sequence] = code
    return found


def _diagnosis(shelf: Shelf, entry: Entry, told: Diagnosis) -> str | None:
    if told.diagnosis_codeable_concept:
        return diagnosis(told.diagnosis_codeable_concept)
    condition = shelf.find(told.diagnosis_reference, entry)
    return condition.read(Condition).diagnosis if condition and condition.kind == "Condition" else None


def _lines(shelf: Shelf, entry: Entry, billed: Billed, sequences: list[int]) -> list[dict[str, Any]]:
    return [
        _line(shelf, entry, billed, sequences, number)
        for number in range(len(billed.item))
        if coded(billed.item[number])
    ]


def _line(shelf: Shelf, entry: Entry, billed: Billed, sequences: list[int], number: int) -> dict[str, Any]:
    item, path = billed.item[number], f"item[{number}]"
    pointed = item.diagnosis_sequence if billed.claim_type == "professional" else []
    if not set(pointed) <= set(sequences):
        raise Unfit(Reason.OUT_OF_RANGE, f"{path}.diagnosisSequence")
    return {
        "line_number": item.sequence,
        "procedure_code": procedure_code(item.product_or_service),
        "modifiers": [modifier(concept, f"{path}.modifier[{place}]") for place, concept in enumerate(item.modifier)],
        "units": _units(item.quantity.value, f"{path}.quantity"),
        "date_of_service": day(item.serviced_date or item.serviced_period.start, f"{path}.serviced"),
        "diagnosis_pointers": [sequences.index(sequence) + 1 for sequence in pointed],
        "rendering_npi": _npi(shelf, entry, _rendering(billed, item), f"{path}.careTeamSequence"),
        "place_of_service": place_of_service(item.location_codeable_concept),
        "charge": money(_charge(item, path)),
    }


def _units(quantity: Number | None, path: str) -> int:
    """A line without a quantity is one of the thing."""
    if quantity is None:
        return 1
    if quantity != int(quantity):
        raise Unfit(Reason.WRONG_TYPE, path)
    return int(quantity)


def _charge(item: Item, path: str) -> Decimal:
    charge = Decimal(str(item.net.value)) if item.net.value is not None else item.amount("submitted")
    if charge is None:
        raise Unfit(Reason.MISSING_FIELD, f"{path}.net")
    return charge


def _rendering(billed: Billed, item: Item) -> list[Reference | None]:
    """The item's own of the care team, else the one whose role says so; whoever renders alone bills as provider."""
    team = [it for it in billed.care_team if it.sequence in item.care_team_sequence]
    by_role = [it for it in team or billed.care_team if set(codes(it.role)) & set(_RENDERING)]
    return [*(it.provider for it in by_role or team), billed.provider]


def _npi(shelf: Shelf, entry: Entry, references: Iterable[Reference | None], path: str) -> str:
    found = (clinician(shelf, reference, entry) for reference in references)
    npi = next((it.npi for it in found if it), None)
    if npi is None:
        raise Incomplete(f"no NPI at {path}: the Practitioner or Organization in the same Bundle would supply it")
    return npi
