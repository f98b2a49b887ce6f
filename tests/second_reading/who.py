"""Who held the needle, and who billed."""

from collections.abc import Iterator

from shared.core.events import VisitRecorded
from tests.second_reading.patient import Patient
from tests.second_reading.words import Found, Line, subject

PRACTITIONERS = {"physician_assistant", "nurse_practitioner", "clinical_nurse_specialist"}
ENOUGH = {"personal", "direct", "virtual_video"}


def performers(patient: Patient) -> Iterator[Found]:
    for visit in patient.judged:
        if visit.performer.profession != "physician":
            yield from performer(visit)
    for line in patient.ncd:
        if rendered_by_acupuncturist(line, patient):
            yield "PERFORMER_NOT_ELIGIBLE", "violation", line.subject
        if line.carries("GP", "GO", "GN", "CQ", "CO"):
            yield "THERAPY_MODIFIER", "warning", line.subject


def performer(visit: VisitRecorded) -> Iterator[Found]:
    held, told = visit.performer, subject(visit)
    neither = held.acupuncture_degree is not True and held.acupuncture_license is None
    if neither and held.profession not in {*PRACTITIONERS, "acupuncturist"}:
        yield "PERFORMER_NOT_ELIGIBLE", "violation", told
        return
    yield from credentials(visit)
    mode = visit.supervision.mode if visit.supervision else None
    enough = ENOUGH | ({"general"} if visit.place_of_service in ("19", "22") else set())
    if held.profession not in PRACTITIONERS and mode not in enough:
        yield "SUPERVISION_MISSING", "violation", told


def credentials(visit: VisitRecorded) -> Iterator[Found]:
    degree, licence = visit.performer.acupuncture_degree, visit.performer.acupuncture_license
    expires = licence.expires_on if licence else None
    expired = expires is not None and expires < visit.date_of_service
    if degree is False or expired or (licence and not licence.unrestricted):
        yield "CREDENTIAL_MISSING", "violation", subject(visit)
    if degree is None or expires is None:
        yield "CREDENTIAL_MISSING", "warning", subject(visit)


def rendered_by_acupuncturist(line: Line, patient: Patient) -> bool:
    """What the visits record of that NPI on the nearest date, the earlier of two as near."""
    theirs = [visit for visit in patient.visits if visit.performer.npi == line.line.rendering_npi]
    days = {visit.date_of_service for visit in theirs}
    nearest = min(days, key=lambda day: (abs(day - line.on), day), default=None)
    return any(v.performer.profession == "acupuncturist" for v in theirs if v.date_of_service == nearest)
