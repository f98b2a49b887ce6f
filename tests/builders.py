"""Builders of event envelopes, compliant unless told otherwise: a test names only the fact it is about."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

Detail = dict[str, Any]
Envelope = dict[str, Any]

FIRST_DAY = date(2025, 1, 6)
IMPROVING: Mapping[int, float] = {1: 7, 12: 4}
NEEDLER = "1200000010"

_PHYSICIAN = {"npi": NEEDLER, "profession": "physician", "acupuncture_degree": None, "acupuncture_license": None}
_CONDITION = {"onset_date": "2020-06-01", "systemic_cause": False, "due_to_surgery": False, "due_to_pregnancy": False}
_NEEDLING = {
    "kind": "dry_needling",
    "muscles": [{"name": "multifidus", "side": "left"}, {"name": "quadratus lumborum", "side": "left"}],
    "injection": False,
    "electrical_stimulation": False,
    "needle_gauge": "0.30",
    "needle_length_mm": 50,
    "retention_minutes": 10,
    "contact_minutes": 15,
    "reinsertions": 0,
}
_NOTE_ELEMENTS = ("indication", "informed_consent", "safety_screening", "technique", "patient_response", "signed")
_PAID = {"allowed": "25.00", "paid": "20.00", "patient_responsibility": "5.00"}


def merged(base: Detail, changes: Mapping[str, Any]) -> Detail:
    """`base` with `changes`; what changes within an inner object leaves the rest of that object."""
    result = dict(base)
    for key, value in changes.items():
        inner = result.get(key)
        result[key] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, Mapping) else value
    return result


def envelope(kind: str, detail: Detail, *, time: str, id: str = "", source: str = "ehr.example") -> Envelope:
    """`detail` as the bus delivers it, `kind` being its detail-type; dates may still be dates."""
    record_id = next(iter(detail.values()))  # every kind names itself first
    delivery = id or f"evt-{record_id}-v{detail['version']}"
    body = {"id": delivery, "source": source, "detail-type": kind, "time": time, "detail": detail}
    plain: Envelope = json.loads(json.dumps(body, default=date.isoformat))
    return plain


def _record(kind: str, number_or_id: int | str, patient_id: str) -> Detail:
    """Who the record is and whose: visit 7 of P-1001 is V-1001-07, unless it is given an id."""
    letter, number = kind[0].upper(), patient_id.removeprefix("P-")
    own_id = number_or_id if isinstance(number_or_id, str) else f"{letter}-{number}-{number_or_id:02}"
    return {f"{kind}_id": own_id, "version": 1, "patient_id": patient_id}


def a_score(score: float, on: date, instrument: str = "NRS") -> Detail:
    """One entry of a visit's `measures`."""
    return {"instrument": instrument, "score": score, "assessed_on": on}


def a_visit(number_or_id: int | str = 1, *, on: date = FIRST_DAY, patient_id: str = "P-1", **changes: Any) -> Envelope:
    """Dry needling of two muscles by a physician, with a complete note."""
    detail = _record("visit", number_or_id, patient_id) | {
        "status": "completed",
        "date_of_service": on,
        "payer": "medicare_ffs",
        "place_of_service": "11",
        "diagnoses": ["M54.59"],
        "condition": _CONDITION,
        "performer": _PHYSICIAN,
        "supervision": None,
        "procedure": _NEEDLING,
        "note": dict.fromkeys(_NOTE_ELEMENTS, True),
        "screening": [],
        "abn": None,
        "measures": [],
    }
    return envelope("VisitRecorded", merged(detail, changes), time=f"{on}T20:00:00Z")


def a_line(number: int = 1, *, on: date = FIRST_DAY, **changes: Any) -> Detail:
    """One unit of needling one or two muscles, pointing to the first diagnosis."""
    line: Detail = {
        "line_number": number,
        "procedure_code": "20560",
        "modifiers": [],
        "units": 1,
        "date_of_service": on,
        "diagnosis_pointers": [1],
        "rendering_npi": NEEDLER,
        "place_of_service": "11",
        "charge": "40.00",
    }
    return line | changes


