"""A visit from an Encounter and what belongs to it: joined by reference, versioned by all parts, else not stated."""

from typing import Any

import pytest

from tests.builders import NEEDLER
from tests.unit.formats.heard import details, notes
from tests.unit.formats.resources import (
    DAY,
    ICD,
    LOINC,
    MBI,
    NPI,
    PATIENT_KEY,
    Body,
    a_bundle,
    a_condition,
    a_coverage,
    a_patient,
    a_practitioner,
    a_procedure,
    a_role,
    a_visit_bundle,
    an_encounter,
    concept,
    detail_of,
    noted,
    people,
    refused,
    to,
    told,
)


def test_a_visit_tells_what_fhir_can_say_and_nothing_else() -> None:
    assert detail_of(a_visit_bundle()) == {
        "visit_id": "Encounter/e",
        "version": 3,
        "patient_id": PATIENT_KEY,
        "status": "completed",
        "date_of_service": DAY,
        "payer": "medicare_ffs",
        "diagnoses": ["M54.59"],
        "condition": {"onset_date": "2025-06-01"},
        "performer": {"npi": NEEDLER, "profession": "physician"},
        "procedure": {"kind": "dry_needling"},
        "measures": [],
    }


def test_every_resource_of_the_bundle_is_told_of() -> None:
    places = [piece.place for piece in told(a_visit_bundle())]
    assert places == [f"Bundle.entry[{number}].resource" for number in range(7)]


@pytest.mark.parametrize(
    ("encounter", "said"),
    [
        ({"status": "in-progress"}, "the Encounter is not finished: its later version will tell the visit"),
        ({"status": "planned"}, "the Encounter is not finished: its later version will tell the visit"),
        ({"status": "unknown"}, "the Encounter is not finished: its later version will tell the visit"),
    ],
)
def test_a_visit_that_is_not_over_is_no_event(encounter: Body, said: str) -> None:
    assert noted(a_visit_bundle(**encounter)) == said


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_visit_can_be_taken_back_though_nothing_belongs_to_it(status: str) -> None:
    visit = detail_of(a_bundle(an_encounter(status=status), *people()))
    assert (visit["status"], visit["visit_id"], "procedure" in visit) == (status, "Encounter/e", False)


def test_what_is_taken_back_but_cannot_be_told_is_left_to_a_person() -> None:
    wrong = a_bundle(an_encounter(status="entered-in-error", participant=None), a_patient())
    assert refused(wrong)[0] == "missing_field"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], "an Encounter alone tells no visit: its Procedure and Conditions in the same Bundle would"),
        ([a_procedure(encounter=to("Encounter/other"))], "an Encounter alone tells no visit"),
    ],
)
def test_an_encounter_without_parts_does_not_say_that_nobody_needled(parts: list[Body], said: str) -> None:
    assert noted(a_bundle(an_encounter(), *parts, *people())).startswith(said)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((code, "dry_needling") for code in ("20560", "20561")),
        *((code, "acupuncture") for code in ("97810", "97811", "97813", "97814")),
        *((code, None) for code in ("20552", "99213")),
    ],
)
def test_the_kind_of_needling_follows_from_the_code(code: str, kind: str | None) -> None:
    visit = detail_of(a_visit_bundle(a_procedure(code=code)))
    assert visit.get("procedure") == ({"kind": kind} if kind else None)


@pytest.mark.parametrize("status", ["entered-in-error", "not-done", "in-progress", "stopped"])
def test_only_a_procedure_that_was_done_is_needling(status: str) -> None:
    assert "procedure" not in detail_of(a_visit_bundle(a_procedure(status=status)))


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (a_procedure("m", code="97810"), "ambiguous"),
        (a_procedure("m", on="2026-01-16"), "too_many"),
    ],
)
def test_two_visits_in_one_encounter_are_refused(second: Body, reason: str) -> None:
    bundle = a_visit_bundle(a_procedure(), second)
    assert refused(bundle)[0] == reason


def test_two_procedures_of_one_day_are_one_visit() -> None:
    assert detail_of(a_visit_bundle(a_procedure(), a_procedure("m", code="20561")))["version"] == 3


def test_the_day_is_that_of_the_needling_else_the_first_of_the_encounter() -> None:
    late = a_visit_bundle(a_procedure(on="2026-01-17"), on=DAY)
    untold = a_visit_bundle(a_procedure(performedDateTime=None))
    assert (detail_of(late)["date_of_service"], detail_of(untold)["date_of_service"]) == ("2026-01-17", DAY)


