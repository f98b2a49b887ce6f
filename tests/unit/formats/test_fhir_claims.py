"""Claims and the payer's answers: lines, pointers, NPIs and payers, corrections, and what is taken back."""

from typing import Any

import pytest

from tests.builders import NEEDLER
from tests.unit.formats.heard import details, notes, refusals
from tests.unit.formats.resources import (
    DAY,
    ICD,
    PATIENT_KEY,
    SOPT,
    TERMINOLOGY,
    Body,
    a_bundle,
    a_claim_response,
    a_condition,
    a_coverage,
    a_fhir_claim,
    a_patient,
    a_practitioner,
    a_role,
    adjudicated,
    an_eob,
    an_item,
    concept,
    detail_of,
    kinds,
    noted,
    people,
    refused,
    to,
    told,
    with_people,
)


def claim(*items: Body, **changes: Any) -> Body:
    return detail_of(with_people(a_fhir_claim("c", *items, **changes)))


def line(**changes: Any) -> Body:
    only: Body = claim(an_item(**changes))["lines"][0]
    return only


def test_a_claim_is_told_whole() -> None:
    assert claim() == {
        "claim_id": "Claim/c",
        "version": 1,
        "patient_id": PATIENT_KEY,
        "claim_type": "professional",
        "type_of_bill": None,
        "frequency_code": "1",
        "replaces_claim_id": None,
        "received_on": "2026-01-16",
        "payer": "medicare_ffs",
        "billing_npi": NEEDLER,
        "diagnoses": ["M54.59"],
        "lines": [
            {
                "line_number": 1,
                "procedure_code": "20560",
                "modifiers": [],
                "units": 1,
                "date_of_service": DAY,
                "diagnosis_pointers": [1],
                "rendering_npi": NEEDLER,
                "place_of_service": "11",
                "charge": "40.00",
            }
        ],
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"use": "preauthorization"}, "bills nothing"),
        ({"use": "predetermination"}, "bills nothing"),
        ({"type": concept(f"{TERMINOLOGY}/claim-type", "pharmacy")}, "is neither"),
        ({"status": "draft"}, "was not sent"),
        ({"insurance": []}, "who pays is not told"),
        ({"insurance": [{"focal": True, "coverage": to("Coverage/elsewhere")}]}, "who pays is not told"),
        ({"provider": to("Practitioner/nobody"), "careTeam": []}, "no NPI at provider"),
    ],
)
def test_what_bills_nothing_yet_or_lacks_a_fact_is_noted(changes: Body, said: str) -> None:
    assert noted(with_people(a_fhir_claim(**changes))).startswith(said)


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_claim_taken_back_is_the_same_claim_without_lines(status: str) -> None:
    taken_back = claim(status=status, meta={"versionId": "2"})
    assert (taken_back["claim_id"], taken_back["version"], taken_back["lines"]) == ("Claim/c", 2, [])


def related(id: str, how: str) -> list[Body]:
    relationship = concept(f"{TERMINOLOGY}/ex-relatedclaimrelationship", how)
    return [{"claim": to(f"Claim/{id}"), "relationship": relationship}]


def test_a_later_claim_replaces_the_prior_one() -> None:
    corrected = claim(related=related("first", "prior"))
    assert (corrected["frequency_code"], corrected["replaces_claim_id"]) == ("7", "Claim/first")


def test_a_claim_merely_associated_is_not_replaced() -> None:
    assert claim(related=related("other", "associated"))["frequency_code"] == "1"


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"modifier": [concept("https://x", "GP"), concept("https://y", "KX")]}, "modifiers", ["GP", "KX"]),
        ({"quantity": {"value": 2}}, "units", 2),
        ({"quantity": {"value": 2.0}}, "units", 2),
        ({"quantity": None}, "units", 1),
        ({"servicedDate": None, "servicedPeriod": {"start": "2026-01-14"}}, "date_of_service", "2026-01-14"),
        ({"net": {"value": 12.5}}, "charge", "12.50"),
        ({"net": {"value": 0.1}}, "charge", "0.10"),
        ({"net": None, "adjudication": adjudicated(submitted=33)}, "charge", "33.00"),
        ({"locationCodeableConcept": None}, "place_of_service", None),
        ({"sequence": 7}, "line_number", 7),
    ],
)
def test_a_line_is_read(changes: Body, field: str, value: object) -> None:
    assert line(**changes)[field] == value


