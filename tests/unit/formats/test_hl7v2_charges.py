"""Charges as visits: by the sender's table, charge against credit, and cancelled by ADT."""

import pytest

from shared.formats.hl7v2.senders import Senders, senders
from tests.builders import NEEDLER
from tests.unit.formats.heard import details, envelopes, notes, refusals
from tests.unit.formats.hl7 import (
    DAY,
    DG1,
    ISO_DAY,
    MBI_KEY,
    PID,
    PV1,
    RECORD_KEY,
    a_charge,
    detail_of,
    ft1,
    msh,
    noted,
    refused,
    told,
    written,
)

DEFAULT = senders().default.model_dump()


def table(**changes: object) -> Senders:
    return Senders.model_validate({"default": DEFAULT, "sender": [{"application": "EHR", **changes}]})


def test_a_charge_of_needling_is_a_visit_and_says_nothing_of_the_note() -> None:
    (event,) = envelopes(told(a_charge()))
    assert event == {
        "id": f"CLINIC/V77/{ISO_DAY}#v20260116080000",
        "source": "ncd-audit.hl7v2",
        "detail-type": "VisitRecorded",
        "time": f"{ISO_DAY}T00:00:00Z",
        "detail": {
            "visit_id": f"CLINIC/V77/{ISO_DAY}",
            "version": 20260116080000,
            "patient_id": MBI_KEY,
            "date_of_service": ISO_DAY,
            "diagnoses": ["M54.59"],
            "performer": {"npi": NEEDLER},
            "measures": [],
            "status": "completed",
            "procedure": {"kind": "dry_needling"},
        },
    }


@pytest.mark.parametrize(
    ("field", "charge"),
    [
        ("FT1-25", ft1()),
        ("FT1-7", f"FT1|1|||{DAY}||CG|20560|||1"),
        ("PR1-3", f"FT1|1|||{DAY}||CG|990077|||1\rPR1|1||20560^^C4"),
        ("FT1-11", f"FT1|1|||{DAY}||CG|990077||||20560"),
    ],
)
def test_the_code_stands_where_the_sender_puts_it(field: str, charge: str) -> None:
    message = a_charge(charge)
    assert detail_of(message, senders=table(procedure=[field]))["procedure"] == {"kind": "dry_needling"}
    if field != "FT1-25":
        assert noted(message) == [("message 1: FT1[1]", "has no procedure code in FT1-25")]


def test_a_charge_number_that_looks_like_a_code_is_not_taken_for_one() -> None:
    message = a_charge(ft1("99213").replace("990077", "20560"))
    assert noted(message) == [("message 1: FT1[1]", "has a procedure that is no needling")]


def test_the_table_is_that_of_the_first_sender_who_fits() -> None:
    both = {"default": DEFAULT, "sender": [{"facility": "ELSEWHERE", "procedure": ["PR1-3"]}]}
    assert detail_of(a_charge(), senders=Senders.model_validate(both))["status"] == "completed"


def test_a_field_that_does_not_exist_is_no_table() -> None:
    with pytest.raises(ValueError, match="procedure"):
        table(procedure=["XX1-3"])


def test_the_table_is_written_in_toml() -> None:
    text = '[[sender]]\napplication = "EHR"\npayers = {MCRB = "medicare_ffs"}\n[default]\nprocedure = ["FT1-25"]\n'
    text += 'diagnoses = ["DG1-3"]\nperformer = ["PV1-7"]\ncharges = ["CG"]\ncredits = ["CR"]\npayers = {}\n'
    insured = a_charge(DG1, ft1(), "IN1|1|MCRB")
    assert detail_of(insured, senders=Senders.of(text))["payer"] == "medicare_ffs"
    assert "payer" not in detail_of(insured)


@pytest.mark.parametrize("type", ["PY", "AJ", "CO", ""])
def test_money_alone_is_no_visit(type: str) -> None:
    said = "is neither a charge nor a credit, as the table of senders has them"
    assert noted(a_charge(ft1(type=type))) == [("message 1: FT1[1]", said)]


