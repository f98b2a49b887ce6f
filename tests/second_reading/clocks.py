"""Reconciliation and clocks."""

from collections.abc import Iterator

from tests.second_reading.condition import clbp
from tests.second_reading.patient import Patient
from tests.second_reading.words import START, Found, days, months_after, subject


def of_lines(patient: Patient) -> Iterator[Found]:
    for line in patient.ncd:
        if line.on not in patient.needled_on and patient.as_of > line.claim.received_on + days(7):
            yield "CLAIM_WITHOUT_VISIT", "violation", line.subject
        if line.claim.received_on > months_after(line.on, 12):
            yield "FILING_DEADLINE", "violation", line.subject


def of_visits(patient: Patient) -> Iterator[Found]:
    for visit in clbp(patient):
        day = visit.date_of_service
        if day in patient.billed_on:
            continue
        if patient.as_of >= day + days(30):
            yield "VISIT_WITHOUT_CLAIM", "info", subject(visit)
        if patient.as_of >= months_after(day, 11):
            yield "VISIT_WITHOUT_CLAIM", "warning", subject(visit)
    for visit in patient.judged:
        same_day = [v.visit_id for v in patient.judged if v.date_of_service == visit.date_of_service]
        if visit.visit_id != min(same_day):
            yield "SAME_DAY_TWO_ENCOUNTERS", "warning", subject(visit)


def of_claims(patient: Patient) -> Iterator[Found]:
    seen = {claim.claim_id for claim in patient.claims}
    for claim in patient.changing:
        if claim.lines and all(line.date_of_service < START for line in claim.lines):
            continue  # before the NCD nothing is judged
        if claim.claim_type == "professional" and claim.payer == "medicare_ffs":
            yield "FREQ7_PARTB", "warning", f"claim {claim.claim_id}"
        if claim.replaces_claim_id not in seen - {claim.claim_id}:
            yield "ORPHAN_VOID", "warning", f"claim {claim.claim_id}"
