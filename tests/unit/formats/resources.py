"""Builders of FHIR R4 resources, valid and complete unless told otherwise: a test names only what it is about."""

import json
from collections.abc import Sequence
from typing import Any

from shared.formats.fhir.reader import read
from shared.formats.reading import Piece
from tests.builders import NEEDLER, merged
from tests.unit.formats.heard import details, envelopes, notes, pieces, refusals

Body = dict[str, Any]

DAY = "2026-01-15"
MBI = "http://hl7.org/fhir/sid/us-mbi"
NPI = "http://hl7.org/fhir/sid/us-npi"
CPT = "http://www.ama-assn.org/go/cpt"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
SOPT = "https://nahdo.org/sopt"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
PATIENT_KEY = f"{MBI}|1EG4TE5MK73"


def concept(system: str, *codes: str) -> Body:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def to(name: str) -> Body:
    return {"reference": name}


def a_resource(kind: str, id: str, body: Body, changes: Body) -> Body:
    """`changes` with None leaves a field out."""
    whole = merged({"resourceType": kind, "id": id, "meta": {"versionId": "1"}} | body, changes)
    return {name: value for name, value in whole.items() if value is not None}


def a_patient(id: str = "p", **changes: Any) -> Body:
    return a_resource("Patient", id, {"identifier": [{"system": MBI, "value": "1EG4TE5MK73"}]}, changes)


def a_practitioner(id: str = "doc", npi: str = NEEDLER, **changes: Any) -> Body:
    return a_resource("Practitioner", id, {"identifier": [{"system": NPI, "value": npi}]}, changes)


def a_role(id: str = "role", taxonomy: str = "207Q00000X", **changes: Any) -> Body:
    specialty = [concept("http://nucc.org/provider-taxonomy", taxonomy)]
    return a_resource("PractitionerRole", id, {"practitioner": to("Practitioner/doc"), "specialty": specialty}, changes)


def a_coverage(id: str = "cov", payment: str = "121", **changes: Any) -> Body:
    body = {
        "status": "active",
        "type": concept(SOPT, payment),
        "beneficiary": to("Patient/p"),
        "payor": [{"display": "Medicare"}],
    }
    return a_resource("Coverage", id, body, changes)


def an_encounter(id: str = "e", on: str = DAY, **changes: Any) -> Body:
    body = {
        "status": "finished",
        "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": "AMB"},
        "subject": to("Patient/p"),
        "period": {"start": f"{on}T09:00:00-05:00", "end": f"{on}T09:30:00-05:00"},
        "participant": [{"individual": to("PractitionerRole/role")}],
    }
    return a_resource("Encounter", id, body, changes)


def a_procedure(id: str = "n", code: str = "20560", on: str = DAY, **changes: Any) -> Body:
    body = {
        "status": "completed",
        "code": concept(CPT, code),
        "subject": to("Patient/p"),
        "encounter": to("Encounter/e"),
        "performedDateTime": on,
        "performer": [{"actor": to("PractitionerRole/role")}],
    }
    return a_resource("Procedure", id, body, changes)


def a_condition(id: str = "pain", code: str = "M54.59", **changes: Any) -> Body:
    body = {
        "code": concept(ICD, code),
        "subject": to("Patient/p"),
        "encounter": to("Encounter/e"),
        "onsetDateTime": "2025-06-01",
    }
    return a_resource("Condition", id, body, changes)


def an_observation(id: str = "o", code: str = "72514-3", score: int | None = 6, on: str = DAY, **changes: Any) -> Body:
    body = {
        "status": "final",
        "code": concept(LOINC, code),
        "subject": to("Patient/p"),
        "effectiveDateTime": f"{on}T09:05:00-05:00",
        "valueInteger": score,
    }
    return a_resource("Observation", id, body, changes)


def a_response(id: str = "q", *items: Body, **changes: Any) -> Body:
    answered = items or ({"linkId": "72514-3", "answer": [{"valueInteger": 6}]},)
    body = {"status": "completed", "subject": to("Patient/p"), "authored": f"{DAY}T10:30:00Z", "item": list(answered)}
    return a_resource("QuestionnaireResponse", id, body, changes)