def test_a_day_is_needed() -> None:
    dateless = a_visit_bundle(a_procedure(performedDateTime=None), period=None)
    assert noted(dateless).startswith("no date of service")


@pytest.mark.parametrize("when", ["2026-13-01", "2026-02-29", "15.01.2026", "2026-01-15T", "2026-01", ""])
def test_a_wrong_or_partial_date_of_service_is_refused(when: str) -> None:
    bundle = a_visit_bundle(a_procedure(performedDateTime=None), period={"start": when, "end": when})
    assert refused(bundle) == ("not_a_date", "Bundle.entry[0].resource.period.start")


def with_onset(told_as: str | None, **more: Any) -> Body:
    return a_visit_bundle(a_procedure(), a_condition(onsetDateTime=told_as, **more))


@pytest.mark.parametrize(
    ("told_as", "onset"),
    [
        ("2025-06-01", "2025-06-01"),
        ("2026-01-14", "2026-01-14"),
        ("2025-06-01T10:00:00-05:00", "2025-06-01"),
        ("2024", "2024-12-31"),
        ("2024-12", "2024-12-31"),
        ("2025-01", None),  # 366 days before the visit is 2025-01-14
        ("2025", None),
        ("long ago", None),
        ("2025-02-30", None),
        (None, None),
    ],
)
def test_an_onset_told_to_the_day_counts_a_vague_one_only_when_long_past(
    told_as: str | None, onset: str | None
) -> None:
    assert detail_of(with_onset(told_as)).get("condition") == ({"onset_date": onset} if onset else None)


@pytest.mark.parametrize(("on", "onset"), [("2026-01-31", None), ("2026-02-01", None), ("2026-02-02", "2025-01-31")])
def test_long_past_is_more_than_a_year_after_the_last_day_meant(on: str, onset: str | None) -> None:
    bundle = a_visit_bundle(a_procedure(on=on), a_condition(onsetDateTime="2025-01"))
    assert detail_of(bundle).get("condition") == ({"onset_date": onset} if onset else None)


def test_the_onset_may_stand_on_the_problem_list_of_the_same_patient_only() -> None:
    problem = a_condition("problem", encounter=None, onsetDateTime="2024-03-01")
    mine = a_bundle(an_encounter(), a_procedure(), problem, *people())
    other = a_bundle(an_encounter(), a_procedure(), problem | {"subject": to("Patient/other")}, *people())
    visit = detail_of(mine)
    assert (visit["condition"], visit["diagnoses"]) == ({"onset_date": "2024-03-01"}, [])
    assert "condition" not in detail_of(other)


@pytest.mark.parametrize("code", ["M54.2", "M79.7"])
def test_the_onset_of_another_pain_is_none_of_ours(code: str) -> None:
    assert "condition" not in detail_of(a_visit_bundle(a_procedure(), a_condition(code=code)))


def test_diagnoses_stand_by_rank_then_as_reasons_then_as_told() -> None:
    conditions = [a_condition(name, code=code) for name, code in (("a", "M54.2"), ("b", "M5450"), ("c", "M54.16"))]
    ranked = [{"condition": to("Condition/c"), "rank": 2}, {"condition": to("Condition/b"), "rank": 1}]
    needling = a_procedure(reasonCode=[concept(ICD, "G89.29")])
    bundle = a_visit_bundle(*conditions, needling, diagnosis=ranked)
    assert detail_of(bundle)["diagnoses"] == ["M54.50", "M54.16", "M54.2", "G89.29"]


@pytest.mark.parametrize("status", ["entered-in-error", "refuted"])
def test_a_diagnosis_that_is_not_so_is_left_out(status: str) -> None:
    system = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    untrue = a_condition(verificationStatus=concept(system, status))
    assert detail_of(a_visit_bundle(a_procedure(), untrue))["diagnoses"] == []


def test_a_broken_condition_is_refused_alone() -> None:
    answer = told(a_visit_bundle(a_procedure(), a_condition(onsetDateTime=20250601)))
    assert [type(piece).__name__ for piece in answer][:3] == ["Read", "Noted", "Refused"]
    assert details(answer)[0]["diagnoses"] == []


