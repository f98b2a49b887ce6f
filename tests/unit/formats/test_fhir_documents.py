"""Files of FHIR as documents: one resource, a Bundle of any kind, NDJSON; what is broken is refused with its place."""

import json
from typing import Any

import pytest

from shared.formats import beginnings
from shared.formats.fhir import reader as fhir_reader
from shared.formats.fhir.reader import read
from shared.formats.reading import Piece, Refused
from tests.builders import a_visit
from tests.unit.formats.heard import details, notes, pieces, refusals
from tests.unit.formats.resources import (
    Body,
    a_bundle,
    a_condition,
    a_patient,
    a_procedure,
    a_response,
    a_visit_bundle,
    an_encounter,
    an_observation,
    detail_of,
    kinds,
    people,
    refused,
    told,
)


def of(text: str | bytes) -> list[Piece]:
    return pieces(read, text.encode() if isinstance(text, str) else text)


def places(told: list[Piece]) -> list[str]:
    return [piece.place for piece in told]


@pytest.mark.parametrize(
    ("text", "fhir"),
    [
        (json.dumps(an_observation()), True),
        (json.dumps(a_bundle(), indent=2), True),
        ("\ufeff \n" + json.dumps(an_observation()), True),
        (json.dumps(an_observation()) + "\n" + json.dumps(an_observation()), True),
        (json.dumps(a_visit()), False),
        ('[{"resourceType": "Patient"}]', False),
        ("ISA*00*", False),
        ("MSH|^~\\&|", False),
        ("", False),
    ],
)
def test_fhir_is_known_by_its_type_of_resource(text: str, fhir: bool) -> None:  # noqa: FBT001 - what is expected
    assert beginnings.fhir(text.encode()) == fhir


def test_a_resource_may_be_spread_over_lines() -> None:
    assert details(of(json.dumps(an_observation(), indent=2))) == [detail_of(an_observation())]


def test_ndjson_is_read_line_by_line_and_joined() -> None:
    answer = told(*a_resources_of_a_visit())
    assert places(answer) == [
        "line 1: Encounter",
        "line 2: Procedure",
        "line 3: Condition",
        "line 4: Patient",
        "line 5: Practitioner",
        "line 6: PractitionerRole",
        "line 7: Coverage",
    ]
    assert details(answer) == [detail_of(a_visit_bundle())]


def a_resources_of_a_visit() -> list[Body]:
    return [an_encounter(), a_procedure(), a_condition(), *people()]


def test_bundles_of_one_file_do_not_mix() -> None:
    """Each may come from another server, where Encounter/e is another visit."""
    alone = a_bundle(an_encounter(), *people())
    answer = told(alone, a_bundle(a_procedure()))
    assert details(answer) == []
    assert places(answer)[-1] == "line 2: Bundle.entry[0].resource"


def test_people_are_known_for_the_whole_of_a_long_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fhir_reader, "AT_ONCE", 2)
    answer = told(a_patient(), an_observation("1"), an_observation("2"), an_observation("3"))
    assert {detail["patient_id"] for detail in details(answer)} == {"http://hl7.org/fhir/sid/us-mbi|1EG4TE5MK73"}
    assert places(answer) == ["line 1: Patient", *(f"line {number}: Observation" for number in (2, 3, 4))]


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("", "not_json", "body"),
        ("{", "not_json", "body"),
        ("[]", "wrong_type", "body"),
        ('{"resourceType": NaN}', "not_json", "body"),
        (b'{"resourceType": "\xff"}', "not_json", "body"),
        ('{"resourceType": "Patient", "id": "a", "id": "b"}', "ambiguous", "a name stands twice in one object"),
        ('{"a":' * 100_000, "too_deep", "body"),
        ("{}", "missing_field", "resource.resourceType"),
        ('{"resourceType": 5}', "wrong_type", "resource.resourceType"),
        ('{"resourceType": "Bundle", "entry": {}}', "wrong_type", "Bundle.entry"),
        ('{"resourceType": "Bundle", "entry": [5]}', "wrong_type", "Bundle.entry[0].resource"),
        ('{"resourceType": "Bundle", "entry": [{"resource": 5}]}', "wrong_type", "Bundle.entry[0].resource"),
        ('{"resourceType": "Bundle", "entry": [{"resource": []}]}', "wrong_type", "Bundle.entry[0].resource"),
        ('{"resourceType": "Patient", "identifier": 5}', "wrong_type", "Patient.identifier"),
    ],
)
def test_what_is_broken_is_refused_with_its_place(text: str | bytes, reason: str, place: str) -> None:
    assert refusals(of(text)) == [(reason, place)]


