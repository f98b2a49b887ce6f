"""What a claim says of itself (loop 2300): where, of what kind, with which diagnoses and since when."""

from functools import partial
from typing import Any

from shared.core.errors import Reason
from shared.formats.x12.faults import Malformed
from shared.formats.x12.levels import Level
from shared.formats.x12.parts import Part
from shared.formats.x12.values import dotted, one_date

_FACILITY_CODES = {"professional": "B", "institutional": "A"}  # CLM05-2: a place of service, a type of bill
_PRINCIPAL, _OTHER = "ABK", "ABF"
_ICD_9 = ("BK", "BF")
# Value, condition, occurrence and procedure codes, the reason for the visit and the like: in the guides, not for us.
_OTHER_INFORMATION = frozenset(
    ("ABJ", "ABN", "APR", "BBQ", "BBR", "BE", "BG", "BH", "BI", "BJ", "BN", "BO", "BP", "BQ", "BR", "CAH", "DR")
) | {"PR", "TC"}


def facility_and_frequency(whole: Part, claim_type: str) -> tuple[str, str]:
    """The place of service or the first digits of the type of bill, and the frequency code."""
    match whole.components("CLM", 5):
        case [facility, kind, frequency] if kind == _FACILITY_CODES[claim_type]:
            return facility, frequency
    raise Malformed(Reason.BAD_FORM, whole.place("CLM", "CLM05: not three components of this kind of claim"))


def diagnoses(whole: Part) -> list[str]:
    """The principal and the other diagnoses, in order."""
    found: list[str] = []
    for segment in whole.all("HI"):
        for composite in segment[1:]:
            qualifier, *code = whole.split(composite)
            if qualifier in (_PRINCIPAL, _OTHER):
                if (qualifier == _PRINCIPAL) != (not found):
                    raise Malformed(Reason.BAD_FORM, whole.place("HI", "HI: ABK is not the first"), structural=True)
                found.append(dotted(code[0] if code else ""))
            elif qualifier in _ICD_9:
                raise Malformed(Reason.NOT_IN_LIST, whole.place("HI", "HI: diagnoses in ICD-9-CM"))
            elif qualifier not in _OTHER_INFORMATION:
                raise Malformed(Reason.NOT_IN_LIST, whole.place("HI", "HI: qualifier"), structural=True)
    return found


def condition(whole: Part, level: Level) -> dict[str, Any]:
    """PAT09 says that the patient is pregnant, not that the pain is due to it."""
    stated: dict[str, Any] = {}
    if "DTP 431" in whole:
        stated["onset_date"] = whole.value(partial(one_date, whole.text("DTP 431", 2)), "DTP 431", 3)
    if level.pregnant is not None:
        stated["pregnant"] = level.pregnant
    return stated
