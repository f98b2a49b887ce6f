"""CDS Hooks as an EHR speaks it: discovery, calls of both hooks, what is refused, and feedback."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloud import Cloud
from local.surroundings import simulated_aws
from shared.aws.feedback import feedbacks
from shared.aws.identity import identity
from shared.aws.runtime import dynamodb
from shared.desk.hooks import Answered, Discovered
from tests.builders import a_course
from tests.desk.asking import Answer, ask
from tests.desk.conftest import AS_OF, taken_in
from tests.integration.deliveries import requests_counted

MBI = "http://hl7.org/fhir/sid/us-mbi"
CPT = "http://www.ama-assn.org/go/cpt"
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "fhir" / "davinci-crd-cdshooks-request.json"
BOOK, START = "ncd-30-3-3-appointment-book", "ncd-30-3-3-encounter-start"


def a_patient(mbi: str = "1EG4-TE5-MK73", **also: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "ehr-1", "identifier": [{"system": MBI, "value": mbi}], **also}


def an_appointment(on: str = "2025-03-31", code: str | None = "20560", **also: Any) -> dict[str, Any]:
    said = {"serviceType": [{"coding": [{"system": CPT, "code": code}]}]} if code else {}
    return {"resourceType": "Appointment", "status": "proposed", "start": f"{on}T15:00:00-06:00", **said, **also}


def a_call(*appointments: dict[str, Any], **prefetch: Any) -> dict[str, Any]:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in appointments or (an_appointment(),)]}
    return {
        "hook": "appointment-book",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "fhirServer": "https://ehr.example/fhir",
        "fhirAuthorization": {"access_token": "zq-token", "token_type": "Bearer"},
        "context": {"userId": "Practitioner/1", "patientId": "ehr-1", "appointments": bundle},
        "prefetch": {"patient": a_patient(), **prefetch},
    }


def a_start(encounter: dict[str, Any] | None = None, **prefetch: Any) -> dict[str, Any]:
    sent = {"encounter": encounter} if encounter else {}
    context = {"userId": "Practitioner/1", "patientId": "ehr-1", "encounterId": "e-1"}
    return {**a_call(**sent, **prefetch), "hook": "encounter-start", "context": context}


@pytest.fixture(scope="module")
def ehr(account: None) -> Iterator[Cloud]:  # noqa: ARG001  # pytest opens it first
    """Twelve sessions of the patient whom the EHR calls ehr-1 and Medicare by that MBI."""
    with simulated_aws():
        cloud = Cloud(AS_OF)
        with cloud.invoker.inside(cloud.desk):
            key = identity()(MBI, "1EG4TE5MK73")
        yield taken_in(cloud, a_course(12, patient_id=key))


def call(cloud: Cloud, body: Any, service: str = BOOK) -> Answer:
    return ask(cloud, f"/cds-services/{service}", body=body)


def cards(cloud: Cloud, body: Any, service: str = BOOK) -> list[dict[str, Any]]:
    answer = call(cloud, body, service)
    assert answer.status == 200, answer.text
    Answered.model_validate(answer.json)
    told: list[dict[str, Any]] = answer.json["cards"]
    return told


def test_discovery_names_both_hooks_and_what_to_send_along(ehr: Cloud) -> None:
    found = Discovered.model_validate(ask(ehr, "/cds-services").json)
    assert [(service.id, service.hook) for service in found.services] == [
        (BOOK, "appointment-book"),
        (START, "encounter-start"),
    ]
    assert all(service.prefetch["patient"] == "Patient/{{context.patientId}}" for service in found.services)
    assert "usageRequirements" in ask(ehr, "/cds-services").json["services"][0]


def test_the_13th_session_is_told_before_it_is_booked(ehr: Cloud) -> None:
    [card] = cards(ehr, a_call())
    assert (card["indicator"], card["summary"][:24]) == ("warning", "Session 13 on 2025-03-31")
    [other] = cards(ehr, a_call())
    assert card["uuid"] != other["uuid"]


def test_to_describe_the_whole_desk_takes_nothing_from_the_service(ehr: Cloud) -> None:
    """Its routes are then on two resolvers, and only one knows of a request who may name patients."""
    before = len(cards(ehr, a_call()))
    assert ask(ehr, "/openapi.json").status == 200
    assert len(cards(ehr, a_call())) == before == 1


def test_each_day_is_asked_of_once(ehr: Cloud) -> None:
    told = cards(ehr, a_call(an_appointment(), an_appointment("2025-04-07"), an_appointment()))
    assert [card["summary"][14:24] for card in told] == ["2025-03-31", "2025-04-07"]


@pytest.mark.parametrize(
    ("planned", "shown"),
    [
        (an_appointment(code=None), 1),
        (an_appointment(code="99213"), 0),
        (an_appointment(code=None, serviceType=[{"text": "Dry needling, 30 min"}]), 1),
        (an_appointment(code=None, serviceType=[{"coding": [{"code": "57", "display": "Immunization"}]}]), 0),
        (an_appointment(status="cancelled"), 0),
    ],
)
def test_a_card_is_shown_for_needling_or_where_nobody_says_for_what(
    ehr: Cloud, planned: dict[str, Any], shown: int
) -> None:
    assert len(cards(ehr, a_call(planned))) == shown


def test_of_a_patient_nobody_needled_only_a_planned_needling_is_told(ehr: Cloud) -> None:
    stranger = {"patient": a_patient("1AC2-HJ3-RT45")}
    assert cards(ehr, a_call(an_appointment(code=None), **stranger)) == []
    [card] = cards(ehr, a_call(**stranger))
    assert "no visit for low back pain is on record" in card["summary"]


def test_under_another_payer_nothing_is_told(ehr: Cloud) -> None:
    typed = {"coding": [{"system": "https://nahdo.org/sopt", "code": "111"}]}
    advantage = {"resourceType": "Coverage", "status": "active", "type": typed}
    held = {**advantage, "beneficiary": {"reference": "Patient/ehr-1"}}
    assert cards(ehr, a_call(coverage={"resourceType": "Bundle", "entry": [{"resource": held}]})) == []


def test_the_visit_that_starts_is_asked_of_by_its_day_else_today(ehr: Cloud) -> None:
    encounter = {"resourceType": "Encounter", "id": "e-1", "status": "arrived", "period": {"start": "2025-03-31"}}
    [card] = cards(ehr, a_start(encounter), START)
    assert card["summary"].startswith("Session 13 on 2025-03-31")
    [card] = cards(ehr, a_start(), START)
    assert str(AS_OF) in card["summary"]


def test_needling_among_others_of_one_day_is_asked_of(ehr: Cloud) -> None:
    assert len(cards(ehr, a_call(an_appointment(code="99213"), an_appointment()))) == 1


@pytest.mark.parametrize(("said", "stranger", "known"), [("Office visit", 0, 1), ("Acupuncture follow-up", 1, 1)])
def test_the_type_of_an_encounter_counts_where_it_says_needling(
    ehr: Cloud, said: str, stranger: int, known: int
) -> None:
    encounter = {"resourceType": "Encounter", "id": "e-1", "status": "arrived", "type": [{"text": said}]}
    told = [cards(ehr, a_start(encounter, patient=a_patient(mbi)), START) for mbi in ("1AC2HJ3RT45", "1EG4TE5MK73")]
    assert list(map(len, told)) == [stranger, known]


def fhir_story() -> dict[str, Any]:
    bundle: dict[str, Any] = json.loads(
        (Path(__file__).parents[2] / "events/formats/fourteen-visits.fhir.json").read_text()
    )
    return bundle


def test_what_is_sent_along_counts_for_the_answer_and_is_not_stored(ehr: Cloud) -> None:
    story = fhir_story()
    patient = next(e["resource"] for e in story["entry"] if e["resource"]["resourceType"] == "Patient")
    asked = a_call(an_appointment("2026-04-13"), patient=patient, history=story)
    asked["context"]["patientId"] = patient["id"]
    before = dynamodb().scan(TableName="ncd-audit-cases")["Count"]
    with requests_counted() as requests:
        [card] = cards(ehr, asked)
    assert requests == {"GetItem": 1}
    assert dynamodb().scan(TableName="ncd-audit-cases")["Count"] == before
    assert (card["summary"][:10], card["detail"][:16]) == ("Session 15", "14 sessions used")


def test_the_records_of_another_patient_count_for_nothing(ehr: Cloud) -> None:
    history = json.loads(json.dumps(fhir_story()).replace("1EG4TE5MK73", "1AC2HJ3RT45"))
    [card] = cards(ehr, a_call(an_appointment("2026-04-13"), history=history))
    assert card["summary"].startswith("Session 1 on 2026-04-13")


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"prefetch": None}, 412, "prefetch lacks the Patient"),
        ({"prefetch": {"patient": None}}, 412, "prefetch lacks the Patient"),
        ({"prefetch": {"patient": {"resourceType": "OperationOutcome"}}}, 412, "prefetch lacks the Patient"),
        ({"prefetch": {"patient": {"resourceType": "Patient", "id": "other"}}}, 412, "prefetch lacks the Patient"),
        ({"prefetch": {"patient": a_patient(identifier="x")}}, 400, "identifier"),
        ({"context": {"patientId": "ehr-1"}}, 412, "context.appointments"),
        ({"context": {}}, 422, "patientId"),
        ({"hook": "order-sign"}, 400, "appointment-book"),
        ({"hookInstance": None}, 422, "hookInstance"),
        ({"prefetch": {"patient": 1}}, 422, "prefetch"),
    ],
)
def test_what_cannot_be_answered_says_what_is_missing(
    ehr: Cloud, change: dict[str, Any], status: int, said: str
) -> None:
    answer = call(ehr, a_call() | change)
    assert (answer.status, said in answer.text) == (status, True), answer.text
    assert "1EG4" not in answer.text


@pytest.mark.parametrize("start", ["tomorrow", "2025-02-30T10:00:00Z"])
def test_a_day_that_is_none_is_refused_in_words(ehr: Cloud, start: str) -> None:
    answer = call(ehr, a_call(an_appointment(start=start)))
    assert (answer.status, "the planned visit" in answer.text) == (400, True)


def test_there_are_no_other_services(ehr: Cloud) -> None:
    assert call(ehr, a_call(), "ncd-999").status == 404
    assert ask(ehr, "/cds-services/ncd-999/feedback", body=feedback()).status == 404


@pytest.mark.skipif(not SAMPLE.exists(), reason="the published sample is not beside this checkout")
def test_the_published_sample_is_read(ehr: Cloud) -> None:
    """Da Vinci's is of another hook: it is refused as such; told as ours, it is answered."""
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
    assert call(ehr, sample).status == 400
    booked = a_call()["context"]["appointments"]
    ours = sample | {"hook": "appointment-book", "context": sample["context"] | {"appointments": booked}}
    [card] = cards(ehr, ours)
    assert "no visit for low back pain is on record" in card["summary"]


