"""The session asked about: what is said against it, and on which visit of the record it is modelled."""

from datetime import date, timedelta

import pytest

from shared.core.coverage import Reason
from shared.core.severity import Severity
from tests.builders import FIRST_DAY, a_claim, a_course, a_score, a_visit
from tests.unit.test_coverage import asked, rules, week


def test_a_reason_says_what_is_wrong_and_what_to_do() -> None:
    [too_early] = asked(a_course(1), date(2020, 1, 20)).reasons
    assert too_early == Reason(
        "DOS_BEFORE_NCD",
        Severity.VIOLATION,
        "Medicare covers acupuncture and dry needling for low back pain from 2020-01-21 on.",
        "No modifier makes the date covered.",
    )
    told = asked(a_course(3), week(4), "97140")
    assert told.reasons == (
        Reason(
            None,
            Severity.VIOLATION,
            "97140 is none of the codes that the NCD covers: 20560, 20561, 97810, 97811, 97813, 97814.",
            "Ask with the code of what will be done.",
        ),
    )
    assert (told.answer, told.procedure, told.session_number, told.sessions_left) == ("no", "97140", 4, 17)


def test_a_code_not_named_comes_before_what_else_is_wrong() -> None:
    assert rules(asked(a_course(20), week(21), "97140")) == [None, "OVER_ANNUAL_LIMIT"]


def test_nothing_is_used_up_before_the_ncd() -> None:
    told = asked([], date(2020, 1, 20), "20560")
    assert (told.procedure, told.sessions_used, told.sessions_left) == ("20560", 0, 20)
    assert (told.session_number, told.period_started_on, told.next_period_from) == (None, None, None)


def test_a_line_billed_wrongly_is_no_reason_against_its_session() -> None:
    told = asked(a_course(13, kx_from=None), week(13))
    assert (told.answer, rules(told)) == ("yes_with_kx", [])


def test_what_is_wrong_elsewhere_already_is_no_consequence() -> None:
    alone = a_claim("C-X", on=week(2) + timedelta(days=1))  # whose visit is missing
    assert asked([*a_course(3), alone], week(4)).consequences == ()


def test_the_date_of_a_session_is_answered_by_the_visits_that_make_it() -> None:
    """Another visit of that date, of another payer, has the smaller id."""
    of_plan = a_visit("A", on=week(3), payer="medicare_advantage")
    told = asked([*a_course(3), of_plan], week(3))
    assert (told.answer, told.on_record, told.session_number) == ("yes", True, 3)


def test_a_visit_on_record_that_makes_no_session_says_why() -> None:
    systemic = a_visit("V-X", on=week(4), condition={"systemic_cause": True})
    told = asked([*a_course(3), systemic], week(4))
    assert (told.answer, told.on_record, rules(told)) == ("no", False, ["EXCL_SYSTEMIC"])
    elsewhere = asked([*a_course(3), systemic], week(5))
    assert rules(elsewhere) == ["EXCL_SYSTEMIC"]


def test_the_visit_before_the_date_is_the_pattern_and_not_a_later_one() -> None:
    systemic = a_visit("V-X", on=week(6), condition={"systemic_cause": True})
    assert asked([*a_course(3), systemic], week(5)).answer == "yes"
    assert asked([*a_course(3), systemic], week(7)).answer == "no"
    assert asked([systemic], week(5)).answer == "no"


def test_the_visit_asked_about_brings_no_scores_of_its_own() -> None:
    """Of two scores of one date the record's stands: the copy of the last visit overrules none."""
    disputed = [a_score(9, week(12))]
    last = a_visit("A-last", on=week(12) + timedelta(days=1), measures=disputed)
    assert asked([*a_course(12), last], week(13)).answer == "yes_with_kx"


@pytest.mark.parametrize(
    ("older", "newer", "answer"), [("medicare_advantage", "medicare_ffs", 4), ("medicare_ffs", "other", None)]
)
def test_the_payer_of_a_patient_without_a_visit_is_that_of_the_claim_received_last(
    older: str, newer: str, answer: int | None
) -> None:
    claims = [event for event in a_course(3) if event["detail-type"] == "ClaimSubmitted"]
    late = a_claim("A", on=week(1) + timedelta(days=1), received_on=week(30), payer=newer)
    early = a_claim("Z", on=week(2) + timedelta(days=1), received_on=date(2025, 1, 1), payer=older)
    told = asked([*claims, early, late], week(9))
    assert told.answer == "not_enough_information"
    assert (f"cover by Original Medicare: the record says {newer}" in told.missing) == (answer is None)
    assert (told.session_number is None) == (answer is None)


def test_a_patient_without_records_is_taken_for_one_of_original_medicare() -> None:
    assert not [words for words in asked([], FIRST_DAY).missing if words.startswith("cover by")]


def test_a_visit_that_is_called_like_the_one_asked_about_counts_all_the_same() -> None:
    for others in (["asked"], ["asked", "asked'"], ["asked", "'"]):
        known = [a_visit(id, on=week(place)) for place, id in enumerate(others, start=1)]
        told = asked(known, week(9))
        assert (told.sessions_used, told.session_number) == (len(others), len(others) + 1)


def test_of_a_patient_seen_for_another_pain_nothing_is_known() -> None:
    told = asked([a_visit("V", diagnoses=["M54.2"])], week(2))
    assert (told.answer, told.session_number) == ("not_enough_information", 1)
    assert told.missing[0] == "the patient: no visit for low back pain is on record"
