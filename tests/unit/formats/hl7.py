"""Builders of HL7 v2 messages as interface engines write them: a test names only the segments it is about."""

from collections.abc import Sequence

from shared.formats.hl7v2 import read
from shared.formats.hl7v2.senders import Senders
from shared.formats.reading import Piece
from tests.builders import NEEDLER
from tests.unit.formats.heard import details, envelopes, notes, pieces, refusals

DAY, ISO_DAY = "20260115", "2026-01-15"
PID = "PID|1||1EG4TE5MK73^^^CMS^MC~77^^^EHR^MR||DOE^JANE||19500101|F"
PV1 = f"PV1|1|O|CLINIC||||{NEEDLER}^DOC^A||||||||||||V77|||||||||||||||||||||||||{DAY}0900"
DG1 = "DG1|1||M54.59^^I10"
MBI_KEY, RECORD_KEY = "http://hl7.org/fhir/sid/us-mbi|1EG4TE5MK73", "MR:EHR|77"


def msh(kind: str = "DFT^P03", made: str = "20260116080000", application: str = "EHR") -> str:
    return f"MSH|^~\\&|{application}|CLINIC|AUDIT|HOME|{made}||{kind}|1|P|2.5.1"


def ft1(code: str = "20560", *, type: str = "CG", on: str = DAY, quantity: str = "1", number: int = 1) -> str:
    """FT1-4 date, FT1-6 type, FT1-7 the sender's own charge number, FT1-10 quantity, FT1-20 performer, FT1-25 code."""
    return f"FT1|{number}|T{number}||{on}|{on}|{type}|990077|||{quantity}||||||||||{NEEDLER}^DOC^A|||||{code}^^C4"


def a_charge(*charges: str, header: str = "", visit: str = PV1, patient: str = PID, diagnosis: str = DG1) -> str:
    return written(header or msh(), patient, visit, *(charges or (ft1(),)), diagnosis)


def obx(code: str = "72514-3^^LN", value: str = "6", *, type: str = "NM", unit: str = "", status: str = "F") -> str:
    return f"OBX|1|{type}|{code}||{value}|{unit}|||||{status}|||{DAY}0905"


def a_result(*observed: str, order: str = "OBR|1|P1|F1|NRS^pain|||202601140900", made: str = "20260116080000") -> str:
    return written(msh("ORU^R01", made), PID, order, *(observed or (obx(),)))


def written(*segments: str) -> str:
    return "\r".join(segment for segment in segments if segment) + "\r"


def told(*messages: str, senders: Senders | None = None) -> list[Piece]:
    return pieces(lambda stream, key: read(stream, key, senders), "".join(messages).encode())


def detail_of(*messages: str, senders: Senders | None = None) -> dict[str, object]:
    (detail,) = details(told(*messages, senders=senders))
    return detail


def noted(message: str, senders: Senders | None = None) -> Sequence[tuple[str, str]]:
    answer = told(message, senders=senders)
    assert not envelopes(answer)
    assert not refusals(answer)
    return notes(answer)


def refused(message: str) -> tuple[str, str]:
    answer = told(message)
    assert not envelopes(answer)
    (refusal,) = refusals(answer)
    return refusal