def a_claim(number_or_id: int | str = 1, *, on: date = FIRST_DAY, patient_id: str = "P-1", **changes: Any) -> Envelope:
    """A professional claim of one line for the date `on`, received the day after."""
    detail = _record("claim", number_or_id, patient_id) | {
        "claim_type": "professional",
        "type_of_bill": None,
        "frequency_code": "1",
        "replaces_claim_id": None,
        "received_on": on + timedelta(days=1),
        "payer": "medicare_ffs",
        "billing_npi": "1234567893",
        "diagnoses": ["M54.59"],
        "lines": [a_line(on=on)],
    }
    claim = merged(detail, changes)
    return envelope("ClaimSubmitted", claim, time=f"{claim['received_on']}T08:00:00Z")


def a_claim_for(visit: Envelope, *, modifiers: Sequence[str] = (), **changes: Any) -> Envelope:
    """The claim whose payer, diagnoses, performer and place agree with `visit`."""
    seen = visit["detail"]
    on = date.fromisoformat(seen["date_of_service"])
    place, npi = seen["place_of_service"], seen["performer"]["npi"]
    line = a_line(on=on, modifiers=list(modifiers), place_of_service=place, rendering_npi=npi)
    agreeing = {"lines": [line], "payer": seen["payer"], "diagnoses": seen["diagnoses"]}
    claim_id = seen["visit_id"].replace("V", "C", 1)
    return a_claim(claim_id, on=on, patient_id=seen["patient_id"], **(agreeing | changes))


def a_remittance(claim: Envelope, *, status: str = "paid", **changes: Any) -> Envelope:
    """The payer's answer to every line of `claim`, two weeks after it was received."""
    billed = claim["detail"]
    paid_on = date.fromisoformat(billed["received_on"]) + timedelta(days=14)
    detail = _record("remittance", f"R-{billed['claim_id']}", billed["patient_id"]) | {
        "claim_id": billed["claim_id"],
        "paid_on": paid_on,
        "lines": [_answered(line, status) for line in billed["lines"]],
    }
    return envelope("RemittanceReceived", merged(detail, changes), time=f"{paid_on}T09:00:00Z")


def _answered(line: Detail, status: str) -> Detail:
    paid = status == "paid"
    reasons = [("CO", "45", "15.00"), ("PR", "2", "5.00")] if paid else [("CO", "50", line["charge"])]
    return {
        "line_number": line["line_number"],
        "procedure_code": line["procedure_code"],
        "status": status,
        **(_PAID if paid else dict.fromkeys(_PAID, "0.00")),
        "adjustments": [{"group": group, "carc": carc, "amount": amount} for group, carc, amount in reasons],
        "rarcs": [],
    }


def an_eligibility(
    number_or_id: int | str = 1, *, as_of: date = FIRST_DAY, patient_id: str = "P-1", **changes: Any
) -> Envelope:
    """What the payer says on `as_of` about sessions furnished elsewhere: none."""
    detail = _record("eligibility", number_or_id, patient_id) | {
        "as_of": as_of,
        "external_sessions": {"count": 0, "first_on": None, "last_on": None},
        "source": "271 response",
    }
    return envelope("EligibilityReceived", merged(detail, changes), time=f"{as_of}T07:00:00Z")


def a_measure(
    number_or_id: int | str = 1, *, on: date = FIRST_DAY, patient_id: str = "P-1", **changes: Any
) -> Envelope:
    """An outcome measure taken outside a visit."""
    detail = _record("measure", number_or_id, patient_id) | {"status": "final", **a_score(7, on)}
    return envelope("MeasureRecorded", merged(detail, changes), time=f"{on}T12:00:00Z")


def a_course(  # noqa: PLR0913 - a course is told apart by any of these
    count: int,
    *,
    every: int = 7,
    start: date = FIRST_DAY,
    scores: Mapping[int, float] = IMPROVING,
    kx_from: int | None = 13,
    patient_id: str = "P-1",
    first: int = 1,
    **visit_changes: Any,
) -> list[Envelope]:
    """Visit and claim by turns, `every` so many days; `first` numbers the records, scores and KX go by session."""

    def session(number: int) -> tuple[Envelope, Envelope]:
        on = start + timedelta(days=every * (number - 1))
        measures = [a_score(scores[number], on)] if number in scores else []
        visit = a_visit(first + number - 1, on=on, patient_id=patient_id, **({"measures": measures} | visit_changes))
        needs_kx = kx_from is not None and number >= kx_from
        return visit, a_claim_for(visit, modifiers=["KX"] if needs_kx else [])

    return list(chain.from_iterable(session(number) for number in range(1, count + 1)))
