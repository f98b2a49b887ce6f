"""Values of X12 elements in the forms of our events; a form that no guide allows is a `ValueError`.

Only the form is judged here. Whether a code or an NPI is one, the core's own models say.
"""

import re
from decimal import Decimal
from functools import lru_cache

from shared.formats.x12.segments import Segment

_DECIMAL = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{1,15})?|\.[0-9]{1,15})", re.ASCII)
_DATE = re.compile(r"[0-9]{8}", re.ASCII)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3])(?:[0-5][0-9]){1,2}[0-9]{0,2}", re.ASCII)
_MOST_DIGITS = 15
_SPAN_LENGTH = 17
_CATEGORY_LENGTH = 3
# Within a file the days, charges and counts of a clinic recur.
_remembered = lru_cache(maxsize=1024)


def element(segment: Segment, number: int) -> str:
    """The element of that number, empty if the segment ends before it."""
    return segment[number] if number < len(segment) else ""


@_remembered
def decimal_string(text: str) -> str:
    """X12 leaves a zero before the point away."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError
    return text.replace(".", "0.", 1) if text.startswith((".", "-.")) else text


@_remembered
def amount(text: str) -> Decimal:
    """An amount of money, zero where none is said."""
    return Decimal(decimal_string(text)) if text else Decimal(0)


@_remembered
def wholes(separator: str, text: str) -> tuple[int, ...]:
    """Counts, one after the other."""
    return tuple(whole(each) for each in text.split(separator))


@_remembered
def whole(text: str) -> int:
    """A count, which may be written with zeros behind the point."""
    if text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text)
    number = Decimal(decimal_string(text))
    if number != int(number):
        raise ValueError
    return int(number)


def iso_date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ValueError
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


@_remembered
def one_date(form: str, text: str) -> str:
    """A date, or a span of dates that holds only one: the date of a service is one day."""
    if form == "RD8" and len(text) == _SPAN_LENGTH and text[:8] == text[9:] and text[8] == "-":
        return iso_date(text[:8])
    if form != "D8":
        raise ValueError
    return iso_date(text)


def version_of(date: str, time: str) -> int:
    """The sender's creation time as a number (YYYYMMDDHHMMSS): what was made later stands over what was made before."""
    if not _DATE.fullmatch(date) or not _TIME.fullmatch(time):
        raise ValueError
    return int(date + time[:6].ljust(6, "0"))


def dotted(code: str) -> str:
    """An ICD-10-CM code with the dot that X12 leaves out."""
    if len(code) <= _CATEGORY_LENGTH or code[_CATEGORY_LENGTH] == ".":
        return code
    return f"{code[:_CATEGORY_LENGTH]}.{code[_CATEGORY_LENGTH:]}"
