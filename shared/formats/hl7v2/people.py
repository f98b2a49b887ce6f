"""Patient, performer and payer of a message."""

import re
from collections.abc import Iterable

from shared.core.errors import Reason
from shared.core.snapshot import Payer
from shared.formats.hl7v2.messages import Message
from shared.formats.hl7v2.segments import Components, part
from shared.formats.hl7v2.senders import Sender
from shared.formats.identifiers import MBI
from shared.formats.piecework import Incomplete, Unfit
from shared.formats.reading import Identify

_NPI = re.compile(r"[0-9]{10}", re.ASCII)
_MEDICARE, _RECORD = "MC", "MR"


def patient_id(message: Message, payer: Payer | None, identify: Identify) -> str:
    """By MBI: PID-3 of type MC, or the policy number if Original Medicare pays; else by record number."""
    identification = message.first("PID")
    named = identification.repeats(3) if identification else []
    beneficiary = [part(it, 1) for it in named if part(it, 5) == _MEDICARE and part(it, 1)]
    insurance = message.first("IN1")
    if payer == "medicare_ffs" and insurance and insurance.text(36):
        beneficiary.append(insurance.text(36))
    if beneficiary:
        return identify(MBI, beneficiary[0])
    record = sorted(named, key=lambda it: part(it, 5) != _RECORD)
    number = next((it for it in record if part(it, 1)), None)
    if number is None:
        raise Unfit(Reason.MISSING_FIELD, "PID-3")
    return identify(f"{_RECORD}:{part(number, 4) or message.facility}", part(number, 1))


def npi(people: Iterable[Components]) -> str:
    """The first number that can be an NPI: many senders list their own next to it."""
    found = next((part(it, 1) for it in people if _NPI.fullmatch(part(it, 1))), None)
    if found is None:
        raise Incomplete("no NPI of a performer, where the table of senders says it stands")
    return found


def payer_of(message: Message, sender: Sender) -> Payer | None:
    """By the primary plan; None: the table of senders does not know it."""
    insurance = message.first("IN1")
    plans = (insurance.text(2), insurance.text(15)) if insurance else ()
    return next((sender.payers[plan] for plan in plans if plan in sender.payers), None)
