"""ExplanationOfBenefit -> RemittanceReceived, and ClaimSubmitted where no Claim will tell it.

The claim an EOB answers: the Claim it refers to; else by the patient account number, which is the CLM01 of an 837; else
by the payer's own number of the claim, and then the EOB tells the claim too, for those who have nothing but EOBs.
An EOB that is cancelled or entered in error is the same remittance without lines.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shared.core.errors import Reason
from shared.formats.fhir.billed import TAKEN_BACK, Billed, Item, coded, codes, money
from shared.formats.fhir.claims import left_out
from shared.formats.fhir.codes import procedure_code
from shared.formats.fhir.dates import day, version
from shared.formats.fhir.elements import Element, Reference
from shared.formats.fhir.people import patient_id
from shared.formats.fhir.shelf import Entry, Shelf, identity
from shared.formats.fhir.source import SOURCE
from shared.formats.fhir.submitted import claim_detail, claim_named
from shared.formats.piecework import Incomplete, Unfit, checked, envelope
from shared.formats.reading import Noted, Piece

_CARC = ("https://x12.org/codes/claim-adjustment-reason-codes",)
_RARC = ("https://x12.org/codes/remittance-advice-remark-codes",)
_ACCOUNT = "patientaccountnumber"
_PAYERS_NUMBER = "uc"
_ZERO = Decimal()


class Payment(Element):
    date: str | None = None


class Benefit(Billed):
    claim: Reference | None = None
    outcome: str = "complete"
    payment: Payment = Payment()

    @property
    def account_number(self) -> str | None:
        told = self.information(_ACCOUNT)
        return (told.value_string or next(iter(codes(told.code)), None)) if told else None

    @property
    def payers_number(self) -> str | None:
        return next((it.value for it in self.identifier if it.value and _PAYERS_NUMBER in codes(it.type)), None)


def benefits(shelf: Shelf, entry: Entry) -> Iterator[Piece]:
    benefit = entry.read(Benefit)
    if benefit.use != "claim" or benefit.claim_type is None:
        raise Incomplete("answers no professional or institutional claim")
    if benefit.status not in ("active", *TAKEN_BACK) or benefit.outcome not in ("complete", "partial"):
        raise Incomplete("is no decision yet: a later version will tell it")
    yield _remittance(shelf, entry, benefit)
    if not (benefit.claim or benefit.account_number):
        yield _claim(shelf, entry, benefit)
    yield from left_out(entry, benefit)


def _remittance(shelf: Shelf, entry: Entry, benefit: Benefit) -> Piece:
    paid_on = day(benefit.payment.date, "payment.date") if benefit.payment.date else day(benefit.created, "created")
    remittance_id = identity(entry)
    items = [] if benefit.status in TAKEN_BACK else enumerate(benefit.item)
    detail = {
        "remittance_id": remittance_id,
        "version": version(benefit.meta),
        "patient_id": patient_id(shelf, benefit.patient, entry, "patient"),
        "claim_id": _claim_id(shelf, entry, benefit),
        "paid_on": paid_on,
        "lines": [remitted(it, procedure_code(it.product_or_service), f"item[{n}]") for n, it in items if coded(it)],
    }
    return checked(
        envelope(SOURCE, "RemittanceReceived", remittance_id, paid_on, detail), entry.place, entry.as_it_came
    )


def _claim_id(shelf: Shelf, entry: Entry, benefit: Benefit) -> str:
    named = claim_named(shelf, entry, benefit.claim)
    return named or benefit.account_number or benefit.payers_number or identity(entry)


def _claim(shelf: Shelf, entry: Entry, benefit: Benefit) -> Piece:
    """The EOB was understood as a remittance: what it does not tell of the claim is no reason to refuse it."""
    try:
        detail = claim_detail(shelf, entry, benefit, _claim_id(shelf, entry, benefit))
    except (Incomplete, Unfit) as missing:
        return Noted(f"tells no claim beside the remittance: {missing}", entry.place)
    event = envelope(SOURCE, "ClaimSubmitted", detail["claim_id"], detail["received_on"], detail)
    return checked(event, entry.place, entry.as_it_came)


def remitted(item: Item, code: str | None, path: str) -> dict[str, Any]:
    """A line is paid if money or the patient's share came of it; one that takes another back is not.

    What was allowed, where it is not told, is what payer and patient pay together.
    """
    paid = item.amount("paidtoprovider", "benefit", "paidtopatient")
    if paid is None:
        raise Unfit(Reason.MISSING_FIELD, f"{path}.adjudication: no benefit")
    share = sum((item.amount(category) or _ZERO for category in ("deductible", "copay", "coinsurance")), _ZERO)
    allowed = item.amount("eligible", "allowed")
    owed = item.amount("memberliability")
    return {
        "line_number": item.sequence,
        "procedure_code": code,
        "status": "paid" if paid > 0 or share > 0 else "denied",
        "allowed": money(paid + share if allowed is None else allowed),
        "paid": money(paid),
        "patient_responsibility": money(share if owed is None else owed),
        "adjustments": list(_adjustments(item)),
        "rarcs": [code for it in item.adjudication for code in it.reason.codes(*_RARC)],
    }


def _adjustments(item: Item) -> Iterator[dict[str, str]]:
    """FHIR tells the reason and not the group, which says who bears the amount."""
    for it in item.adjudication:
        amount = money(Decimal(str(it.amount.value))) if it.amount.value is not None else "0.00"
        yield from ({"group": "", "carc": code, "amount": amount} for code in it.reason.codes(*_CARC))
