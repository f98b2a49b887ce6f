"""The levels above a claim (HL): billing provider, subscriber and, if somebody else, the patient.

A claim says none of this itself. Where a level is malformed, or one between may be lost, the claims below it are
refused rather than given to the patient before.
"""

from dataclasses import dataclass, replace

from shared.core.errors import Reason
from shared.formats.reading import Identify
from shared.formats.x12.blocks import Block
from shared.formats.x12.faults import Malformed
from shared.formats.x12.known import LEVEL
from shared.formats.x12.patients import dependent_key, member_key
from shared.formats.x12.payers import PAYERS
from shared.formats.x12.segments import Segment
from shared.formats.x12.values import element

_PREGNANT = {"Y": True, "N": False}
# Which names stand at which level: billing provider, pay-to address, pay-to plan; subscriber, payer; patient.
_NAMES = {"20": ("85", "87", "PE"), "22": ("IL", "PR"), "23": ("QC",)}


@dataclass(frozen=True, slots=True)
class Level:
    """What stands above the next claim. With a `fault`, no claim below can be read."""

    provider: str = ""
    billing_npi: str = ""
    subscriber: str = ""
    member: str = ""
    payer: str = ""
    patient_id: str = ""
    pregnant: bool | None = None
    fault: Malformed | None = None


NO_LEVEL = Level(fault=Malformed(Reason.MISSING_FIELD, "no subscriber level (HL) above"))


def distrusted(level: Level, fault: Malformed) -> Level:
    """After a claim of broken structure a level may be lost, and with it whose the next claim is."""
    return replace(level, fault=Malformed(fault.reason, f"a level (HL) may be lost since {fault.place}"))


def next_level(above: Level, block: Block, identify: Identify) -> Level:
    """What stands above the claims that follow `block`, which begins with an HL."""
    block.refuse_unknown(LEVEL)
    opener = block.segments[0]
    code = element(opener, 3)
    if code not in _NAMES:
        raise _malformed(Reason.NOT_IN_LIST, block.place(0, "HL03"))
    names = _names(block, _NAMES[code])
    if code == "20":
        return replace(NO_LEVEL, provider=element(opener, 1), billing_npi=_billing_npi(block, names))
    if element(opener, 2) != (above.provider if code == "22" else above.subscriber):
        raise _malformed(Reason.BAD_FORM, block.place(0, "HL02: not the level above"))
    pregnant = _PREGNANT.get(element(_one(block, "PAT"), 9))
    if code == "23":
        name = names["QC"]
        patient_id = dependent_key(identify, above.member, element(name, 3), element(name, 4))
        return replace(above, patient_id=patient_id, pregnant=pregnant, fault=None)
    member = element(names["IL"], 9)
    if not member:
        raise _malformed(Reason.MISSING_FIELD, block.place(0, "HL: NM109 of its subscriber (IL)"))
    return replace(
        above,
        subscriber=element(opener, 1),
        member=member,
        payer=_payer(block),
        patient_id=member_key(identify, member),
        pregnant=pregnant,
        fault=None,
    )


def _malformed(reason: Reason, place: str) -> Malformed:
    return Malformed(reason, place, structural=True)


def _names(block: Block, expected: tuple[str, ...]) -> dict[str, Segment]:
    """The NM1 segments of a level by what they name, the first of `expected` being required."""
    names: dict[str, Segment] = {}
    for offset, segment in enumerate(block.segments):
        if segment[0] == "NM1":
            kind = element(segment, 1)
            if kind not in expected or kind in names:
                raise _malformed(Reason.BAD_FORM, block.place(offset, "NM101: not at this level, or twice"))
            names[kind] = segment
    if expected[0] not in names:
        raise _malformed(Reason.MISSING_FIELD, block.place(0, f"HL: no NM1 ({expected[0]}) follows"))
    return names


def _billing_npi(block: Block, names: dict[str, Segment]) -> str:
    name = names["85"]
    if element(name, 8) != "XX":
        raise _malformed(Reason.MISSING_FIELD, block.place(0, "HL: NM109 of its billing provider is no NPI"))
    return element(name, 9)


def _payer(block: Block) -> str:
    code = element(_one(block, "SBR"), 9)
    if code in PAYERS:
        return PAYERS[code]
    reason = Reason.NOT_IN_LIST if code else Reason.MISSING_FIELD
    raise _malformed(reason, block.place(0, "HL: SBR09 of its subscriber"))


def _one(block: Block, name: str) -> Segment:
    """The segment of that name, or one without elements; two at one level are of two patients."""
    found = [segment for segment in block.segments if segment[0] == name]
    if len(found) > 1:
        raise _malformed(Reason.BAD_FORM, block.place(0, f"HL: {name} twice below it"))
    return found[0] if found else [name]