@pytest.mark.parametrize(
    ("taxonomy", "profession"),
    [
        ("208100000X", "physician"),
        ("363A00000X", "physician_assistant"),
        ("363LF0000X", "nurse_practitioner"),
        ("364S00000X", "clinical_nurse_specialist"),
        ("171100000X", "acupuncturist"),
        ("225100000X", "physical_therapist"),
        ("225X00000X", "occupational_therapist"),
        ("111N00000X", "chiropractor"),
        ("163W00000X", None),
    ],
)
def test_the_profession_follows_from_the_taxonomy(taxonomy: str, profession: str | None) -> None:
    others = [a_patient(), a_practitioner(), a_role(taxonomy=taxonomy), a_coverage()]
    visit = detail_of(a_bundle(an_encounter(), a_procedure(), *others))
    assert visit["performer"] == {"npi": NEEDLER} | ({"profession": profession} if profession else {})


def test_who_needled_comes_before_who_took_part() -> None:
    needler = a_procedure(performer=[{"actor": to("Practitioner/other")}])
    bundle = a_visit_bundle(needler, a_condition())
    bundle["entry"].append({"resource": a_practitioner("other", npi="1200000028")})
    assert detail_of(bundle)["performer"] == {"npi": "1200000028"}


def test_a_performer_may_be_named_by_npi_alone() -> None:
    named = a_procedure(performer=[{"actor": {"identifier": {"system": NPI, "value": "1200000036"}}}])
    assert detail_of(a_visit_bundle(named))["performer"] == {"npi": "1200000036"}


def test_a_role_of_a_role_leads_nowhere() -> None:
    circle = a_role(practitioner=to("PractitionerRole/role"))
    assert noted(a_bundle(an_encounter(), a_procedure(), a_patient(), circle)).startswith("no NPI of a performer")


def test_nobody_without_an_npi_makes_a_visit() -> None:
    bundle = a_bundle(an_encounter(), a_procedure(), a_patient(), a_coverage())
    assert noted(bundle).startswith("no NPI of a performer")


@pytest.mark.parametrize(
    ("payment", "payer"),
    [
        ("12", "medicare_ffs"),
        ("121", "medicare_ffs"),
        ("11", "medicare_advantage"),
        ("112", "medicare_advantage"),
        ("122", "other"),
        ("2", "other"),
        ("512", "other"),
        ("1", None),
        ("14", None),
        ("9999", None),
    ],
)
def test_the_payer_follows_from_the_typology(payment: str, payer: str | None) -> None:
    others = [a_patient(), a_practitioner(), a_role(), a_coverage(payment=payment)]
    assert detail_of(a_bundle(an_encounter(), a_procedure(), *others)).get("payer") == payer


def covered_by(*coverages: Body) -> str | None:
    bundle = a_bundle(an_encounter(), a_procedure(), a_patient(), a_practitioner(), a_role(), *coverages)
    payer: str | None = detail_of(bundle).get("payer")
    return payer


@pytest.mark.parametrize(
    ("period", "payer"),
    [
        ({"start": DAY}, "medicare_ffs"),
        ({"start": "2026-01-16"}, None),
        ({"end": DAY}, "medicare_ffs"),
        ({"end": "2026-01-14"}, None),
        ({"end": "2026-01"}, "medicare_ffs"),
        ({"end": "2025"}, None),
    ],
)
def test_a_coverage_pays_while_it_is_in_force(period: Body, payer: str | None) -> None:
    assert covered_by(a_coverage(period=period)) == payer


def test_the_primary_coverage_pays_and_two_that_disagree_tell_nothing() -> None:
    supplement = a_coverage("other", "512")
    assert covered_by(a_coverage(order=1), supplement | {"order": 2}) == "medicare_ffs"
    assert covered_by(a_coverage(), supplement) is None
    assert covered_by(a_coverage(status="cancelled"), supplement) == "other"
    assert covered_by(a_coverage(beneficiary=to("Patient/other"))) is None


def pregnancy(**changes: Any) -> Body:
    return {
        "resourceType": "Observation",
        "id": "pregnancy",
        "status": "final",
        "code": concept(LOINC, "82810-3"),
        "subject": to("Patient/p"),
        "encounter": to("Encounter/e"),
        "valueCodeableConcept": concept("http://snomed.info/sct", "77386006"),
    } | changes


