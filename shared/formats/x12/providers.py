"""Who rendered and who supervised (NM1, PRV): what a line says stands over what its claim says."""

from typing import NamedTuple

from shared.core.errors import Reason
from shared.formats.x12.faults import Malformed
from shared.formats.x12.parts import Part

# Loops 2310 and 2420 of both guides. Any other name within a claim is of a level that was lost.
_NAMED_HERE = frozenset(
    f"NM1 {code}" for code in ("71", "72", "77", "82", "45", "DK", "DN", "DQ", "P3", "PW", "QB", "ZZ")
)


class Providers(NamedTuple):
    """By NPI; empty where the claim or the line names none."""

    rendering: str
    taxonomy: str
    supervising: str
    attending: str


NOBODY = Providers("", "", "", "")


def providers_in(part: Part) -> Providers:
    if not part.names:
        return NOBODY
    for key in part.names:
        if key not in _NAMED_HERE:
            raise Malformed(Reason.BAD_FORM, part.place(key, "NM101: not in a claim"), structural=True)
    return Providers(
        _named_by_npi(part, "NM1 82"), part.text("PRV PE", 3), _npi(part, "NM1 DQ"), _named_by_npi(part, "NM1 71")
    )


def _npi(part: Part, key: str) -> str:
    return part.text(key, 9) if key in part.names and part.text(key, 8) == "XX" else ""


def _named_by_npi(part: Part, key: str) -> str:
    """The billing provider's NPI in place of one that is not said would say of somebody that they held the needle."""
    npi = _npi(part, key)
    if not npi and key in part.names:
        raise Malformed(Reason.MISSING_FIELD, part.place(key, "NM109: no NPI"))
    return npi
