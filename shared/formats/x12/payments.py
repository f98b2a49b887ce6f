"""A payment of an 835 (loops 2100 and 2110) as a RemittanceReceived.

Identity. `claim_id` is CLP01, which gives back the CLM01 of the claim (in a reversal that of the claim reversed: X12's
RFI 2150). `remittance_id` is the trace number with its originator (TRN02, TRN03), then 0 for a reversal and 1 for any
other payment, then the numbers of the payer and of the claim (CLP07, CLP01). Of two of one day the greater id stands,
so a correction stands over the reversal that comes with it, in whatever order. What cannot be known: which of two
payments of one day under different trace numbers was made last.

A reversal (CLP02 = 22) takes back what was paid, whether a correction follows or not: nothing of its lines is allowed
or paid any more. Its adjustments are kept as they stand.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shared.core.claims import RemittanceReceived
from shared.core.errors import Reason
from shared.formats.reading import Identify, Noted, Piece, Read
from shared.formats.x12.blocks import Block
from shared.formats.x12.envelopes import envelope, line_numbers, refuse_unfit
from shared.formats.x12.faults import Malformed
from shared.formats.x12.known import PAYMENT
from shared.formats.x12.parts import Part, parts_of_payment
from shared.formats.x12.patients import dependent_key, member_key
from shared.formats.x12.transactions import Transaction
from shared.formats.x12.values import amount, decimal_string, element

DENIED, REVERSED = "4", "22"
# Processed as primary, secondary or tertiary; the same and forwarded to another payer.
_PROCESSED = frozenset(("1", "2", "3", "19", "20", "21"))
# Not our claim and forwarded; a predetermination: nothing was decided on a service furnished.
_UNDECIDED = frozenset(("23", "25"))
# The patient's share of a service that was covered, or another payer's payment: nothing paid, and yet not denied.
_COVERED_UNPAID = frozenset(
    (("PR", "1"), ("PR", "2"), ("PR", "3"), ("PR", "66"), ("PR", "247"), ("PR", "248"), ("OA", "23"))
)
_HCPCS = "HC"
# Dental, drug, rate and revenue codes: a line of the claim without a HCPCS code, which is no line of ours either.
_OTHER_CODES = frozenset(("AD", "ER", "HP", "IV", "N4", "NU", "UI", "WK"))
_REMARKS = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}
_ELEMENTS = {
    "remittance_id": "TRN02, TRN03, CLP07 or CLP01",
    "claim_id": "CLP01",
    "paid_on": "BPR16",
    "procedure_code": "SVC01-2 or SVC06-2",
    "line_number": "REF02 (6R)",
}
_NOTHING = Decimal(0)


def read_payment(block: Block, transaction: Transaction, identify: Identify) -> Iterator[Piece]:
    """Notes, and the payment; raises `Malformed` if it cannot be read."""
    block.refuse_unknown(PAYMENT)
    if transaction.fault:
        raise Malformed(transaction.fault.reason, block.place(0, f"CLP: {transaction.fault.place}"))
    claim, lines = parts_of_payment(block)
    status = claim.text("CLP", 2)
    if status in _UNDECIDED:
        yield Noted(
            "nothing was decided on a service: not this payer's claim, or a predetermination", block.place(0, "CLP02")
        )
        return
    if status not in _PROCESSED | {DENIED, REVERSED}:
        raise Malformed(Reason.NOT_IN_LIST, block.place(0, "CLP02"))
    detail = _detail(claim, lines, status, transaction, identify)
    refuse_unfit(RemittanceReceived, detail, block, [line for line in lines if _is_ours(line)], _ELEMENTS)
    for line in lines:
        if not _is_ours(line):
            yield Noted("a line without a HCPCS code is left out", line.place("SVC", "SVC01-1"))
    if not lines:
        yield Noted("a payment without service lines says nothing of any line of its claim", block.place(0, "CLP"))
    yield Read(envelope("RemittanceReceived", detail, transaction, block.number), block.place(0, "CLP"))


def _detail(
    claim: Part, lines: list[Part], status: str, transaction: Transaction, identify: Identify
) -> dict[str, Any]:
    own, payers = claim.text("CLP", 1), claim.text("CLP", 7)
    rank = 0 if status == REVERSED else 1
    numbers = line_numbers([line.text("REF 6R", 2) for line in lines])
    detail = {
        "remittance_id": f"{transaction.trace}/{rank}/{payers}/{own}",
        "version": transaction.version,
        "patient_id": _patient(claim, identify),
        "claim_id": own,
        "paid_on": transaction.paid_on,
        "claim_status": {DENIED: "denied", REVERSED: "reversed"}.get(status, "paid"),
        "adjustments": _adjustments(claim),
        "rarcs": [code for key, places in _REMARKS.items() for place in places if (code := claim.text(key, place))],
        "lines": [
            {"line_number": number} | _line(line, status)
            for number, line in zip(numbers, lines, strict=True)
            if _is_ours(line)
        ],
    }
    return detail | ({"payer_claim_number": payers} if payers else {})


def _patient(claim: Part, identify: Identify) -> str:
    """By the number that the claim was sent with; where another is the insured, the patient is that one's dependent."""
    insured = claim.text("NM1 IL", 9)
    if insured and "NM1 QC" in claim:
        return dependent_key(identify, insured, claim.text("NM1 QC", 3), claim.text("NM1 QC", 4))
    if number := claim.text("NM1 QC", 9):
        return member_key(identify, number)
    raise Malformed(Reason.MISSING_FIELD, claim.place("NM1 QC", "NM109 (QC)"))