def an_item(sequence: int = 1, code: str = "20560", **changes: Any) -> Body:
    body: Body = {
        "sequence": sequence,
        "productOrService": concept(CPT, code),
        "servicedDate": DAY,
        "locationCodeableConcept": concept(
            "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set", "11"
        ),
        "quantity": {"value": 1},
        "net": {"value": 40.0, "currency": "USD"},
        "careTeamSequence": [1],
        "diagnosisSequence": [1],
    }
    return {name: value for name, value in merged(body, changes).items() if value is not None}


def _billed(items: Sequence[Body]) -> Body:
    return {
        "status": "active",
        "type": concept(f"{TERMINOLOGY}/claim-type", "professional"),
        "use": "claim",
        "patient": to("Patient/p"),
        "created": "2026-01-16",
        "provider": to("Practitioner/doc"),
        "careTeam": [{"sequence": 1, "provider": to("PractitionerRole/role")}],
        "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": concept(ICD, "M54.59")}],
        "insurance": [{"focal": True, "coverage": to("Coverage/cov")}],
        "item": list(items) or [an_item()],
    }


def a_fhir_claim(id: str = "c", *items: Body, **changes: Any) -> Body:
    body = _billed(items) | {"priority": concept(f"{TERMINOLOGY}/processpriority", "normal")}
    body["insurance"] = [{"sequence": 1, **body["insurance"][0]}]
    return a_resource("Claim", id, body, changes)


def adjudicated(**amounts: float) -> list[Body]:
    """Amounts by category, as payers state them."""
    return [
        {"category": concept(f"{TERMINOLOGY}/adjudication", name), "amount": {"value": value, "currency": "USD"}}
        for name, value in amounts.items()
    ]


def an_eob(id: str = "b", *items: Body, **changes: Any) -> Body:
    answered = items or (an_item(adjudication=adjudicated(eligible=25, benefit=20, coinsurance=5)),)
    body = _billed(answered) | {"insurer": {"display": "a payer"}, "outcome": "complete", "claim": to("Claim/c")}
    return a_resource("ExplanationOfBenefit", id, body, changes)


def a_claim_response(id: str = "r", **changes: Any) -> Body:
    body = {
        "status": "active",
        "type": concept(f"{TERMINOLOGY}/claim-type", "professional"),
        "use": "claim",
        "patient": to("Patient/p"),
        "created": "2026-02-01",
        "insurer": {"display": "a payer"},
        "request": to("Claim/c"),
        "outcome": "complete",
        "item": [{"itemSequence": 1, "adjudication": adjudicated(eligible=25, benefit=20, coinsurance=5)}],
    }
    return a_resource("ClaimResponse", id, body, changes)


def a_bundle(*resources: Body, kind: str = "collection", **changes: Any) -> Body:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": it} for it in resources]} | changes


def people() -> list[Body]:
    """What everything else refers to."""
    return [a_patient(), a_practitioner(), a_role(), a_coverage()]


def a_visit_bundle(*others: Body, **encounter: Any) -> Body:
    """Needling for low back pain, and whoever took part."""
    return a_bundle(an_encounter(**encounter), *(others or (a_procedure(), a_condition())), *people())


def with_people(*resources: Body) -> Body:
    """The resources first, so that the first piece is about the first of them."""
    return a_bundle(*resources, *people())


def told(*documents: Body) -> list[Piece]:
    """One document as a file, several as NDJSON."""
    return pieces(read, b"\n".join(json.dumps(document).encode() for document in documents))


def detail_of(*documents: Body) -> Body:
    """The one event read."""
    (detail,) = details(told(*documents))
    return detail


def kinds(*documents: Body) -> list[str]:
    return [envelope["detail-type"] for envelope in envelopes(told(*documents))]


def noted(*documents: Body) -> str:
    """Why the first resource is no event."""
    answer = told(*documents)
    assert not envelopes(answer)
    assert not refusals(answer)
    return notes(answer)[0][1]


def refused(*documents: Body) -> tuple[str, str]:
    """The one refusal: reason and place."""
    answer = told(*documents)
    assert not envelopes(answer)
    (refusal,) = refusals(answer)
    return refusal


def one_of_each() -> list[Body]:
    """A resource of every type that is read."""
    return [
        an_encounter(),
        a_procedure(),
        a_condition(),
        an_observation(),
        a_response(),
        a_fhir_claim(),
        an_eob(),
        a_claim_response(),
        *people(),
    ]
