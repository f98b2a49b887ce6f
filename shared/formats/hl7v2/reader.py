"""HL7 v2 -> events. Every message is told of: read, refused with its segment, or noted with why it makes no event.

ADT tells who the patient is and that a visit began or changed; it names no procedure, so that all but a cancellation
(A11) or deletion (A23) is noted: those take back the visit that charges of the same number and day have told.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from shared.core.errors import Reason
from shared.formats.hl7v2.charges import charges, visit_detail
from shared.formats.hl7v2.messages import Message, messages
from shared.formats.hl7v2.results import results
from shared.formats.hl7v2.senders import Sender, Senders, senders
from shared.formats.hl7v2.source import SOURCE
from shared.formats.hl7v2.times import day
from shared.formats.piecework import Incomplete, Unfit, attempted, checked, envelope
from shared.formats.reading import Identify, Piece, Refused

_CANCELS = ("A11", "A23")
_MERGES = ("A18", "A30", "A34", "A35", "A36", "A39", "A40", "A47")


def read(stream: BinaryIO, identify: Identify, known: Senders | None = None) -> Iterator[Piece]:
    table = known or senders()
    for message in messages(stream):
        if isinstance(message, Refused):
            yield message
        else:
            told = partial(_of, message, table.of_message(message.header), identify)
            yield from attempted(told, f"{message.place}: ", message.as_it_came)


def _of(message: Message, sender: Sender, identify: Identify) -> Iterator[Piece]:
    match message.type:
        case ("DFT", _):
            return charges(message, sender, identify)
        case ("ORU", _):
            return results(message, sender, identify)
        case ("ADT", trigger) if trigger in _CANCELS:
            return iter([_cancelled(message, sender, identify)])
        case ("ADT", trigger) if trigger in _MERGES:
            raise Incomplete("patients were merged: what was told under the old number must be told again")
        case ("ADT", _):
            raise Incomplete("names no procedure: the charges (DFT) of the visit would")
        case ("", _):
            raise Unfit(Reason.MISSING_FIELD, "MSH-9")
    raise Incomplete("is of a type that tells this audit nothing")


def _cancelled(message: Message, sender: Sender, identify: Identify) -> Piece:
    """A visit taken back must not be lost for want of a fact."""
    visit = message.first("PV1")
    if visit is None or not visit.text(19):
        raise Unfit(Reason.MISSING_FIELD, "PV1-19")
    on = day(visit.text(44), "PV1-44")
    try:
        detail = visit_detail(message, sender, identify, on, []) | {"status": "cancelled"}
    except Incomplete:
        raise Unfit(Reason.MISSING_FIELD, "PV1-7") from None
    return checked(envelope(SOURCE, "VisitRecorded", detail["visit_id"], on, detail), visit.place, message.as_it_came)
