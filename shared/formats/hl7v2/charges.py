"""DFT^P03 -> VisitRecorded: charges say that needling was done and not that it was billed, so they make no claim.

A visit is what one visit number has on one day, since a course of treatment often runs under one number. Charges and
credits of a message are set against each other by code; where nothing is left, the visit was entered in error. What a
charge cannot say of a visit (place, note, muscles, injection, stimulation, profession) is left out: not stated.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, NamedTuple

from shared.core.errors import Reason
from shared.formats.codes import dotted, needling
from shared.formats.hl7v2.messages import Message
from shared.formats.hl7v2.people import npi, patient_id, payer_of
from shared.formats.hl7v2.segments import Segment, part
from shared.formats.hl7v2.senders import Sender, told
from shared.formats.hl7v2.source import SOURCE
from shared.formats.hl7v2.times import day
from shared.formats.piecework import Incomplete, Unfit, attempted, checked, envelope
from shared.formats.reading import Identify, Noted, Piece

_MOST = Decimal(10_000)


class Charge(NamedTuple):
    """A needling service in an FT1 with what follows it; `quantity` is negative when it is taken back."""

    segments: list[Segment]
    on: str
    code: str
    kind: str
    quantity: Decimal

    @property
    def place(self) -> str:
        return self.segments[0].place


def charges(message: Message, sender: Sender, identify: Identify) -> Iterator[Piece]:
    by_day: defaultdict[str, list[Charge]] = defaultdict(list)
    for segments in _groups(message):
        yield from attempted(partial(_take, segments, sender, by_day), f"{segments[0].place}: ", message.as_it_came)
    for on, done in by_day.items():
        told = partial(_visit, message, sender, identify, on, done)
        yield from attempted(told, f"{done[0].place}: ", message.as_it_came)
        yield from (Noted(f"goes with the visit at {done[0].place}", charge.place) for charge in done[1:])


def _take(segments: list[Segment], sender: Sender, by_day: defaultdict[str, list[Charge]]) -> tuple[Piece, ...]:
    """A charge of needling is kept for the visit of its day and says nothing yet."""
    charge = _charge(segments, sender)
    by_day[charge.on].append(charge)
    return ()


def _groups(message: Message) -> list[list[Segment]]:
    """Each FT1 with the segments up to the next."""
    groups: list[list[Segment]] = []
    for segment in message.segments:
        if segment.name == "FT1":
            groups.append([segment])
        elif groups:
            groups[-1].append(segment)
    if not groups:
        raise Unfit(Reason.MISSING_FIELD, "FT1")
    return groups


def _charge(segments: list[Segment], sender: Sender) -> Charge:
    first = segments[0]
    transaction = first.text(6)
    if transaction not in (*sender.charges, *sender.credits):
        raise Incomplete("is neither a charge nor a credit, as the table of senders has them")
    coded = [part(it, 1) for it in told(sender.procedure, segments)]
    needled = [(code, kind) for code in coded if (kind := needling(code))]
    if not needled:
        what = "a procedure that is no needling" if coded else f"no procedure code in {' or '.join(sender.procedure)}"
        raise Incomplete(f"has {what}")
    quantity = _quantity(first.text(10)) * (-1 if transaction in sender.credits else 1)
    return Charge(segments, day(first.text(4), "FT1-4"), *needled[0], quantity)


def _quantity(text: str) -> Decimal:
    """None told is one; some senders write credits as negative charges."""
    try:
        quantity = Decimal(text or "1")
    except InvalidOperation:
        raise Unfit(Reason.WRONG_TYPE, "FT1-10") from None
    if not quantity.is_finite() or abs(quantity) > _MOST:
        raise Unfit(Reason.OUT_OF_RANGE, "FT1-10")
    return quantity


def _visit(message: Message, sender: Sender, identify: Identify, on: str, done: list[Charge]) -> Iterator[Piece]:
    left: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for charge in done:
        left[charge.kind, charge.code] += charge.quantity
    kinds = {kind for (kind, _), quantity in left.items() if quantity > 0}
    if len(kinds) > 1:
        raise Unfit(Reason.AMBIGUOUS, "FT1: both dry needling and acupuncture in one visit")
    detail = visit_detail(message, sender, identify, on, [it for charge in done for it in charge.segments])
    detail["status"] = "completed" if kinds else "entered-in-error"
    if kinds:
        detail["procedure"] = {"kind": kinds.pop()}
    yield checked(envelope(SOURCE, "VisitRecorded", detail["visit_id"], on, detail), done[0].place, message.as_it_came)


def visit_detail(
    message: Message, sender: Sender, identify: Identify, on: str, segments: list[Segment]
) -> dict[str, Any]:
    """What charge and cancellation alike tell of a visit."""
    payer = payer_of(message, sender)
    patient = patient_id(message, payer, identify)
    around = [*segments, *message.of("DG1"), *message.of("PV1")]
    performers = [it for field in sender.performer for it in told((field,), around)]
    told_of_payer = {"payer": payer} if payer else {}
    return {
        "visit_id": f"{message.facility}/{_number(message) or patient}/{on}",
        "version": message.version,
        "patient_id": patient,
        "date_of_service": on,
        "diagnoses": list(dict.fromkeys(dotted(part(it, 1)) for it in told(sender.diagnoses, around) if part(it, 1))),
        "performer": {"npi": npi(performers)},
        "measures": [],
    } | told_of_payer


def _number(message: Message) -> str:
    """The visit number, else the patient's account."""
    visit, identification = message.first("PV1"), message.first("PID")
    return (visit.text(19) if visit else "") or (identification.text(18) if identification else "")
