"""The head of a transaction set: what every claim or payment in it shares."""

from typing import NamedTuple

from shared.core.errors import Reason
from shared.formats.x12.blocks import Block
from shared.formats.x12.faults import Malformed
from shared.formats.x12.known import HEAD_OF_CLAIMS, HEAD_OF_PAYMENTS
from shared.formats.x12.segments import Segment
from shared.formats.x12.values import element, iso_date, version_of

PROFESSIONAL, INSTITUTIONAL, REMITTANCE = "005010X222", "005010X223", "005010X221"
_GUIDE_LENGTH = len(PROFESSIONAL)
_CLAIM_TYPES = {PROFESSIONAL: "professional", INSTITUTIONAL: "institutional"}


class Transaction(NamedTuple):
    """`made_on` and `version` date what was sent; of a payment `paid_on` and `trace` name the cheque or transfer.

    With a `fault` nothing in the transaction can be read; with neither fault nor guide it is of a kind we do not read.
    """

    kind: str = ""
    claim_type: str = ""
    interchange: str = "0"
    version: int = 0
    made_on: str = ""
    time: str = ""
    paid_on: str = ""
    trace: str = ""
    fault: Malformed | None = None


OUTSIDE = Transaction(fault=Malformed(Reason.BAD_FORM, "outside any transaction set (ST)"))


def transaction_of(block: Block, group: Segment, interchange: str) -> Transaction:
    """The transaction that begins with `block`, in the functional group that began with the GS segment `group`."""
    kind = element(block.segments[0], 1)
    try:
        if kind == "837":
            return _claims(block, group, interchange)
        if kind == "835":
            return _payments(block, group, interchange)
    except Malformed as fault:
        return Transaction(kind, interchange=interchange, fault=fault)
    return Transaction(interchange=interchange)


def _claims(block: Block, group: Segment, interchange: str) -> Transaction:
    block.refuse_unknown(HEAD_OF_CLAIMS)
    guide = (element(block.segments[0], 3) or element(group, 8))[:_GUIDE_LENGTH]
    if guide not in _CLAIM_TYPES:
        raise Malformed(Reason.NOT_IN_LIST, block.place(0, "ST03: neither 005010X222 nor 005010X223"))
    offset, made = _first(block, "BHT")
    try:
        version, made_on = version_of(element(made, 4), element(made, 5)), iso_date(element(made, 4))
    except ValueError:
        raise Malformed(Reason.NOT_A_DATE, block.place(offset, "BHT04, BHT05")) from None
    return Transaction("837", _CLAIM_TYPES[guide], interchange, version, made_on, _time(version))


def _payments(block: Block, group: Segment, interchange: str) -> Transaction:
    block.refuse_unknown(HEAD_OF_PAYMENTS)
    if not element(group, 8).startswith(REMITTANCE):
        raise Malformed(Reason.NOT_IN_LIST, block.place(0, "ST: its group (GS08) is not 005010X221"))
    try:
        version = version_of(element(group, 4), element(group, 5))
    except ValueError:
        raise Malformed(Reason.NOT_A_DATE, block.place(0, "ST: GS04, GS05 of its group")) from None
    offset, money = _first(block, "BPR")
    try:
        paid_on = iso_date(element(money, 16))
    except ValueError:
        raise Malformed(Reason.NOT_A_DATE, block.place(offset, "BPR16")) from None
    offset, traced = _first(block, "TRN")
    if not element(traced, 2):
        raise Malformed(Reason.MISSING_FIELD, block.place(offset, "TRN02"))
    trace = f"{element(traced, 2)}/{element(traced, 3)}"
    return Transaction("835", "", interchange, version, "", _time(version), paid_on, trace)


def _first(block: Block, name: str) -> tuple[int, Segment]:
    for offset, segment in enumerate(block.segments):
        if segment[0] == name:
            return offset, segment
    raise Malformed(Reason.MISSING_FIELD, block.place(0, f"{block.opener}: no {name} follows"))


def _time(version: int) -> str:
    """When the sender made it, for tracing. X12 says no time zone, so it is written as if it were UTC."""
    text = f"{version:014}"
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}Z"
