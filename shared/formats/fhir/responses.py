"""ClaimResponse -> RemittanceReceived, with the Claim it answers: only that says which procedure a line is."""

from collections.abc import Iterator
from typing import Any

from shared.core.errors import Reason
from shared.formats.fhir.benefits import Payment, remitted
from shared.formats.fhir.billed import TAKEN_BACK, Adjudication, Billed, Item, coded
from shared.formats.fhir.codes import procedure_code
from shared.formats.fhir.dates import day, version
from shared.formats.fhir.elements import Element, Many, Reference, Resource
from shared.formats.fhir.people import patient_id
from shared.formats.fhir.shelf import Entry, Shelf, identity
from shared.formats.fhir.source import SOURCE
from shared.formats.piecework import Incomplete, Unfit, checked, envelope
from shared.formats.reading import Piece


class Answered(Element):
    item_sequence: int
    adjudication: Many[Adjudication] = ()


class ClaimResponse(Resource):
    status: str
    use: str = "claim"
    outcome: str
    patient: Reference | None = None
    created: str | None = None
    request: Reference | None = None
    payment: Payment = Payment()
    item: Many[Answered] = ()


def responses(shelf: Shelf, entry: Entry) -> Iterator[Piece]:
    response = entry.read(ClaimResponse)
    if response.use != "claim" or response.outcome not in ("complete", "partial"):
        raise Incomplete("is no decision on a claim")
    claim = shelf.find(response.request, entry)
    if claim is None or claim.kind != "Claim":
        raise Incomplete("does not name its procedures: the Claim in the same Bundle would")
    paid_on = day(response.payment.date or response.created, "payment.date")
    detail = _detail(shelf, entry, response, claim) | {"paid_on": paid_on}
    event = envelope(SOURCE, "RemittanceReceived", detail["remittance_id"], paid_on, detail)
    yield checked(event, entry.place, entry.as_it_came)


def _detail(shelf: Shelf, entry: Entry, response: ClaimResponse, claim: Entry) -> dict[str, Any]:
    billed = {item.sequence: item for item in claim.read(Billed).item}
    answered = [] if response.status in TAKEN_BACK else response.item
    return {
        "remittance_id": identity(entry),
        "version": version(response.meta),
        "patient_id": patient_id(shelf, response.patient, entry, "patient"),
        "claim_id": identity(claim),
        "lines": [line for number, item in enumerate(answered) for line in _lines(billed, item, number)],
    }


def _lines(billed: dict[int, Item], answered: Answered, number: int) -> Iterator[dict[str, Any]]:
    """None for an item without a procedure code: the Claim's own piece says that it is left out."""
    item = billed.get(answered.item_sequence)
    if item is None:
        raise Unfit(Reason.OUT_OF_RANGE, f"item[{number}].itemSequence")
    if not coded(item):
        return
    adjudicated = Item(sequence=item.sequence, adjudication=answered.adjudication)
    yield remitted(adjudicated, procedure_code(item.product_or_service), f"item[{number}]")
