"""Scores from Observations and QuestionnaireResponses, in the shapes that senders really use."""

from typing import Any

import pytest

from tests.unit.formats.heard import details, notes, refusals
from tests.unit.formats.resources import (
    DAY,
    LOINC,
    Body,
    a_patient,
    a_response,
    an_observation,
    concept,
    detail_of,
    noted,
    refused,
    told,
)

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"


def weighted(url: str, value: float) -> Body:
    return {"system": "https://ehr.example", "code": "x", "extension": [{"url": url, "valueDecimal": value}]}


def test_an_observation_is_one_measure() -> None:
    assert detail_of(an_observation()) == {
        "measure_id": "Observation/o#NRS",
        "version": 1,
        "status": "final",
        "patient_id": "Patient|Patient/p",
        "assessed_on": DAY,
        "instrument": "NRS",
        "score": 6,
    }


SHAPES = [
    pytest.param({"valueInteger": 6}, 6, id="integer"),
    pytest.param({"valueInteger": 0}, 0, id="zero"),
    pytest.param({"valueDecimal": 6.5}, 6.5, id="decimal"),
    pytest.param({"valueQuantity": {"value": 6, "unit": "mg/dL"}}, 6, id="quantity in whatever unit"),
    pytest.param({"valueCodeableConcept": concept(LOINC, "LA10138-8")}, 6, id="LOINC answer"),
    pytest.param({"valueCodeableConcept": concept(LOINC, "LA6111-4")}, 0, id="LOINC answer nought"),
    pytest.param({"valueCodeableConcept": concept(LOINC, "LA13942-0")}, 10, id="LOINC answer ten"),
    pytest.param({"valueCodeableConcept": {"coding": [weighted(ORDINAL, 6)]}}, 6, id="ordinal value"),
    pytest.param({"valueCoding": weighted(WEIGHT, 6)}, 6, id="item weight"),
    pytest.param({"valueCoding": {"system": LOINC, "code": "LA10138-8"}}, 6, id="coding with a LOINC answer"),
]


@pytest.mark.parametrize(("value", "score"), SHAPES)
def test_a_score_comes_in_many_shapes(value: Body, score: float) -> None:
    answer = {"linkId": "72514-3", "answer": [value]}
    assert detail_of(an_observation(score=None, **value))["score"] == score
    assert detail_of(a_response("q", answer))["score"] == score


NO_SCORES = [
    pytest.param({}, "missing_field", id="none"),
    pytest.param({"valueString": "6"}, "missing_field", id="text"),
    pytest.param({"valueInteger": "6"}, "wrong_type", id="text for a number"),
    pytest.param({"valueInteger": True}, "wrong_type", id="true"),
    pytest.param({"valueInteger": 11}, "out_of_range", id="above the scale"),
    pytest.param({"valueInteger": -1}, "out_of_range", id="below the scale"),
    pytest.param({"valueDecimal": 1e300}, "out_of_range", id="beyond reckoning"),
    pytest.param({"valueCodeableConcept": concept(LOINC, "LA33-6")}, "missing_field", id="another answer"),
    pytest.param({"valueCodeableConcept": concept("https://x", "LA6111-4")}, "missing_field", id="another system"),
    pytest.param({"valueCoding": weighted("https://x", 6)}, "missing_field", id="another extension"),
]


@pytest.mark.parametrize(("value", "reason"), NO_SCORES)
def test_what_is_no_score_is_refused(value: Body, reason: str) -> None:
    found, place = refused(an_observation(score=None, **value))
    assert (found, place.split(" ")[0].split(".")[0]) == (reason, "Observation")


@pytest.mark.parametrize(("unit", "score"), [("mm", 70), ("cm", 700), ("{score}", None), (None, None)])
def test_a_line_is_told_apart_by_its_unit(unit: str | None, score: int | None) -> None:
    """70 of 100 mm and 7 of 10 cm are one score; without a unit nobody knows which."""
    value = {"value": 70, "unit": unit} if unit else {"value": 70}
    answer = told(an_observation(code="38214-3", score=None, valueQuantity=value))
    scale = [detail["score"] for detail in details(answer)]
    assert scale == ([score] if score == 70 else [])
    assert bool(refusals(answer)) == (score != 70)


def test_centimetres_of_a_line_are_tens_of_millimetres() -> None:
    value = {"value": 7, "unit": "centimetre", "code": "cm"}
    assert detail_of(an_observation(code="38214-3", score=None, valueQuantity=value))["score"] == 70


@pytest.mark.parametrize(
    ("code", "instrument"),
    [
        *((code, "NRS") for code in ("72514-3", "38208-5")),
        *((code, "PROMIS-PI") for code in ("77865-4", "89924-5")),
        *((code, "PROMIS-PF") for code in ("77866-2", "91721-1")),
        ("97909-6", "ODI"),
        ("91147-9", "PEG"),
    ],
)
def test_the_instrument_follows_from_the_loinc_of_the_score(code: str, instrument: str) -> None:
    measure = detail_of(an_observation(code=code))
    assert (measure["instrument"], measure["measure_id"]) == (instrument, f"Observation/o#{instrument}")