@pytest.mark.parametrize(
    ("changes", "screening"),
    [
        ({}, ["pregnancy"]),
        ({"status": "preliminary"}, None),
        ({"valueCodeableConcept": concept("http://snomed.info/sct", "60001007")}, None),
        ({"encounter": to("Encounter/other")}, None),
    ],
)
def test_a_pregnancy_observed_at_the_visit_is_found_by_its_screening(changes: Body, screening: object) -> None:
    assert detail_of(a_visit_bundle(a_procedure(), pregnancy(**changes))).get("screening") == screening


def test_a_correction_of_any_part_makes_a_later_version() -> None:
    def version(encounter: str, procedure: str, condition: str) -> int:
        parts = a_procedure(meta={"versionId": procedure}), a_condition(meta={"versionId": condition})
        number: int = detail_of(a_visit_bundle(*parts, meta={"versionId": encounter}))["version"]
        return number

    assert [version("1", "1", "1"), version("1", "2", "1"), version("3", "1", "1"), version("1", "1", "4")] == [
        3,
        4,
        5,
        6,
    ]


def test_of_a_history_only_the_latest_version_of_a_part_counts() -> None:
    wrong = a_procedure(status="entered-in-error", meta={"versionId": "2"})
    answer = told(a_bundle(an_encounter(), a_procedure(), wrong, a_condition(), *people()))
    (visit,) = details(answer)
    assert ("procedure" in visit, visit["version"]) == (False, 4)
    assert notes(answer)[0] == ("Bundle.entry[1].resource", "a later version of the same resource is in the file")


def test_parts_find_their_visit_by_whatever_address() -> None:
    """urn:uuid in a transaction, absolute in a search, versioned in a history."""
    urn, server = "urn:uuid:0b7c2a70-0000-4000-8000-000000000001", "https://ehr.example/fhir"
    for address in (urn, f"{server}/Encounter/e", "Encounter/e/_history/3"):
        bundle = a_visit_bundle(a_procedure(encounter=to(address)), a_condition(encounter=to(address)))
        bundle["entry"][0]["fullUrl"] = urn
        assert detail_of(bundle)["procedure"] == {"kind": "dry_needling"}


def test_an_encounter_without_an_id_goes_by_its_business_identifier() -> None:
    without = {name: value for name, value in an_encounter().items() if name != "id"}
    entry = {"resource": without, "fullUrl": "urn:uuid:1"}
    bundle = a_bundle(a_procedure(encounter=to("urn:uuid:1")), *people())
    bundle["entry"].append(entry)
    assert detail_of(bundle)["visit_id"] == "urn:uuid:1"
    without["identifier"] = [{"system": "https://ehr.example/visits", "value": "V-77"}]
    assert detail_of(bundle)["visit_id"] == "V-77"


@pytest.mark.parametrize(
    ("patient", "key"),
    [
        ([{"system": MBI, "value": "1EG4TE5MK73"}, {"system": "https://ehr.example/mrn", "value": "7"}], PATIENT_KEY),
        (
            [
                {
                    "system": "urn:ehr",
                    "value": "7",
                    "type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"),
                }
            ],
            "urn:ehr|7",
        ),
        ([{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "000-00-0000"}], "Patient|Patient/p"),
        ([], "Patient|Patient/p"),
    ],
    ids=["MBI", "record number", "neither", "none"],
)
def test_the_patient_goes_by_mbi_then_record_number_then_reference(patient: list[Body], key: str) -> None:
    others = [a_patient(identifier=patient), a_practitioner(), a_role(), a_coverage()]
    assert detail_of(a_bundle(an_encounter(), a_procedure(), *others))["patient_id"] == key


def test_a_contained_patient_without_a_number_is_nobody() -> None:
    """Every file can call its patient "#p"."""
    contained = an_encounter(subject=to("#p"), contained=[{"resourceType": "Patient", "id": "p"}])
    assert refused(a_bundle(contained, a_procedure(), *people())) == (
        "missing_field",
        "Bundle.entry[0].resource.subject.reference",
    )
    numbered = {"resourceType": "Patient", "id": "p", "identifier": [{"system": MBI, "value": "2EG4TE5MK74"}]}
    known = an_encounter(subject=to("#p"), contained=[numbered])
    assert detail_of(a_bundle(known, a_procedure(), *people()))["patient_id"] == f"{MBI}|2EG4TE5MK74"


def test_the_code_must_be_one_of_a_known_system() -> None:
    unknown = a_procedure() | {"code": concept("https://ehr.example/codes", "20560")}
    assert "procedure" not in detail_of(a_visit_bundle(unknown))
