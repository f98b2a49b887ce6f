"""Lines against the note of their visit, and the note itself."""

from collections.abc import Iterator

from shared.core.events import VisitRecorded
from shared.core.visits import Procedure
from tests.second_reading.patient import Patient
from tests.second_reading.words import ACUPUNCTURE, ADDONS, INITIAL, NEEDLING, Found, Line, subject

GENERIC = {"paraspinals", "back muscles", "lumbar muscles", "multiple muscles", "various"}


def lines(patient: Patient) -> Iterator[Found]:
    for line in patient.ncd:
        visit = patient.visit_of(line)
        if line.carries("GA"):
            yield from notice(line, visit, patient)
        if visit and visit.procedure:
            yield from muscles(line, visit.procedure)
            yield from minutes(line, visit.procedure, patient)
            yield from technique(line, visit.procedure, patient)


def notice(line: Line, visit: VisitRecorded | None, patient: Patient) -> Iterator[Found]:
    if visit is None and line.on in patient.needled_on:
        return  # none stands out: silent
    abn = visit.abn if visit else None
    expired = abn and abn.form_expires_on and abn.form_expires_on < abn.signed_on
    if abn is None or abn.signed_on > line.on or expired:
        yield "ABN_INVALID", "warning", line.subject


def named(procedure: Procedure) -> dict[str, set[str]]:
    """The sides stated of each muscle that is named as such."""
    sides: dict[str, set[str]] = {}
    for muscle in procedure.muscles or ():
        name = muscle.name.strip().lower()
        if name not in GENERIC:
            both = {"left", "right"} if muscle.side == "bilateral" else {muscle.side} if muscle.side else set()
            sides.setdefault(name, set()).update(both)
    return sides


def muscles(line: Line, procedure: Procedure) -> Iterator[Found]:
    sides = named(procedure)
    if procedure.kind != "dry_needling" or line.code not in NEEDLING or not sides:
        return
    by_name, by_side = len(sides) >= 3, sum(len(stated) or 1 for stated in sides.values()) >= 3
    if by_name != by_side:
        yield "MUSCLE_COUNT_AMBIGUOUS", "warning", line.subject
    elif line.code == "20561" and not by_name:
        yield "MUSCLE_COUNT_MISMATCH", "violation", line.subject
    elif line.code == "20560" and by_name:
        yield "MUSCLE_COUNT_MISMATCH", "warning", line.subject


def minutes(line: Line, procedure: Procedure, patient: Patient) -> Iterator[Found]:
    if line.code not in ACUPUNCTURE:
        return
    addons = [other.line.units for other in patient.same_biller(line) if other.code in ADDONS]
    more = 0 if line.code in INITIAL else sum(addons)
    for stated, needed in ((procedure.contact_minutes, 8 + 15 * more), (procedure.reinsertions, more)):
        if needed and stated is None:
            yield "TIME_NOT_SUPPORTED", "warning", line.subject
        if stated is not None and stated < needed:
            yield "TIME_NOT_SUPPORTED", "violation", line.subject


def technique(line: Line, procedure: Procedure, patient: Patient) -> Iterator[Found]:
    electrical, billed = {"97813", "97814"}, {other.code for other in patient.same_biller(line)}
    stimulated = procedure.electrical_stimulation
    if (
        (line.code in electrical and not stimulated)
        or (line.code in ACUPUNCTURE - electrical and stimulated and electrical.isdisjoint(billed))
        or (line.code in NEEDLING) != (procedure.kind == "dry_needling")
    ):
        yield "TECHNIQUE_MISMATCH", "violation", line.subject
    injected = {other.code for other in patient.lines if other.on == line.on}
    if procedure.injection and line.code in NEEDLING and injected.isdisjoint({"20552", "20553"}):
        yield "INJECTION_DOCUMENTED", "violation", line.subject


def visits(patient: Patient) -> Iterator[Found]:
    for visit in patient.judged:
        procedure = visit.procedure
        dry = procedure is not None and procedure.kind == "dry_needling"
        if procedure and dry and not named(procedure):
            yield "MUSCLE_NAMES_MISSING", "warning", subject(visit)
        unsized = procedure and dry and None in (procedure.needle_gauge, procedure.needle_length_mm)
        if unsized or not all(visit.note.model_dump().values()):
            yield "DOCUMENTATION_INCOMPLETE", "warning", subject(visit)
        if set(visit.screening or ()) - {"pregnancy", "spine_surgery"}:
            yield "CONTRAINDICATION_PRESENT", "warning", subject(visit)
