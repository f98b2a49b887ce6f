"""One encounter, complete in everything: what a test changes of it is all that the whole catalogue has to say."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from shared.core.findings import Subject
from shared.core.policy import Policies
from tests.builders import NEEDLER, Detail, Envelope, a_claim, a_line, a_measure, a_score, a_visit
from tests.unit.asking import concluded

DAY = date(2024, 8, 5)  # in the quarter of the code tables, save that of the add-ons
IN_GRACE = DAY + timedelta(days=8)  # seven days after the claim: nobody misses a visit or a claim yet
OTHER_NEEDLER = "1200000028"


def days(number: int, since: date = DAY) -> date:
    return since + timedelta(days=number)


def all_said(*events: Envelope, as_of: date = IN_GRACE, law: Policies | None = None) -> set[str]:
    """Everything said by the whole catalogue, as "RULE severity subject"."""
    findings = concluded(events, law, as_of=as_of).findings.values()
    return {f"{finding.rule} {finding.severity} {_named(finding.subject)}" for finding in findings}


def messages(*events: Envelope, as_of: date = IN_GRACE) -> dict[str, str]:
    """What each rule says, where it speaks of one subject."""
    return {finding.rule: finding.message for finding in concluded(events, as_of=as_of).findings.values()}


def _named(subject: Subject) -> str:
    """A visit or claim by its id, a line as claim/line, a session by its date."""
    match subject.type:
        case "line":
            return f"{subject.claim_id}/{subject.line_number}"
        case "session":
            return str(subject.date_of_service)
        case _:
            return str(subject.visit_id or subject.claim_id)


def line(number: int, code: str, *modifiers: str, on: date = DAY, npi: str = NEEDLER, units: int = 1) -> Detail:
    return a_line(number, on=on, procedure_code=code, modifiers=list(modifiers), rendering_npi=npi, units=units)


def lines(*codes: str) -> list[Detail]:
    """One line for each code, numbered from 1."""
    return [line(number, code) for number, code in enumerate(codes, start=1)]


def bill(*billed: Detail, id: str = "C", on: date = DAY, **claim: Any) -> Envelope:
    return a_claim(id, on=on, lines=list(billed), **claim)


def institutional(*billed: Detail, id: str = "C", **claim: Any) -> Envelope:
    return bill(*billed, id=id, claim_type="institutional", type_of_bill="0131", **claim)


def billed_alone(*billed: Detail, on: date = DAY, **claim: Any) -> list[Envelope]:
    """A claim whose visit has not come yet, so that nothing compares it with a note; its session has a baseline."""
    return [a_measure("M", on=on), bill(*billed, on=on, **claim)]


def seen(id: str = "V", *, on: date = DAY, **changes: Any) -> Envelope:
    """A visit with a score."""
    return a_visit(id, on=on, **({"measures": [a_score(7, on)]} | changes))


def encounter(*billed: Detail, on: date = DAY, claim: Detail | None = None, **visit: Any) -> list[Envelope]:
    """A visit and its claim: one line of needling unless told otherwise."""
    charged: Sequence[Detail] = billed or (line(1, "20560", on=on),)
    return [seen(on=on, **visit), bill(*charged, on=on, **(claim or {}))]


def acupuncture(*billed: Detail, **procedure: Any) -> list[Envelope]:
    """An encounter of acupuncture without stimulation: 60 minutes and three re-insertions."""
    done = {"kind": "acupuncture", "muscles": [], "contact_minutes": 60, "reinsertions": 3}
    return encounter(*billed, procedure=done | procedure)