@pytest.mark.parametrize("depth", [200, 900])
def test_answers_within_answers_are_read_as_deep_as_anybody_asks(depth: int) -> None:
    deep = '{"linkId": "a", "answer": [{"item": [' * depth + "]}]}" * depth
    response = json.dumps(a_response()).replace('"item": [', f'"item": [{deep}, ', 1)
    assert [reason for reason, _ in refusals(of(response))] == ["too_deep"]
    assert all(len(place) < 200 for _, place in refusals(of(response)))


def test_a_broken_line_spoils_no_other() -> None:
    good = json.dumps(an_observation())
    for broken in (f"{good}\n{{\n{good}", f"{{\n{good}\n{good}"):
        answer = of(broken)
        assert (len(details(answer)), [reason for reason, _ in refusals(answer)]) == (2, ["not_json"])


def test_a_broken_resource_spoils_no_other() -> None:
    answer = told(a_bundle(an_observation("1"), an_observation("2", status=None), an_observation("3")))
    assert [detail["measure_id"] for detail in details(answer)] == ["Observation/1#NRS", "Observation/3#NRS"]
    assert refusals(answer) == [("missing_field", "Bundle.entry[1].resource.status")]


def test_what_is_refused_is_kept_as_it_came_but_not_without_end() -> None:
    text = json.dumps(an_observation(status=None)) + " "
    (short,) = of(text)
    assert isinstance(short, Refused)
    assert short.raw == text.encode()
    (long,) = of(json.dumps(an_observation(status=None, note=[{"text": "x" * 300_000}])))
    assert isinstance(long, Refused)
    assert len(long.raw) == 256 * 1024


@pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "searchset", "message", "history", "document"])
def test_every_kind_of_bundle_is_read(kind: str) -> None:
    assert kinds(a_bundle(an_observation(), kind=kind)) == ["MeasureRecorded"]


def test_a_bundle_in_a_bundle_is_read_up_to_a_depth() -> None:
    inner: Body = a_bundle(an_observation())
    assert kinds(a_bundle(inner)) == ["MeasureRecorded"]
    for _ in range(4):
        inner = a_bundle(inner)
    assert refused(inner) == ("too_deep", f"Bundle{'.entry[0].resource' * 4}.entry")


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({}, ("Bundle", "the Bundle is empty")),
        ({"entry": [{"fullUrl": "urn:uuid:1"}]}, ("Bundle.entry[0]", "the entry holds no resource")),
        (
            {"entry": [{"request": {"method": "DELETE", "url": "Encounter/e"}}]},
            ("Bundle.entry[0]", "was deleted at the sender: what it told here still stands and must be taken back"),
        ),
        (
            {"link": [{"relation": "next", "url": "https://ehr.example"}], "entry": [{}]},
            ("Bundle.link", "the Bundle is one page of a search: the next pages must be fetched"),
        ),
    ],
)
def test_what_a_bundle_says_beside_its_resources_is_noted(changes: Any, note: tuple[str, str]) -> None:
    assert notes(told(a_bundle(**changes)))[0] == note


@pytest.mark.parametrize("kind", ["MessageHeader", "OperationOutcome", "Medication", "no type at all"])
def test_what_tells_nothing_to_this_audit_is_noted_without_its_name(kind: str) -> None:
    note = ("Bundle.entry[0].resource", "is of a type that tells this audit nothing")
    assert notes(told(a_bundle({"resourceType": kind}))) == [note]
    assert notes(told({"resourceType": kind})) == [("resource", note[1])]


@pytest.mark.parametrize("part", [a_procedure(), a_condition(code="M54.2")])
def test_a_part_alone_waits_for_its_encounter(part: Body) -> None:
    said = "belongs to no Encounter of this file: together with it, it would tell a visit"
    assert notes(told(part)) == [(part["resourceType"], said)]
