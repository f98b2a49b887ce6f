"""Encounter, with what belongs to it -> VisitRecorded.

FHIR has no field for the elements of the note, the muscles, an injection, electrical stimulation or the supervision,
and an Encounter names no place of service: these are left out, that is, not stated.

The version is the sum of the versions of all parts, so that a correction of any of them makes a greater one, and a
fuller telling stands before one with fewer parts.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from shared.core.errors import Reason
from shared.formats.fhir.codes import diagnosis
from shared.formats.fhir.dates import day, version
from shared.formats.fhir.encounters import Encounter, Procedure
from shared.formats.fhir.parts import Joined, Parts
from shared.formats.fhir.people import Clinician, clinician, patient_id
from shared.formats.fhir.shelf import Entry, Shelf, identity
from shared.formats.fhir.source import SOURCE
from shared.formats.piecework import Incomplete, Unfit, checked, envelope
from shared.formats.reading import Piece

_STATUS = {"finished": "completed", "cancelled": "cancelled", "entered-in-error": "entered-in-error"}
_ERROR = "entered-in-error"

Needling = tuple[Entry, Procedure, str]


def visits(joined: Joined, entry: Entry) -> Iterator[Piece]:
    """The visit of an Encounter; what its sender takes back must not be lost for want of a fact."""
    encounter = entry.read(Encounter)
    try:
        yield _visit(joined, entry, encounter)
    except Incomplete:
        if encounter.status == _ERROR:
            raise Unfit(Reason.MISSING_FIELD, "status: entered in error, of a visit that cannot be told") from None
        raise


def _visit(joined: Joined, entry: Entry, encounter: Encounter) -> Piece:
    parts = joined.parts(entry)
    if encounter.status not in _STATUS:
        raise Incomplete("the Encounter is not finished: its later version will tell the visit")
    if encounter.status == "finished" and not (parts.procedures or parts.conditions):
        raise Incomplete("an Encounter alone tells no visit: its Procedure and Conditions in the same Bundle would")
    needling = _needling(parts)
    on = _day(encounter, needling)
    detail = _detail(joined, entry, encounter, needling, on)
    return checked(envelope(SOURCE, "VisitRecorded", detail["visit_id"], on, detail), entry.place, entry.as_it_came)


def _detail(joined: Joined, entry: Entry, encounter: Encounter, needling: list[Needling], on: str) -> dict[str, Any]:
    parts = joined.parts(entry)
    patient = patient_id(joined.shelf, encounter.subject, entry, "subject")
    performer = _performer(joined.shelf, entry, encounter, needling)
    known = {"npi": performer.npi, "profession": performer.profession}
    onset = _onset(joined, parts, patient, on)
    detail = {
        "visit_id": identity(entry),
        "version": _version(encounter, parts),
        "patient_id": patient,
        "status": _STATUS[encounter.status],
        "date_of_service": on,
        "payer": joined.coverages.payer_on(patient, on),
        "diagnoses": _diagnoses(encounter, parts),
        "condition": {"onset_date": onset} if onset else None,
        "performer": {name: value for name, value in known.items() if value is not None},
        "procedure": {"kind": needling[0][2]} if needling else None,
        "screening": ["pregnancy"] if any(status.pregnant for _, status in parts.pregnancies) else None,
        "measures": [],
    }
    return {name: value for name, value in detail.items() if value is not None}


def _needling(parts: Parts) -> list[Needling]:
    """The procedures of needling, which must be of one kind and day to be one visit."""
    found = [(entry, procedure, kind) for entry, procedure in parts.procedures if (kind := procedure.needling)]
    if len({kind for _, _, kind in found}) > 1:
        raise Unfit(Reason.AMBIGUOUS, "Procedure.code: both dry needling and acupuncture in one Encounter")
    if len({on for _, procedure, _ in found if (on := _performed(procedure))}) > 1:
        raise Unfit(Reason.TOO_MANY, "Procedure.performed: several dates of needling in one Encounter")
    return found


def _performed(procedure: Procedure) -> str | None:
    told = procedure.performed_date_time or procedure.performed_period.start
    return day(told, "Procedure.performed") if told else None


def _day(encounter: Encounter, needling: list[Needling]) -> str:
    """The day of the needling; of a visit without it, or where it is not told, the Encounter's first."""
    performed = next((on for _, procedure, _ in needling if (on := _performed(procedure))), None)
    if performed is None and encounter.period.start is None:
        raise Incomplete("no date of service: Encounter.period or Procedure.performed would supply it")
    return performed or day(encounter.period.start, "period.start")


def _performer(shelf: Shelf, entry: Entry, encounter: Encounter, needling: list[Needling]) -> Clinician:
    """Who did the needling, else who took part in the Encounter: the first of them that has an NPI."""
    actors = [(performer.actor, within) for within, procedure, _ in needling for performer in procedure.performer]
    actors += [(it.individual, entry) for it in encounter.participant if it.individual]
    found = (clinician(shelf, reference, within) for reference, within in actors)
    known = next((it for it in found if it), None)
    if known is None:
        raise Incomplete("no NPI of a performer: the Practitioner in the same Bundle would supply it")
    return known


def _diagnoses(encounter: Encounter, parts: Parts) -> list[str]:
    reasons = [
        *encounter.reason_code,
        *(reason for _, procedure in parts.procedures for reason in procedure.reason_code),
    ]
    coded = [*(condition.diagnosis for _, condition in parts.conditions), *map(diagnosis, reasons)]
    return list(dict.fromkeys(code for code in coded if code))


def _onset(joined: Joined, parts: Parts, patient: str, on: str) -> str | None:
    """By the visit's own Condition of low back pain, else by the one on the patient's problem list."""
    pains = chain((it for _, it in parts.conditions if it.is_low_back_pain), joined.problems[patient])
    return next((onset for pain in pains if (onset := pain.onset_before(on))), None)


def _version(encounter: Encounter, parts: Parts) -> int:
    told = (*parts.procedures, *parts.conditions, *parts.pregnancies)
    return version(encounter.meta) + sum(version(part.meta) for _, part in told)
