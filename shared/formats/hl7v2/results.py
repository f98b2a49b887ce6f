"""ORU^R01 -> MeasureRecorded: every OBX that is the score of a known instrument, by LOINC or a local code."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import partial

from shared.core.errors import Reason
from shared.formats.hl7v2.messages import Message
from shared.formats.hl7v2.people import patient_id, payer_of
from shared.formats.hl7v2.segments import Segment
from shared.formats.hl7v2.senders import Sender
from shared.formats.hl7v2.source import SOURCE
from shared.formats.hl7v2.times import day
from shared.formats.measures import Score, in_scale, instrument_of, instrument_of_local, ordinal
from shared.formats.piecework import Incomplete, Unfit, attempted, checked, envelope
from shared.formats.reading import Identify, Noted, Piece

_LOINC = "LN"
_STATUS = {"F": "final", "C": "final", "D": "entered-in-error", "W": "entered-in-error"}
_MOST = Decimal(10_000)


def results(message: Message, sender: Sender, identify: Identify) -> Iterator[Piece]:
    order: Segment | None = None
    for segment in message.segments:
        order = segment if segment.name == "OBR" else order
        if segment.name != "OBX":
            continue
        told = partial(_result, message, sender, identify, order, segment)
        yield from attempted(told, f"{segment.place}: ", message.as_it_came)
    if not message.of("OBX"):
        yield Noted("holds no result", message.place)


def _result(
    message: Message, sender: Sender, identify: Identify, order: Segment | None, told: Segment
) -> Iterator[Piece]:
    instrument = _instrument(told)
    status = _STATUS.get(told.text(11))
    if instrument is None:
        raise Incomplete("is no score of an instrument that this audit knows")
    if status is None:
        raise Incomplete("is not final: a later message will tell the score")
    on = day(told.text(14) or (order.text(7) if order else ""), "OBX-14")
    patient = patient_id(message, payer_of(message, sender), identify)
    number = (order.text(3) or order.text(2)) if order else ""
    measure_id = f"{message.facility}/{number or f'{patient}/{on}'}#{instrument}"
    about = {"measure_id": measure_id, "version": message.version, "status": status, "patient_id": patient}
    detail = about | {"assessed_on": on} | _score(told, instrument)._asdict()
    yield checked(envelope(SOURCE, "MeasureRecorded", measure_id, on, detail), told.place, message.as_it_came)


def _instrument(told: Segment) -> str | None:
    """OBX-3 holds a code and its system, and often another code and system beside them."""
    for code, system in ((1, 3), (4, 6)):
        known = instrument_of if told.text(3, system) == _LOINC else instrument_of_local
        if instrument := known(told.text(3, code)):
            return instrument
    return None


def _score(told: Segment, instrument: str) -> Score:
    """A number in OBX-5, with a comparator before it (SN), or the LOINC answer that stands for one."""
    value = told.text(5, 2) if told.text(2) == "SN" else told.text(5)
    answer = ordinal(value)
    return in_scale(instrument, answer if answer is not None else _number(value), told.text(6) or None, "OBX-6")


def _number(text: str) -> int | float:
    if not text:
        raise Unfit(Reason.MISSING_FIELD, "OBX-5")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unfit(Reason.WRONG_TYPE, "OBX-5") from None
    if not number.is_finite() or abs(number) > _MOST:
        raise Unfit(Reason.OUT_OF_RANGE, "OBX-5")
    return int(number) if number == int(number) else float(number)