@pytest.mark.parametrize(
    ("changes", "reason", "place"),
    [
        ({"net": None}, "missing_field", "item[0].net"),
        ({"servicedDate": None}, "missing_field", "item[0].serviced"),
        ({"servicedDate": "2026-01"}, "not_a_date", "item[0].serviced"),
        ({"quantity": {"value": 1.5}}, "wrong_type", "item[0].quantity"),
        ({"quantity": {"value": 0}}, "out_of_range", " (detail.lines.0.units)"),
        ({"diagnosisSequence": [2]}, "out_of_range", "item[0].diagnosisSequence"),
        ({"modifier": [{"text": "KX"}]}, "missing_field", "item[0].modifier[0]"),
        ({"modifier": [concept("https://x", "kx")]}, "bad_form", " (detail.lines.0.modifiers.0)"),
        ({"sequence": "1"}, "wrong_type", "item[0].sequence"),
        ({"net": {"value": 1e300}}, "out_of_range", "item[0].net.value"),
    ],
)
def test_a_wrong_line_is_refused_with_its_path(changes: Body, reason: str, place: str) -> None:
    dot = "" if place.startswith(" ") else "."
    bundle = with_people(a_fhir_claim("c", an_item(**changes)))
    assert refused(bundle) == (reason, f"Bundle.entry[0].resource{dot}{place}")


def test_an_item_without_a_procedure_code_is_left_out_aloud() -> None:
    revenue = an_item(2)
    revenue["productOrService"] = concept("https://www.nubc.org/CodeSystem/RevenueCodes", "0420")
    answer = told(with_people(a_fhir_claim("c", an_item(), revenue)))
    assert [it["line_number"] for it in details(answer)[0]["lines"]] == [1]
    assert notes(answer)[0] == (
        "Bundle.entry[0].resource.item[1]",
        "the item has no CPT or HCPCS code and is left out",
    )


def diagnosed(*numbered: tuple[int, str]) -> list[Body]:
    return [{"sequence": number, "diagnosisCodeableConcept": concept(ICD, code)} for number, code in numbered]


def test_pointers_count_the_diagnoses_in_their_order() -> None:
    shuffled = claim(an_item(diagnosisSequence=[9, 4]), diagnosis=diagnosed((9, "G8929"), (4, "M5459")))
    assert (shuffled["diagnoses"], shuffled["lines"][0]["diagnosis_pointers"]) == (["M54.59", "G89.29"], [2, 1])


@pytest.mark.parametrize(
    ("coded", "reason", "place"),
    [
        (diagnosed((1, "M54.59"), (1, "M54.50")), "ambiguous", "diagnosis[1].sequence"),
        (
            [{"sequence": 1, "diagnosisCodeableConcept": concept("x", "M54.59")}],
            "missing_field",
            "diagnosis[0]",
        ),
        ([{"sequence": 1, "diagnosisReference": to("Condition/none")}], "missing_field", "diagnosis[0]"),
    ],
)
def test_a_diagnosis_that_cannot_be_told_is_refused(coded: list[Body], reason: str, place: str) -> None:
    found, where = refused(with_people(a_fhir_claim(diagnosis=coded)))
    assert (found, where.split(":")[0]) == (reason, f"Bundle.entry[0].resource.{place}")


def test_a_diagnosis_may_be_a_condition() -> None:
    referred = a_fhir_claim(diagnosis=[{"sequence": 1, "diagnosisReference": to("Condition/pain")}])
    answer = told(a_bundle(referred, a_condition(), *people()))
    assert details(answer)[0]["diagnoses"] == ["M54.59"]


ROLES = f"{TERMINOLOGY}/claimcareteamrole"


def team(*roles: str) -> list[Body]:
    return [
        {"sequence": number, "provider": to(f"Practitioner/{number}"), "role": concept(ROLES, role)}
        for number, role in enumerate(roles, start=1)
    ]