def feedback(**also: Any) -> dict[str, Any]:
    one = {"card": "4e0a3a1e", "outcome": "overridden", "outcomeTimestamp": "2026-03-01T09:00:00Z"}
    reason = {"reason": {"code": "notice", "system": "urn:ncd-audit:override-reason"}, "userComment": "ABN signed"}
    return {"feedback": [{**one, "overrideReason": reason, **also}]}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_moment_that_utc_does_not_know_is_refused(ehr: Cloud, moment: str) -> None:
    assert ask(ehr, f"/cds-services/{BOOK}/feedback", body=feedback(outcomeTimestamp=moment)).status == 422


def test_feedback_is_kept_once_with_who_and_why(ehr: Cloud) -> None:
    path = f"/cds-services/{BOOK}/feedback"
    for _ in range(2):
        assert ask(ehr, path, body=feedback()).json == {"kept": 1}
    ask(ehr, path, body=feedback(outcome="accepted", acceptedSuggestions=[{"id": "s"}], overrideReason=None))

    with ehr.invoker.inside(ehr.desk):
        kept = [json.loads(said) for said in feedbacks().of_card("4e0a3a1e")]
    key = {":pk": {"S": "card#4e0a3a1e"}}
    items = dynamodb().query(
        TableName="ncd-audit-cases", KeyConditionExpression="pk = :pk", ExpressionAttributeValues=key
    )
    assert {item["by"]["S"] for item in items["Items"]} == {"ann@clinic.example"}
    assert sorted(one["outcome"] for one in kept) == ["accepted", "overridden"]
    [why] = [one["overrideReason"] for one in kept if one["outcome"] == "overridden"]
    assert (why["reason"]["code"], why["userComment"]) == ("notice", "ABN signed")


@pytest.mark.parametrize(
    "bad", [{"outcome": "ignored"}, {"outcomeTimestamp": "yesterday"}, {"outcomeTimestamp": "2026-03-01T09:00:00"}]
)
def test_feedback_that_makes_no_sense_is_refused(ehr: Cloud, bad: dict[str, Any]) -> None:
    assert ask(ehr, f"/cds-services/{BOOK}/feedback", body=feedback(**bad)).status == 422


def test_who_is_not_signed_in_gives_no_feedback(ehr: Cloud) -> None:
    assert ask(ehr, f"/cds-services/{BOOK}/feedback", officer=None, body=feedback()).status == 401


def test_nothing_of_a_call_is_logged(ehr: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []
    monkeypatch.setattr(type(ehr.invoker), "_hear", lambda _, text: printed.append(text))
    call(ehr, a_call())
    call(ehr, a_call() | {"prefetch": {"patient": a_patient(identifier="zq")}})
    ask(ehr, f"/cds-services/{BOOK}/feedback", body=feedback())
    said = "".join(printed)
    assert not [mark for mark in ("ehr-1", "1EG4", "zq", "2025-03-31", "4e0a3a1e", "ABN") if mark in said], said