def _is_ours(line: Part) -> bool:
    qualifier = _procedure(line)[0]
    if qualifier != _HCPCS and qualifier not in _OTHER_CODES:
        raise Malformed(Reason.NOT_IN_LIST, line.place("SVC", "SVC01-1"))
    return qualifier == _HCPCS


def _line(line: Part, status: str) -> dict[str, Any]:
    adjustments = _adjustments(line)
    paid = line.value(amount, "SVC", 3)
    share = sum((Decimal(each["amount"]) for each in adjustments if each["group"] == "PR"), _NOTHING)
    stated = line.value(amount, "AMT B6", 2)
    covered = paid > 0 or stated > 0 or any((each["group"], each["carc"]) in _COVERED_UNPAID for each in adjustments)
    denied = status in (DENIED, REVERSED) or not covered
    # Where the payer does not state what it allowed: what it paid and what it left to the patient.
    allowed = _NOTHING if denied else stated or paid + share
    if status == REVERSED:
        paid = share = _NOTHING
    return {
        "procedure_code": element(_procedure(line), 1),
        "status": "denied" if denied else "paid",
        "allowed": f"{allowed:f}",
        "paid": f"{paid:f}",
        "patient_responsibility": f"{share:f}",
        "adjustments": adjustments,
        "rarcs": [element(segment, 2) for segment in line.all("LQ") if element(segment, 1) == "HE"],
    }


def _procedure(line: Part) -> list[str]:
    """As billed, which stands in SVC06 if the payer decided on another code."""
    return line.components("SVC", 6) if line.text("SVC", 6) else line.components("SVC", 1)


def _adjustments(part: Part) -> list[dict[str, str]]:
    """Each of the up to six reasons in every CAS, with its group."""
    return [
        {"group": element(segment, 1), "carc": element(segment, n), "amount": _amount(part, element(segment, n + 1))}
        for segment in part.all("CAS")
        for n in range(2, len(segment), 3)
        if any(segment[n : n + 3])
    ]


def _amount(part: Part, text: str) -> str:
    try:
        return decimal_string(text)
    except ValueError:
        raise Malformed(Reason.BAD_FORM, part.place("CAS", "CAS: an amount")) from None
