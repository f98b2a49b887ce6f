"""HL7's timestamps (YYYYMMDD[HHMM[SS…]][+ZZZZ]) as calendar dates and versions, taken as written."""

import re
from datetime import date

from shared.core.errors import Reason
from shared.formats.piecework import Unfit

_TIMESTAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{0,6})(?:\.[0-9]{1,4})?(?:[+-][0-9]{4})?", re.ASCII)
_TIME_DIGITS = 6


def day(text: str, path: str) -> str:
    return _read(text, path)[0].isoformat()


def version(text: str, path: str) -> int:
    """When the message was made, as the number YYYYMMDDHHMMSS: nothing else in it tells which came later."""
    made, time = _read(text, path)
    return int(f"{made:%Y%m%d}{time.ljust(_TIME_DIGITS, '0')}")


def _read(text: str, path: str) -> tuple[date, str]:
    if not text:
        raise Unfit(Reason.MISSING_FIELD, path)
    found = _TIMESTAMP.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3])), found[4]
    except ValueError:
        pass
    raise Unfit(Reason.NOT_A_DATE, path)