@pytest.mark.parametrize(
    ("charges", "status"),
    [
        ([ft1()], "completed"),
        ([ft1(type="CR")], "entered-in-error"),
        ([ft1(type="CD")], "entered-in-error"),
        ([ft1(quantity="-1")], "entered-in-error"),
        ([ft1(quantity="0")], "entered-in-error"),
        ([ft1(quantity="")], "completed"),
        ([ft1(), ft1(type="CR", number=2)], "entered-in-error"),
        ([ft1(quantity="2"), ft1(type="CR", number=2)], "completed"),
        ([ft1("20561", type="CR"), ft1("20560", number=2)], "completed"),
    ],
)
def test_charges_and_credits_are_set_against_each_other(charges: list[str], status: str) -> None:
    visit = detail_of(a_charge(*charges))
    assert (visit["status"], "procedure" in visit) == (status, status == "completed")


def test_a_credit_takes_back_the_visit_that_the_charge_told() -> None:
    charge = detail_of(a_charge())
    credit = detail_of(a_charge(ft1(type="CR"), header=msh(made="20260117080000")))
    assert credit["visit_id"] == charge["visit_id"]
    assert credit["version"] == 20260117080000


def test_each_day_is_a_visit_of_its_own() -> None:
    answer = told(a_charge(ft1(), ft1(on="20260122", number=2), ft1("99213", number=3), ft1("20561", number=4)))
    assert [detail["date_of_service"] for detail in details(answer)] == [ISO_DAY, "2026-01-22"]
    assert notes(answer) == [
        ("message 1: FT1[3]", "has a procedure that is no needling"),
        ("message 1: FT1[4]", "goes with the visit at message 1: FT1[1]"),
    ]


def test_two_kinds_on_one_day_are_refused_and_the_next_day_is_not() -> None:
    answer = told(a_charge(ft1(), ft1("97810", number=2), ft1(on="20260122", number=3)))
    assert [detail["date_of_service"] for detail in details(answer)] == ["2026-01-22"]
    assert [reason for reason, _ in refusals(answer)] == ["ambiguous"]


@pytest.mark.parametrize(
    ("charge", "reason", "place"),
    [
        (ft1(on=""), "missing_field", "message 1: FT1[1]: FT1-4"),
        (ft1(on="20260229"), "not_a_date", "message 1: FT1[1]: FT1-4"),
        (ft1(on="2026"), "not_a_date", "message 1: FT1[1]: FT1-4"),
        (ft1(quantity="one"), "wrong_type", "message 1: FT1[1]: FT1-10"),
        (ft1(quantity="NaN"), "out_of_range", "message 1: FT1[1]: FT1-10"),
        (ft1(quantity="1E9"), "out_of_range", "message 1: FT1[1]: FT1-10"),
    ],
)
def test_a_wrong_charge_is_refused_alone(charge: str, reason: str, place: str) -> None:
    answer = told(a_charge(charge, ft1(on="20260122", number=2)))
    assert refusals(answer) == [(reason, place)]
    assert [detail["date_of_service"] for detail in details(answer)] == ["2026-01-22"]


@pytest.mark.parametrize(
    ("changes", "reason", "place"),
    [
        ({"patient": ""}, "missing_field", "message 1: FT1[1]: PID-3"),
        ({"header": msh(made="")}, "missing_field", "message 1: FT1[1]: MSH-7"),
        ({"header": msh(made="yesterday")}, "not_a_date", "message 1: FT1[1]: MSH-7"),
        ({"header": msh("")}, "missing_field", "message 1: MSH-9"),
        ({"diagnosis": "DG1|1||back pain"}, "bad_form", "message 1: FT1[1] (detail.diagnoses.0)"),
    ],
)
def test_a_message_that_lacks_what_every_visit_has_is_refused(changes: dict[str, str], reason: str, place: str) -> None:
    assert refused(a_charge(**changes)) == (reason, place)


