"""One service line of a claim (loop 2400): what was done, when, how often and for how much."""

from functools import partial
from typing import Any, NamedTuple

from shared.core.errors import Reason
from shared.formats.x12.envelopes import line_numbers
from shared.formats.x12.faults import Malformed
from shared.formats.x12.parts import Part
from shared.formats.x12.providers import Providers, providers_in
from shared.formats.x12.values import decimal_string, one_date, whole, wholes

_HCPCS = "HC"
# Drugs, home infusion, alternative medicine and rate codes, or a revenue code alone: no HCPCS, and so no line of ours.
_OTHER_CODES = frozenset(("", "ER", "HP", "IV", "WK"))
_MINUTES = "MJ"
_COUNTED_IN = frozenset(("UN", "DA", _MINUTES))
_MODIFIERS = slice(1, 5)


class _Layout(NamedTuple):
    """Which element is what; the units follow what they are counted in. SV2 has neither place nor pointers."""

    procedure: int
    charge: int
    counted_in: int
    place: int = 0
    pointers: int = 0


_LAYOUTS = {"SV1": _Layout(1, 2, 3, 5, 7), "SV2": _Layout(2, 3, 4)}


class Claimed(NamedTuple):
    """What a claim says of all its lines, for those that do not say it themselves."""

    whole: Part
    providers: Providers
    rendering_npi: str
    place: str | None


def claimed(whole: Part, billing_npi: str, place: str | None) -> Claimed:
    """`place`: where the claim says that its services were furnished."""
    providers = providers_in(whole)
    return Claimed(whole, providers, providers.rendering or providers.attending or billing_npi, place)


class Service(NamedTuple):
    """`detail` is None for a line without a HCPCS code, or counted in minutes of anaesthesia."""

    part: Part
    control: str
    charge: str
    detail: dict[str, Any] | None


def service(part: Part, position: int, claim: Claimed) -> Service:
    """The line that begins with LX; `position` counts from 1."""
    kind = "SV1" if "SV1" in part else "SV2"
    if kind not in part:
        raise Malformed(Reason.MISSING_FIELD, part.place("LX", "LX: no SV1 or SV2 follows"), structural=True)
    if part.value(whole, "LX", 1) != position:
        raise Malformed(Reason.BAD_FORM, part.place("LX", "LX01: not the next number"), structural=True)
    charge = part.value(decimal_string, kind, _LAYOUTS[kind].charge)
    qualifier, *procedure = part.components(kind, _LAYOUTS[kind].procedure)
    ours, providers = _is_ours(part, kind, qualifier), providers_in(part)
    detail = _detail(part, kind, procedure, providers, claim) if ours else None
    return Service(part, part.text("REF 6R", 2), charge, detail)


def _is_ours(part: Part, kind: str, qualifier: str) -> bool:
    layout = _LAYOUTS[kind]
    counted_in = part.text(kind, layout.counted_in)
    if counted_in not in _COUNTED_IN:
        raise Malformed(Reason.NOT_IN_LIST, part.place(kind, f"{kind}{layout.counted_in:02}"))
    if qualifier != _HCPCS and qualifier not in _OTHER_CODES:
        raise Malformed(Reason.NOT_IN_LIST, part.place(kind, f"{kind}{layout.procedure:02}-1"))
    return qualifier == _HCPCS and counted_in != _MINUTES


def _detail(part: Part, kind: str, procedure: list[str], providers: Providers, claim: Claimed) -> dict[str, Any]:
    layout = _LAYOUTS[kind]
    return {
        "procedure_code": procedure[0] if procedure else "",
        "modifiers": [modifier for modifier in procedure[_MODIFIERS] if modifier],
        "units": part.value(whole, kind, layout.counted_in + 1),
        "date_of_service": _day(part, claim.whole),
        "diagnosis_pointers": _pointers(part, kind, layout.pointers) if layout.pointers else [],
        "place_of_service": (part.text(kind, layout.place) if layout.place else None) or claim.place,
        "rendering_npi": providers.rendering or claim.rendering_npi,
        "rendering_taxonomy": (providers if providers.rendering else claim.providers).taxonomy or None,
        "supervising_npi": providers.supervising or claim.providers.supervising or None,
    }


def _pointers(part: Part, kind: str, number: int) -> list[int]:
    return list(part.value(partial(wholes, part.component), kind, number))


def _day(part: Part, claim: Part) -> str:
    """The line's own date, or on an institutional claim the one day that its statement covers."""
    says, key = (claim, "DTP 434") if "DTP 472" not in part and "DTP 434" in claim else (part, "DTP 472")
    return says.value(partial(one_date, says.text(key, 2)), key, 3)


def lines_of(services: list[Service]) -> list[dict[str, Any]]:
    """The lines of the event."""
    numbers = line_numbers([each.control for each in services])
    return [
        {"line_number": number, "charge": each.charge, **each.detail}
        for number, each in zip(numbers, services, strict=True)
        if each.detail is not None
    ]