@pytest.mark.parametrize(
    ("roles", "named", "npi"),
    [
        (("referring", "performing"), None, "1200000002"),
        (("referring", "rendering"), [1, 2], "1200000002"),
        (("rendering", "rendering"), [2], "1200000002"),
        (("primary",), [1], "1200000001"),
        (("referring",), None, NEEDLER),
        ((), None, NEEDLER),
    ],
)
def test_who_rendered_is_the_lines_own_then_by_role_then_the_biller(
    roles: tuple[str, ...], named: list[int] | None, npi: str
) -> None:
    billed = a_fhir_claim("c", an_item(careTeamSequence=named), careTeam=team(*roles))
    others = [a_practitioner(str(number), npi=f"120000000{number}") for number in (1, 2)]
    assert detail_of(a_bundle(billed, *others, *people()))["lines"][0]["rendering_npi"] == npi


def test_an_institutional_claim_has_a_type_of_bill_and_no_pointers() -> None:
    kind = concept(f"{TERMINOLOGY}/claim-type", "institutional")
    bill = [{"sequence": 1, "category": concept("https://x", "typeofbill"), "code": concept("https://y", "131")}]
    facility = claim(type=kind, supportingInfo=bill)
    assert (facility["claim_type"], facility["type_of_bill"]) == ("institutional", "0131")
    assert facility["lines"][0]["diagnosis_pointers"] == []


@pytest.mark.parametrize(("code", "payer"), [("MB", "medicare_ffs"), ("16", "medicare_advantage"), ("CI", "other")])
def test_a_coverage_may_tell_its_filing_indicator(code: str, payer: str) -> None:
    kind = concept("https://x12.org/codes/claim-filing-indicator-codes", code)
    others = [a_patient(), a_practitioner(), a_role(), a_coverage() | {"type": kind}]
    assert detail_of(a_bundle(a_fhir_claim(), *others))["payer"] == payer


def test_the_focal_insurance_pays() -> None:
    insurance = [
        {"sequence": 1, "focal": False, "coverage": to("Coverage/other")},
        {"sequence": 2, "focal": True, "coverage": to("Coverage/cov")},
    ]
    bundle = a_bundle(a_fhir_claim(insurance=insurance), *people(), a_coverage("other", "512"))
    assert detail_of(bundle)["payer"] == "medicare_ffs"


def test_a_coverage_may_be_contained() -> None:
    inside = [{"resourceType": "Coverage", "id": "own", "type": concept(SOPT, "111")}]
    bundle = with_people(a_fhir_claim(contained=inside, insurance=[{"focal": True, "coverage": to("#own")}]))
    assert detail_of(bundle)["payer"] == "medicare_advantage"


def answered(**amounts: float) -> Body:
    eob = an_eob("b", an_item(adjudication=adjudicated(**amounts)))
    only: Body = detail_of(with_people(eob))["lines"][0]
    return only


def test_an_explanation_of_benefit_is_a_remittance() -> None:
    paid = {"status": "paid", "allowed": "25.00", "paid": "20.00", "patient_responsibility": "5.00"}
    assert detail_of(with_people(an_eob(payment={"date": "2026-02-01"}))) == {
        "remittance_id": "ExplanationOfBenefit/b",
        "version": 1,
        "patient_id": PATIENT_KEY,
        "claim_id": "Claim/c",
        "paid_on": "2026-02-01",
        "lines": [{"line_number": 1, "procedure_code": "20560", "adjustments": [], "rarcs": []} | paid],
    }


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({"benefit": 20, "eligible": 25}, ("paid", "25.00", "20.00", "0.00")),
        ({"benefit": 0, "deductible": 25}, ("paid", "25.00", "0.00", "25.00")),
        ({"benefit": 0, "eligible": 25, "noncovered": 25, "memberliability": 25}, ("denied", "25.00", "0.00", "25.00")),
        ({"benefit": 0}, ("denied", "0.00", "0.00", "0.00")),
        ({"benefit": -20, "eligible": -25}, ("denied", "-25.00", "-20.00", "0.00")),
        ({"paidtoprovider": 16, "benefit": 20, "copay": 4}, ("paid", "20.00", "16.00", "4.00")),
    ],
)
def test_a_line_is_paid_if_anything_came_of_it(amounts: dict[str, float], expected: tuple[str, ...]) -> None:
    said = answered(**amounts)
    assert (said["status"], said["allowed"], said["paid"], said["patient_responsibility"]) == expected


