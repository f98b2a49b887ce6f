"""The types of the contract's fields: what JSON must look like before anything else sees it."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from shared.core.errors import Reason

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONEY = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
# Controls, what turns a line's direction, and what is no character: no log, mail or queue carries these unchanged.
_FIT = r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff]*$"

# Days and amounts recur, from record to record and with every snapshot of the same record.
_remembered = lru_cache(maxsize=4096)


def refused(reason: Reason) -> PydanticCustomError:
    """An error whose type is our own reason and whose text holds nothing of the message."""
    return PydanticCustomError(reason.value, "refused")


def _calendar_date(value: Any) -> date:
    try:
        return _date_written(value)
    except TypeError:  # what cannot be remembered
        raise refused(Reason.WRONG_TYPE) from None


@_remembered
def _date_written(text: object) -> date:
    if isinstance(text, date):
        return text
    if not isinstance(text, str):
        raise refused(Reason.WRONG_TYPE)
    # pydantic alone would also take "1736121600", and fromisoformat "2025-W02-1".
    if not _ISO_DATE.fullmatch(text):
        raise refused(Reason.NOT_A_DATE)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused(Reason.NOT_A_DATE) from None


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise refused(Reason.WRONG_TYPE)
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def _decimal_string(value: Any) -> Decimal:
    if isinstance(value, str):
        return _money_written(value)
    if isinstance(value, Decimal):
        return value
    raise refused(Reason.WRONG_TYPE)


@_remembered
def _money_written(text: str) -> Decimal:
    if not _MONEY.fullmatch(text):
        raise refused(Reason.BAD_FORM)
    return Decimal(text)


def _plain(value: Decimal) -> int | float:
    """By value: 5, 5.0 and 5.00 are one number."""
    whole = int(value)
    return whole if whole == value else float(value)


@_remembered
def _plain_string(value: Decimal) -> str:
    return format(value.normalize(), "f")


_Item = TypeVar("_Item")
# A list of JSON, parsed already or not. Only that it is no tuple is forgiven; what stands in it is checked strictly.
Several = Annotated[tuple[_Item, ...], Strict(strict=False)]
CalendarDate = Annotated[
    date,
    BeforeValidator(_calendar_date, json_schema_input_type=Annotated[str, Field(json_schema_extra={"format": "date"})]),
]
# 200 characters of up to 4 bytes leave room for the table's keys (DynamoDB takes 1,024 bytes for a sort key).
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_FIT)]
# Versions beyond 64 bits are no integers to most JSON readers.
Version = Annotated[int, Field(ge=1, le=2**63 - 1)]
Number = Annotated[
    Decimal, BeforeValidator(_number, json_schema_input_type=float), PlainSerializer(_plain, when_used="json")
]
Money = Annotated[
    Decimal,
    BeforeValidator(_decimal_string, json_schema_input_type=Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]),
    PlainSerializer(_plain_string, when_used="json"),
]
Npi = Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
TwoDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
FourDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$")]
Modifier = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
DiagnosisCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")]
