"""Condition and diagnosis, and the payer."""

from collections.abc import Iterator
from datetime import date

from shared.core.events import VisitRecorded
from tests.second_reading.patient import Patient
from tests.second_reading.words import NCD, START, Found, Line, days, is_covered, of_family, subject


def diagnoses(patient: Patient) -> Iterator[Found]:
    for line in patient.active:
        if line.code in NCD and line.on < START:
            yield "DOS_BEFORE_NCD", "violation", line.subject
    for line in patient.ncd:
        invalid = any(of_family(code) and not is_covered(code, line.on) for code in line.pointed)
        if invalid:
            yield "DX_INVALID_FOR_DOS", "violation", line.subject
        if not line.covered and not invalid:
            yield "DX_NOT_COVERED", "violation", line.subject
        if line.claim.claim_type == "professional":
            yield from pointers(line)


def pointers(line: Line) -> Iterator[Found]:
    pointed = any(is_covered(code, line.on) for code in line.pointed)
    if line.covered and not pointed:
        yield "DX_NOT_POINTED", "violation", line.subject
    if pointed and any(code.startswith(("M", "G43", "G44")) and not of_family(code) for code in line.pointed):
        yield "DX_MIXED", "warning", line.subject


def conditions(patient: Patient) -> Iterator[Found]:
    for visit in patient.low_back:
        onset = patient.onset(visit)
        if onset and visit.date_of_service - onset < days(84):
            yield "CHRONICITY_NOT_MET", "violation", subject(visit)
        yield from exclusions(visit)


def exclusions(visit: VisitRecorded) -> Iterator[Found]:
    codes, said, screened = visit.diagnoses, visit.condition, visit.screening or ()
    told = subject(visit)
    if said.systemic_cause or any("C00" <= code[:3] <= "C96" or code[:3] in ("M45", "M46") for code in codes):
        yield "EXCL_SYSTEMIC", "violation", told
    if any(code.startswith("Z85") for code in codes):
        yield "EXCL_SYSTEMIC", "warning", told
    if said.due_to_surgery or not {"M96.1", "G89.18", "G89.28"}.isdisjoint(codes):
        yield "EXCL_SURGERY", "violation", told
    if "Z98.1" in codes or ("spine_surgery" in screened and said.due_to_surgery is not False):
        yield "EXCL_SURGERY", "warning", told
    if said.due_to_pregnancy or any(code.startswith(("O26.89", "O99.89")) for code in codes):
        yield "EXCL_PREGNANCY", "violation", told
    if "pregnancy" in screened or any(code.startswith(("Z33.1", "Z34")) for code in codes):
        yield "EXCL_PREGNANCY", "warning", told


def clbp(patient: Patient) -> list[VisitRecorded]:
    excluded = {told for _, severity, told in conditions(patient) if severity == "violation"}
    return [visit for visit in patient.low_back if subject(visit) not in excluded]


def first_notes(patient: Patient, first_days: list[date]) -> Iterator[Found]:
    """Of several visits on the date of a first own session the one with the smallest id; what one states, is stated."""
    for day in first_days:
        visits = [v for v in clbp(patient) if v.date_of_service == day and v.payer == "medicare_ffs"]
        if not visits:
            continue
        if all(patient.onset(visit) is None for visit in visits):
            yield "CHRONICITY_UNDOCUMENTED", "warning", subject(visits[0])
        for name in ("systemic_cause", "due_to_surgery", "due_to_pregnancy"):
            if all(getattr(visit.condition, name) is None for visit in visits):
                yield "EXCLUSIONS_UNDOCUMENTED", "warning", subject(visits[0])


def payers(patient: Patient) -> Iterator[Found]:
    for visit in patient.judged:
        if visit.payer != "medicare_ffs":
            yield "NOT_FFS", "info", subject(visit)
    for line in patient.ncd:
        if line.claim.payer != "medicare_ffs":
            yield "NOT_FFS", "info", line.subject