def test_a_charge_message_without_charges_is_refused() -> None:
    assert refused(written(msh(), PID, PV1)) == ("missing_field", "message 1: FT1")


def test_nobody_without_an_npi_makes_a_visit() -> None:
    anonymous = a_charge(ft1().replace(NEEDLER, "D7"), visit=PV1.replace(NEEDLER, ""))
    assert noted(anonymous) == [
        ("message 1: FT1[1]", "no NPI of a performer, where the table of senders says it stands")
    ]


def test_the_attending_is_the_performer_where_the_charge_names_none() -> None:
    assert detail_of(a_charge(ft1().replace(NEEDLER, "D7")))["performer"] == {"npi": NEEDLER}


@pytest.mark.parametrize(
    ("patient", "key"),
    [
        (PID, MBI_KEY),
        ("PID|1||77^^^EHR^MR", RECORD_KEY),
        ("PID|1||5^^^X^PI~77^^^EHR^MR", RECORD_KEY),
        ("PID|1||77", "MR:CLINIC|77"),
    ],
)
def test_the_patient_goes_by_mbi_then_record_number(patient: str, key: str) -> None:
    assert detail_of(a_charge(patient=patient))["patient_id"] == key


def test_the_policy_number_of_original_medicare_is_the_mbi() -> None:
    insured = a_charge(DG1, ft1(), "IN1|1|MCRB" + "|" * 34 + "1EG4TE5MK73", patient="PID|1||77^^^EHR^MR")
    assert detail_of(insured, senders=table(payers={"MCRB": "medicare_ffs"}))["patient_id"] == MBI_KEY
    assert detail_of(insured, senders=table(payers={"MCRB": "other"}))["patient_id"] == RECORD_KEY


@pytest.mark.parametrize(
    ("visit", "patient", "number"),
    [
        (PV1, PID, "V77"),
        ("", f"{PID}||||||||||A5", "A5"),
        ("", PID, MBI_KEY),
    ],
)
def test_a_visit_goes_by_its_number_then_account_then_patient(visit: str, patient: str, number: str) -> None:
    assert detail_of(a_charge(visit=visit, patient=patient))["visit_id"] == f"CLINIC/{number}/{ISO_DAY}"


def test_diagnoses_of_the_charge_come_before_those_of_the_visit() -> None:
    pointed = ft1().replace("||||||||||" + NEEDLER, "|||||||||M5459^^I10~G8929^^I10|" + NEEDLER)
    assert detail_of(a_charge(pointed))["diagnoses"] == ["M54.59", "G89.29"]


def cancelled(trigger: str = "ADT^A11", visit: str = PV1) -> str:
    return written(msh(trigger, "20260118080000"), PID, visit)


@pytest.mark.parametrize("trigger", ["ADT^A11", "ADT^A23"])
def test_a_cancelled_visit_takes_back_what_the_charge_told(trigger: str) -> None:
    taken_back = detail_of(cancelled(trigger))
    assert (taken_back["status"], taken_back["visit_id"]) == ("cancelled", detail_of(a_charge())["visit_id"])


@pytest.mark.parametrize(
    ("visit", "place"),
    [
        ("", "message 1: PV1-19"),
        (PV1.replace("V77", ""), "message 1: PV1-19"),
        (PV1.replace(f"{DAY}0900", ""), "message 1: PV1-44"),
        (PV1.replace(NEEDLER, ""), "message 1: PV1-7"),
    ],
)
def test_a_cancellation_that_cannot_be_told_is_left_to_a_person(visit: str, place: str) -> None:
    assert refused(cancelled(visit=visit)) == ("missing_field", place)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        *((f"ADT^{trigger}", "names no procedure") for trigger in ("A01", "A03", "A04", "A08")),
        ("ADT^A40", "patients were merged"),
        ("SIU^S12", "is of a type that tells this audit nothing"),
    ],
)
def test_what_is_no_event_is_noted(kind: str, said: str) -> None:
    ((place, why),) = noted(written(msh(kind), PID, PV1))
    assert (place, why.startswith(said)) == ("message 1", True)
