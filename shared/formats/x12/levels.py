"""The levels above a claim (HL): billing provider, subscriber and, if somebody else, the patient.

A claim says none of this itself. Where a level is malformed, or one between may be lost, the claims below it are
refused rather than given to the patient before.
"""

from typing import NamedTuple

from shared.core.errors import Reason
from shared.formats.reading import Identify
from shared.formats.x12.blocks import Block
from shared.formats.x12.faults import Malformed
from shared.formats.x12.known import LEVEL
from shared.formats.x12.parts import Part
from shared.formats.x12.patients import dependent_key, member_key
from shared.formats.x12.payers import PAYERS

_PREGNANT = {"Y": True, "N": False}
# Which names stand at which level: billing provider, pay-to address, pay-to plan; subscriber, payer; patient.
_NAMES = {"20": ("NM1 85", "NM1 87", "NM1 PE"), "22": ("NM1 IL", "NM1 PR"), "23": ("NM1 QC",)}


class Level(NamedTuple):
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
    return level._replace(fault=Malformed(fault.reason, f"a level (HL) may be lost since {fault.place}"))


def next_level(above: Level, block: Block, identify: Identify) -> Level:
    """What stands above the claims that follow `block`, which begins with an HL."""
    block.refuse_unknown(LEVEL)
    part = Part(block, 0, len(block.segments))
    code = part.text("HL", 3)
    if code not in _NAMES:
        raise _malformed(Reason.NOT_IN_LIST, part, "HL03")
    for name in part.names:
        if name not in _NAMES[code]:
            raise _malformed(Reason.BAD_FORM, part, f"HL: a name (NM1) that is not of level {code}")
    if code == "20":
        return NO_LEVEL._replace(provider=part.text("HL", 1), billing_npi=_billing_npi(part))
    if part.text("HL", 2) != (above.provider if code == "22" else above.subscriber):
        raise _malformed(Reason.BAD_FORM, part, "HL02: not the level above")
    return _subscriber(above, part, identify) if code == "22" else _dependent(above, part, identify)


def _billing_npi(part: Part) -> str:
    if part.text("NM1 85", 8) != "XX":
        raise _malformed(Reason.MISSING_FIELD, part, "HL: NPI of its billing provider (NM109, 85)")
    return part.text("NM1 85", 9)


def _subscriber(above: Level, part: Part, identify: Identify) -> Level:
    member = part.text("NM1 IL", 9)
    if not member:
        raise _malformed(Reason.MISSING_FIELD, part, "HL: number of its subscriber (NM109, IL)")
    payer, patient_id = _payer(part), member_key(identify, member)
    subscriber, pregnant = part.text("HL", 1), _PREGNANT.get(part.text("PAT", 9))
    return Level(above.provider, above.billing_npi, subscriber, member, payer, patient_id, pregnant)


def _dependent(above: Level, part: Part, identify: Identify) -> Level:
    if "NM1 QC" not in part:
        raise _malformed(Reason.MISSING_FIELD, part, "HL: no NM1 (QC) follows")
    patient_id = dependent_key(identify, above.member, part.text("NM1 QC", 3), part.text("NM1 QC", 4))
    return above._replace(patient_id=patient_id, pregnant=_PREGNANT.get(part.text("PAT", 9)), fault=None)


def _payer(part: Part) -> str:
    code = part.text("SBR", 9)
    if code in PAYERS:
        return PAYERS[code]
    raise _malformed(Reason.NOT_IN_LIST if code else Reason.MISSING_FIELD, part, "HL: SBR09 of its subscriber")


def _malformed(reason: Reason, part: Part, what: str) -> Malformed:
    return Malformed(reason, part.place("HL", what), structural=True)
