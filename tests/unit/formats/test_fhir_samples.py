"""Published FHIR that nobody here wrote: read, or refused or noted with the path; and our own, judged by a library."""

import json
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class

from shared.formats import beginnings
from shared.formats.fhir.reader import read
from shared.formats.reading import Noted, Piece
from tests.unit.formats.heard import details, envelopes, identify, notes, refusals
from tests.unit.formats.resources import (
    Body,
    a_patient,
    a_visit_bundle,
    one_of_each,
)

PUBLISHED = Path(__file__).parents[4] / "shared" / "samples" / "fhir"
published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="../shared/samples is not beside this checkout")


def of(name: str) -> list[Piece]:
    with (PUBLISHED / name).open("rb") as stream:
        return list(read(stream, identify))


@published
def test_the_professional_eob_is_read_field_by_field() -> None:
    answer = of("carin-bb-ExampleProfessionalEOB1.json")
    common = {"patient_responsibility": "0.00", "adjustments": [], "rarcs": []}
    imaging, repair = {"procedure_code": "75710"} | common, {"procedure_code": "37228"} | common
    assert details(answer) == [
        {
            "remittance_id": "ExplanationOfBenefit/ExampleProfessionalEOB1",
            "version": 1603219565000,
            "patient_id": "Patient|Patient/ExamplePatient1",
            "claim_id": "ExampleProfessionalEOB1",
            "paid_on": "2020-08-24",
            "lines": [
                {"line_number": 1, "status": "paid", "allowed": "34.80", "paid": "34.80"} | imaging,
                {"line_number": 2, "status": "denied", "allowed": "-34.80", "paid": "-34.80"} | imaging,
                {"line_number": 3, "status": "paid", "allowed": "34.80", "paid": "34.80"} | imaging,
                {"line_number": 4, "status": "denied", "allowed": "224.11", "paid": "0.00"} | repair,
                {"line_number": 5, "status": "paid", "allowed": "224.11", "paid": "224.11"} | repair,
                {"line_number": 6, "status": "denied", "allowed": "-224.11", "paid": "0.00"} | repair,
            ],
        }
    ]
    assert [place for place, _ in notes(answer)] == ["ExplanationOfBenefit"]


@published
def test_the_numeric_rating_is_read_field_by_field() -> None:
    assert envelopes(of("cms-access-QuestionnaireResponse-PROMISNRSExample.json")) == [
        {
            "id": "QuestionnaireResponse/PROMISNRSExample#NRS#v1",
            "source": "ncd-audit.fhir",
            "detail-type": "MeasureRecorded",
            "time": "2026-01-15T00:00:00Z",
            "detail": {
                "measure_id": "QuestionnaireResponse/PROMISNRSExample#NRS",
                "version": 1,
                "status": "final",
                "patient_id": "Patient|Patient/PatientExample",
                "assessed_on": "2026-01-15",
                "instrument": "NRS",
                "score": 6,
            },
        }
    ]


NOTED = {
    "davinci-prior-auth-claim-complete.json": ("Bundle.entry[0].resource", "bills nothing"),
    "hl7-subs-r4-notification-handshake.json": ("Bundle.entry[0].resource", "subscription notification: handshake"),
    "hl7-subs-r4-notification-id-only.json": ("Bundle.entry[0].resource", "subscription notification: event"),
    "us-core-condition-encounter-diagnosis-example1.json": ("Condition", "belongs to no Encounter"),
    "us-core-encounter-example-1.json": ("Encounter", "an Encounter alone tells no visit"),
    "us-core-observation-pregnancy-status.json": ("Observation", "belongs to no Encounter"),
    "us-core-procedure-rehab.json": ("Procedure", "belongs to no Encounter"),
}


@published
@pytest.mark.parametrize("name", NOTED)
def test_what_makes_no_event_alone_is_noted_with_why(name: str) -> None:
    answer = of(name)
    assert all(isinstance(piece, Noted) for piece in answer)
    place, said = notes(answer)[0]
    assert (place, said.startswith(NOTED[name][1])) == (NOTED[name][0], True)


@published
def test_a_request_that_is_no_resource_is_refused() -> None:
    assert refusals(of("davinci-crd-cdshooks-request.json")) == [("missing_field", "resource.resourceType")]


@published
def test_no_published_file_is_passed_over() -> None:
    for path in sorted(PUBLISHED.glob("*.json")):
        assert beginnings.fhir(path.read_bytes()[:65_536]), path.name
        assert all(piece.place for piece in of(path.name)), path.name
        assert of(path.name), path.name


OUR_OWN = one_of_each()


@pytest.mark.parametrize("resource", OUR_OWN, ids=lambda resource: resource["resourceType"])
def test_our_own_samples_are_valid_fhir(resource: Body) -> None:
    judge = get_fhir_model_class(resource["resourceType"])
    assert json.loads(judge.model_validate(resource).model_dump_json())["id"] == resource["id"]


def test_the_judge_refuses_what_is_no_fhir() -> None:
    broken = a_patient(identifier=5)
    with pytest.raises(ValueError, match="identifier"):
        get_fhir_model_class("Patient").model_validate(broken)


def test_our_own_bundle_is_valid_fhir() -> None:
    get_fhir_model_class("Bundle").model_validate(a_visit_bundle())
