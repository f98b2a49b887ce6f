"""A claim of a table, and what the payer made of it, as envelopes of ours for the one door.

Nothing is judged: what the table says in another form than ours goes on as it is, and is refused there.
"""

import json
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal

from local.lookback.claims import BILLED, DIAGNOSIS, HEADER, OF_HEADER, OF_LINE, Claim, Row

SOURCE = "ncd-audit.table"  # a reader of ours, whose silence proves nothing

Kind = Literal["ClaimSubmitted", "RemittanceReceived"]
Values = tuple[Any, ...]
Told = tuple[Values, list[Values]]  # of the whole, and of each line

CLAIM = ("claim_id", "version", "patient_id", *HEADER)
CLAIM_LINE = BILLED
ANSWER = ("remittance_id", "version", "patient_id", "claim_id", "paid_on")
ANSWER_LINE = (
    "line_number",
    "procedure_code",
    "status",
    "allowed",
    "paid",
    "patient_responsibility",
    "adjustments",
    "rarcs",
)

_NUMBER = re.compile(r"[+-]?[0-9_]*\.?[0-9]*([eE][+-]?[0-9]{1,3})?", re.ASCII)
_LETTERS = re.compile(r"[A-L]+")
_NUMBERS = re.compile(r"[0-9]{1,2}([ ,:;|]+[0-9]{1,2})*", re.ASCII)
_BETWEEN = re.compile(r"[ ,:;|]+")
_DIGITS = Decimal("1e-6")
_RECEIVED_ON = HEADER.index("received_on")
_remembered = lru_cache(maxsize=4096)


def envelope(claim_id: str | None, kind: Kind, told: Told) -> str:
    fields, of_line = (CLAIM, CLAIM_LINE) if kind == "ClaimSubmitted" else (ANSWER, ANSWER_LINE)
    said, lines = told
    detail = dict(zip(fields, said, strict=True)) | {"lines": [dict(zip(of_line, line, strict=True)) for line in lines]}
    body = {"id": claim_id, "source": SOURCE, "detail-type": kind, "detail": detail}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def claim_told(claim: Claim) -> Told:
    patient_id, claim_id, version = claim.which
    *said, diagnoses = claim.rows[0][OF_HEADER]
    named = _named(_listed(diagnoses), claim.rows)
    return (claim_id, _whole(version), patient_id, *said, named), [_line(row, named) for row in claim.rows]


def _named(diagnoses: tuple[str, ...], rows: Sequence[Row]) -> tuple[str, ...]:
    """The claim's diagnoses, and those that only its lines name."""
    of_lines = {row[DIAGNOSIS] for row in rows}.difference(diagnoses, (None,))
    return (*diagnoses, *sorted(of_lines)) if of_lines else diagnoses


def _line(row: Row, named: tuple[str, ...]) -> Values:
    number, code, modifiers, units, day, pointers, npi, place, charge, diagnosis, *_ = row[OF_LINE]
    pointed = (named.index(diagnosis) + 1,) if diagnosis else _pointers(pointers, len(named))
    return _whole(number), code, _listed(modifiers), _whole(units), day, pointed, npi, place, charge


@_remembered
def _listed(codes: str) -> tuple[str, ...]:
    return tuple(json.loads(codes))


@_remembered
def _pointers(text: str | None, count: int) -> tuple[int, ...] | str:
    """Told as `all`, `AB` or `1,2`; what is none of these stays text, which the door refuses."""
    match text:
        case None:
            return ()
        case "all":
            return (*range(1, count + 1),)
    if _LETTERS.fullmatch(text):
        return tuple(ord(letter) - ord("A") + 1 for letter in text)
    return tuple(map(int, _BETWEEN.split(text))) if _NUMBERS.fullmatch(text) else text


@_remembered
def _whole(text: str | None) -> int | str | None:
    """A whole number: "2.0000" is 2. What is none stays text, which the door refuses."""
    number = _number(text)
    return text if number is None or number != int(number) else int(number)


def _number(text: str | None) -> Decimal | None:
    """To six digits, as warehouses keep quantities; None for what is no number."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text).quantize(_DIGITS, ROUND_HALF_UP)
    except InvalidOperation:
        return None


def answer_told(claim: Claim) -> Told:
    """What the payer made of the claim; of the lines of which the table knows it, and maybe of none."""
    patient_id, claim_id, version = claim.which
    lines = [row[OF_LINE] for row in claim.rows]
    paid_on = max((day for *_, day in lines if day), default=claim.rows[0][OF_HEADER][_RECEIVED_ON])
    named = claim_id and f"{claim_id} answered"
    return (named, _whole(version), patient_id, claim_id, paid_on), [*filter(None, map(_answered, lines))]


def _answered(line: Row) -> Values | None:
    number, code, *_, status, allowed, paid, rest, _ = line
    if paid is None:
        return None
    return _whole(number), code, status or _status(allowed, paid), allowed or paid, paid, rest or "0.00", (), ()


@_remembered
def _status(allowed: str | None, paid: str) -> str:
    """Where the table does not say so, a line of which nothing was allowed or paid was denied."""
    return "paid" if _number(allowed) or _number(paid) != 0 else "denied"