def test_a_line_without_a_benefit_was_not_decided() -> None:
    bundle = with_people(an_eob("b", an_item(adjudication=adjudicated(submitted=40))))
    assert refused(bundle) == ("missing_field", "Bundle.entry[0].resource.item[0].adjudication: no benefit")


def test_reasons_and_remarks_are_kept() -> None:
    reason = {
        "category": concept("https://x", "denialreason"),
        "reason": concept("https://x12.org/codes/claim-adjustment-reason-codes", "50"),
        "amount": {"value": 40},
    }
    remark = {
        "category": concept("https://x", "denialreason"),
        "reason": concept("https://x12.org/codes/remittance-advice-remark-codes", "N115"),
    }
    eob = an_eob("b", an_item(adjudication=[*adjudicated(benefit=0), reason, remark]))
    said = detail_of(with_people(eob))["lines"][0]
    assert (said["adjustments"], said["rarcs"]) == ([{"group": "", "carc": "50", "amount": "40.00"}], ["N115"])


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_an_answer_taken_back_is_the_same_remittance_without_lines(status: str) -> None:
    assert detail_of(with_people(an_eob(status=status)))["lines"] == []


@pytest.mark.parametrize("changes", [{"status": "draft"}, {"outcome": "queued"}, {"use": "preauthorization"}])
def test_what_is_no_decision_is_noted(changes: Body) -> None:
    assert kinds(with_people(an_eob(**changes))) == []


UNIQUE = [{"type": concept("https://x", "uc"), "value": "PAYER-1"}]
ACCOUNT = [{"sequence": 1, "category": concept("https://x", "patientaccountnumber"), "code": concept("y", "A-1")}]


@pytest.mark.parametrize(
    ("changes", "claim_id", "events"),
    [
        ({"identifier": UNIQUE, "supportingInfo": ACCOUNT}, "Claim/c", ["RemittanceReceived"]),
        ({"claim": None, "identifier": UNIQUE, "supportingInfo": ACCOUNT}, "A-1", ["RemittanceReceived"]),
        ({"claim": None, "identifier": UNIQUE}, "PAYER-1", ["RemittanceReceived", "ClaimSubmitted"]),
        ({"claim": None}, "ExplanationOfBenefit/b", ["RemittanceReceived", "ClaimSubmitted"]),
    ],
)
def test_an_eob_tells_the_claim_too_where_nothing_else_will(changes: Body, claim_id: str, events: list[str]) -> None:
    bundle = with_people(an_eob(**changes))
    assert {detail["claim_id"] for detail in details(told(bundle))} == {claim_id}
    assert kinds(bundle) == events


def test_the_day_an_eob_says_the_claim_came() -> None:
    received = [{"sequence": 1, "category": concept("https://x", "clmrecvddate"), "timingDate": "2026-01-20"}]
    _, submitted = details(told(with_people(an_eob(claim=None, supportingInfo=received))))
    assert submitted["received_on"] == "2026-01-20"


def test_an_eob_that_cannot_tell_the_claim_still_tells_the_payment() -> None:
    answer = told(with_people(an_eob(claim=None, insurance=[])))
    assert [detail["remittance_id"] for detail in details(answer)] == ["ExplanationOfBenefit/b"]
    assert notes(answer)[0][1].startswith("tells no claim beside the remittance: who pays is not told")


def test_a_response_is_a_remittance_together_with_its_claim() -> None:
    _, remittance = details(told(a_bundle(a_fhir_claim(), a_claim_response(), *people())))
    assert (remittance["remittance_id"], remittance["claim_id"]) == ("ClaimResponse/r", "Claim/c")
    assert [(it["procedure_code"], it["status"]) for it in remittance["lines"]] == [("20560", "paid")]


def test_a_response_alone_does_not_name_its_procedures() -> None:
    assert noted(with_people(a_claim_response())).startswith("does not name its procedures")


def test_a_response_to_a_line_never_billed_is_refused() -> None:
    other = a_claim_response(item=[{"itemSequence": 2, "adjudication": adjudicated(benefit=1)}])
    answer = told(a_bundle(a_fhir_claim(), other, *people()))
    assert refusals(answer) == [("out_of_range", "Bundle.entry[1].resource.item[0].itemSequence")]
