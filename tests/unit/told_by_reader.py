"""Visits and claims as our readers of other formats tell them: without what the format cannot say."""

from datetime import date
from typing import Any

from tests.builders import FIRST_DAY, Envelope, a_visit

FHIR, X12, HL7 = "ncd-audit.fhir", "ncd-audit.x12", "ncd-audit.hl7v2"
UNSAID = ("payer", "place_of_service", "note")
UNSAID_OF_PROCEDURE = ("muscles", "injection", "electrical_stimulation")


def from_source(envelope: Envelope, source: str) -> Envelope:
    return envelope | {"source": source}


def a_read_visit(number_or_id: int | str = 1, *, on: date = FIRST_DAY, source: str = FHIR, **changes: Any) -> Envelope:
    """Needling by a physician, of which the format says no more than it can; `changes` add what it did say."""
    told: Envelope = a_visit(number_or_id, on=on)
    detail = told["detail"]
    for name in (*UNSAID, "screening", "abn", "supervision"):
        del detail[name]
    for name in (*UNSAID_OF_PROCEDURE, "needle_gauge", "needle_length_mm", "contact_minutes", "reinsertions"):
        del detail["procedure"][name]
    detail["condition"] = {}
    changed = a_visit(number_or_id, on=on, **changes)["detail"]
    detail |= {name: changed[name] for name in changes if name not in ("procedure", "performer")}
    detail["procedure"] |= changes.get("procedure", {})
    detail["performer"] |= changes.get("performer", {})
    return from_source(told, source)
