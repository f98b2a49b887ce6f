"""FHIR's dates and instants as calendar dates and versions.

A dateTime is taken as written: its date in its own offset. A sender that turns the clinic's evening into UTC moves the
visit to the next day, and nothing in the file tells.
"""

import re
from datetime import date, datetime, timedelta

from shared.core.errors import Reason
from shared.formats.fhir.elements import Meta
from shared.formats.piecework import Unfit

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T.{5,30})?)?)?", re.ASCII | re.DOTALL)
_LARGEST_VERSION = 10**17  # hundreds of them can be added up and stay within 64 bits


def day(text: str | None, path: str) -> str:
    """The calendar date at the head of a date, dateTime or instant that names a whole day."""
    if text is None:
        raise Unfit(Reason.MISSING_FIELD, path)
    matched = _DATE.fullmatch(text)
    if not matched or not matched[3] or _of(matched) is None:
        raise Unfit(Reason.NOT_A_DATE, path)
    return text[:10]


def latest_day(text: str) -> date | None:
    """The last day that a date, perhaps only a month or a year, can mean; None if it is no date."""
    matched = _DATE.fullmatch(text)
    return _of(matched) if matched else None


def _of(matched: re.Match[str]) -> date | None:
    year, month, number = (int(part) if part else None for part in matched.groups())
    try:
        if number is not None and month is not None:
            return date(year or 0, month, number)
        if month is not None:
            return (date(year or 0, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return date(year or 0, 12, 31)
    except (ValueError, OverflowError):
        return None


def version(meta: Meta) -> int:
    """The server's version number; else when it last changed, in milliseconds since 1970; else 1.

    A versionId that is no positive integer says that two versions differ, not which is the later.
    """
    number = meta.version_id or ""
    if number.isascii() and number.isdigit() and 0 < len(number) < len(str(_LARGEST_VERSION)) and int(number):
        return int(number)
    return max(_milliseconds(meta.last_updated), 1)


def _milliseconds(instant: str | None) -> int:
    try:
        moment = datetime.fromisoformat(instant or "")
        return int(moment.timestamp() * 1000) if moment.tzinfo else 0
    except (ValueError, OverflowError):
        return 0