@pytest.mark.parametrize("code", ["97908-8", "77797-9", "90974-7", "8302-2"])
def test_a_panel_a_raw_sum_or_another_thing_is_no_score(code: str) -> None:
    assert noted(an_observation(code=code)) == "holds no score of an instrument that this audit knows"


def test_components_are_scores_of_their_own_and_never_added() -> None:
    components = [
        {"code": concept(LOINC, "72514-3"), "valueInteger": 6},
        {"code": concept(LOINC, "97909-6"), "valueDecimal": 36},
        {"code": concept(LOINC, "8302-2"), "valueInteger": 170},
    ]
    measures = details(told(an_observation(code="97908-8", score=None, component=components)))
    assert [(it["measure_id"], it["score"]) for it in measures] == [("Observation/o#NRS", 6), ("Observation/o#ODI", 36)]


def test_two_scores_of_one_instrument_in_one_record_are_refused() -> None:
    twice = [{"code": concept(LOINC, "38208-5"), "valueInteger": 4}]
    assert refused(an_observation(component=twice))[0] == "ambiguous"
    answers = {"linkId": "72514-3", "answer": [{"valueInteger": 6}, {"valueInteger": 7}]}
    assert refused(a_response("q", answers))[0] == "ambiguous"


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("final", "final"),
        ("amended", "final"),
        ("corrected", "final"),
        ("entered-in-error", "entered-in-error"),
        ("preliminary", None),
        ("registered", None),
        ("cancelled", None),
        ("unknown", None),
    ],
)
def test_only_a_final_score_counts_and_a_wrong_one_is_taken_back(status: str, ours: str | None) -> None:
    measures = details(told(an_observation(status=status)))
    assert [measure["status"] for measure in measures] == ([ours] if ours else [])


@pytest.mark.parametrize(
    ("status", "ours"),
    [("completed", "final"), ("amended", "final"), ("entered-in-error", "entered-in-error"), ("in-progress", None)],
)
def test_a_response_counts_once_it_is_completed(status: str, ours: str | None) -> None:
    measures = details(told(a_response(status=status)))
    assert [measure["status"] for measure in measures] == ([ours] if ours else [])


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ({"effectiveDateTime": "2026-01-15"}, DAY),
        ({"effectiveDateTime": "2026-01-15T23:59:59.999-05:00"}, DAY),
        ({"effectiveDateTime": None, "effectiveInstant": "2026-01-15T23:59:59Z"}, DAY),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": "2026-01-15", "end": "2026-01-16"}}, DAY),
    ],
)
def test_a_score_is_dated_as_written(when: Body, day: str) -> None:
    assert detail_of(an_observation(**when))["assessed_on"] == day


@pytest.mark.parametrize(("when", "reason"), [(None, "missing_field"), ("2026-01", "not_a_date"), (5, "wrong_type")])
def test_a_score_needs_a_day(when: Any, reason: str) -> None:
    assert refused(an_observation(effectiveDateTime=when))[0] == reason


def test_an_answer_may_stand_deep_in_groups_and_under_a_path() -> None:
    deep = {"linkId": "group", "item": [{"linkId": "/76804-4/77866-2", "answer": [{"valueDecimal": 41.5}]}]}
    below = {"linkId": "any", "answer": [{"valueBoolean": True, "item": [deep]}]}
    assert detail_of(a_response("q", below)) | {"score": None} == detail_of(
        an_observation("q", code="77866-2", score=41)
    ) | {"measure_id": "QuestionnaireResponse/q#PROMIS-PF", "score": None}


def test_a_known_questionnaire_tells_what_its_questions_are() -> None:
    answer = {"linkId": "nrs-1", "answer": [{"valueInteger": 6}]}
    known = "http://example.org/Questionnaire/PROMISNRSQuestionnaire|1.0"
    assert detail_of(a_response("q", answer, questionnaire=known))["instrument"] == "NRS"
    assert noted(a_response("q", answer, questionnaire="http://example.org/Other")) == (
        "holds no score of an instrument that this audit knows"
    )


@pytest.mark.parametrize(
    ("meta", "version"),
    [
        ({"versionId": "7", "lastUpdated": "2026-01-15T10:00:00Z"}, 7),
        ({"versionId": "0", "lastUpdated": "1970-01-01T00:00:02.5Z"}, 2500),
        ({"versionId": "W/3", "lastUpdated": "2026-01-15T10:00:00+00:00"}, 1768471200000),
        ({"versionId": "9" * 40}, 1),
        ({"versionId": "\u0663"}, 1),
        ({"versionId": None, "lastUpdated": "2026-01-15"}, 1),
        ({"versionId": None, "lastUpdated": "1960-01-01T00:00:00Z"}, 1),
    ],
)
def test_the_version_is_the_servers_number_else_its_clock(meta: Body, version: int) -> None:
    assert detail_of(an_observation(meta=meta))["version"] == version


def test_the_patient_may_come_beside_it() -> None:
    answer = told(an_observation(), a_patient())
    assert details(answer)[0]["patient_id"] == "http://hl7.org/fhir/sid/us-mbi|1EG4TE5MK73"
    assert notes(answer) == [("line 2: Patient", "is read for what others refer to")]
