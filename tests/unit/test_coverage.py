"""Before the visit: which sessions would be covered, which not, and when the record does not say."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from local.check_command import check
from shared.core.audit import audit
from shared.core.chart import Chart
from shared.core.coverage import Coverage, coverage
from shared.core.events import Event, VisitRecorded
from shared.core.history import History
from shared.core.policy import Policies, policies
from shared.core.severity import Severity
from tests.builders import (
    FIRST_DAY,
    Envelope,
    a_claim,
    a_course,
    a_measure,
    a_visit,
    an_eligibility,
)
from tests.unit.asking import AS_OF, history_of, snapshot
from tests.unit.histories import DAYS, a_history
from tests.unit.told_by_reader import a_read_visit


def week(number: int) -> date:
    """The day of session `number` of a weekly course."""
    return FIRST_DAY + timedelta(weeks=number - 1)


def asked(events: Iterable[Envelope], on: date, procedure: str | None = None, law: Policies | None = None) -> Coverage:
    return coverage("P-1", history_of(events), law or policies(), on, AS_OF, procedure)


def rules(told: Coverage) -> list[str | None]:
    return [reason.rule for reason in told.reasons]


@pytest.mark.parametrize(
    ("taken", "answer", "used", "left"),
    [
        pytest.param(11, "yes", 11, 9, id="12"),
        pytest.param(12, "yes_with_kx", 12, 8, id="13"),
        pytest.param(19, "yes_with_kx", 19, 1, id="20"),
        pytest.param(20, "no", 20, 0, id="21"),
    ],
)
def test_twelve_sessions_and_eight_with_kx(taken: int, answer: str, used: int, left: int) -> None:
    told = asked(a_course(taken), week(taken + 1))
    assert (told.answer, told.session_number, told.sessions_used, told.sessions_left) == (answer, taken + 1, used, left)
    assert told.needs_kx == (answer == "yes_with_kx")
    assert rules(told) == (["OVER_ANNUAL_LIMIT"] if answer == "no" else [])
    assert (told.missing, told.consequences) == ((), ())


@pytest.mark.parametrize(
    ("on", "answer", "number", "started", "following"),
    [
        pytest.param(date(2025, 12, 31), "no", 21, FIRST_DAY, date(2026, 1, 1), id="the day before"),
        pytest.param(date(2026, 1, 1), "yes", 1, date(2026, 1, 1), date(2027, 1, 1), id="the first day"),
        pytest.param(date(2026, 1, 2), "yes", 1, date(2026, 1, 2), date(2027, 1, 1), id="the day after"),
    ],
)
def test_the_next_period_starts_anew(on: date, answer: str, number: int, started: date, following: date) -> None:
    told = asked([*a_course(20), a_measure(on=date(2025, 12, 30))], on)
    assert (told.answer, told.session_number) == (answer, number)
    assert (told.period_started_on, told.next_period_from) == (started, following)


def test_sessions_elsewhere_are_used_up_too() -> None:
    abroad = {"count": 9, "first_on": FIRST_DAY - timedelta(days=20), "last_on": FIRST_DAY - timedelta(days=1)}
    told = asked([*a_course(11), an_eligibility(external_sessions=abroad)], week(12))
    assert (told.answer, told.session_number, told.sessions_used, told.sessions_left) == ("no", 21, 20, 0)


def test_a_date_that_is_a_session_already_is_that_session() -> None:
    told = asked(a_course(13), week(13))
    assert told.on_record
    assert (told.answer, told.session_number, told.sessions_used, told.sessions_left) == ("yes_with_kx", 13, 13, 7)


def test_a_session_known_by_its_claim_alone_is_not_counted_twice() -> None:
    told = asked([*a_course(4), a_claim(5, on=week(5))], week(5))
    assert (told.answer, told.on_record, told.session_number, told.sessions_used) == ("yes", True, 5, 5)


def test_a_late_question_is_numbered_by_date_and_tells_what_it_would_break() -> None:
    """One more session after the seventh makes the twelfth the thirteenth, and the twentieth one too many."""
    told = asked(a_course(20), week(7) + timedelta(days=1))
    assert (told.answer, told.session_number, told.sessions_used, told.sessions_left) == ("yes", 8, 20, 0)
    assert [reason.rule for reason in told.consequences] == ["KX_MISSING", "OVER_ANNUAL_LIMIT"]


@pytest.mark.parametrize(
    ("scores", "answer", "reasons", "missing"),
    [
        pytest.param({}, "not_enough_information", ["IMPROVEMENT_MISSING"], "a baseline", id="nothing"),
        pytest.param({1: 7}, "not_enough_information", ["IMPROVEMENT_MISSING"], "an outcome score", id="a baseline"),
        pytest.param({1: 7, 12: 7}, "no", ["IMPROVEMENT_MISSING"], "", id="no gain"),
        pytest.param({1: 7, 12: 9}, "no", ["IMPROVEMENT_MISSING"], "", id="worse"),
        pytest.param({1: 7, 5: 4, 12: 7}, "no", ["CONTINUED_AFTER_REGRESSION"], "", id="gain lost"),
        pytest.param({1: 7, 12: 6}, "yes_with_kx", ["IMPROVEMENT_BELOW_MIC"], "", id="a small gain"),
        pytest.param({1: 7, 12: 5}, "yes_with_kx", [], "", id="a gain"),
    ],
)
def test_the_thirteenth_session_asks_for_improvement(
    scores: dict[int, float], answer: str, reasons: list[str], missing: str
) -> None:
    """Scores that show none say no; no scores say that nobody knows."""
    told = asked(a_course(12, scores=scores), week(13))
    assert (told.answer, rules(told)) == (answer, reasons)
    assert " ".join(told.missing).startswith(missing)
    assert bool(told.missing) == bool(missing)


@pytest.mark.parametrize(("age", "missing"), [(90, ()), (91, ("a newer outcome score",))])
def test_an_old_score_is_no_bar_but_a_newer_one_is_wanted(age: int, missing: tuple[str, ...]) -> None:
    on = week(12) + timedelta(days=age)
    told = asked(a_course(12), on)
    assert (told.answer, told.missing) == ("yes_with_kx", missing)


def test_a_first_session_without_a_score_is_covered_and_the_baseline_is_asked_for() -> None:
    told = asked([*a_course(1), a_visit(2, on=date(2026, 1, 5))], date(2026, 1, 1))
    assert (told.answer, rules(told)) == ("yes", ["NO_BASELINE"])
    assert [words.partition(":")[0] for words in told.missing] == ["a baseline"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        pytest.param({"condition": {"systemic_cause": True}}, "EXCL_SYSTEMIC", id="systemic"),
        pytest.param({"condition": {"due_to_surgery": True}}, "EXCL_SURGERY", id="surgery"),
        pytest.param({"condition": {"due_to_pregnancy": True}}, "EXCL_PREGNANCY", id="pregnancy"),
        pytest.param({"condition": {"onset_date": week(4) - timedelta(days=83)}}, "CHRONICITY_NOT_MET", id="83 days"),
        pytest.param({"performer": {"profession": "chiropractor"}}, "PERFORMER_NOT_ELIGIBLE", id="chiropractor"),
        pytest.param(
            {"performer": {"profession": "nurse_practitioner", "acupuncture_degree": False}},
            "CREDENTIAL_MISSING",
            id="no degree",
        ),
    ],
)
def test_what_the_last_visit_shows_against_it_says_no(changes: dict[str, Any], rule: str) -> None:
    told = asked(a_course(3, **changes), week(4))
    assert (told.answer, rules(told)) == ("no", [rule])
    assert all(reason.remedy for reason in told.reasons)


def test_84_days_of_pain_are_enough() -> None:
    told = asked(a_course(3, condition={"onset_date": week(4) - timedelta(days=84)}), week(4))
    assert (told.answer, told.session_number, told.sessions_used) == ("yes", 1, 0)


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        pytest.param({"onset_date": None}, ["when the pain began"], id="onset"),
        pytest.param({"systemic_cause": None}, ["whether the pain has a systemic cause"], id="systemic"),
        pytest.param({"due_to_surgery": None}, ["whether surgery is the cause of the pain"], id="surgery"),
        pytest.param({"due_to_pregnancy": None}, ["whether pregnancy is the cause of the pain"], id="pregnancy"),
    ],
)
def test_a_condition_of_coverage_that_nobody_stated_leaves_it_open(
    condition: dict[str, Any], missing: list[str]
) -> None:
    told = asked(a_course(3, condition=condition), week(4))
    assert (told.answer, list(told.missing)) == ("not_enough_information", missing)


def test_one_visit_of_the_period_that_states_it_is_enough() -> None:
    silent = {"onset_date": None, "systemic_cause": None, "due_to_surgery": None, "due_to_pregnancy": None}
    first = a_course(1)
    told = asked([*first, *a_course(2, start=week(2), first=2, condition=silent, scores={})], week(4))
    assert (told.answer, told.missing) == ("yes", ())


def test_what_is_asked_anew_on_the_day_is_no_part_of_the_answer() -> None:
    """Note, muscles, screening and supervision; credentials not stated are named as missing."""
    helper = {"profession": "acupuncturist", "acupuncture_degree": None}
    unnamed: dict[str, Any] = {"muscles": []}
    screening = ["bleeding_disorder"]
    course = a_course(3, performer=helper, note={"signed": False}, screening=screening, procedure=unnamed)
    told = asked(course, week(4))
    assert (told.answer, rules(told)) == ("yes", ["CREDENTIAL_MISSING"])
    assert told.missing == ("the performer's degree or licence",)


def test_of_a_visit_on_record_supervision_is_a_fact() -> None:
    licence = {"state": "VA", "number": "1", "expires_on": "2027-01-01", "unrestricted": True}
    helper = {"profession": "acupuncturist", "acupuncture_degree": True, "acupuncture_license": licence}
    assert asked(a_course(3, performer=helper), week(3)).answer == "no"
    assert asked(a_course(3, performer=helper), week(4)).answer == "yes"


def test_an_unknown_patient_leaves_everything_open() -> None:
    told = asked([], FIRST_DAY)
    assert (told.answer, told.session_number, told.sessions_left) == ("not_enough_information", 1, 20)
    assert told.missing == (
        "the patient: no visit for low back pain is on record",
        "when the pain began",
        "whether the pain has a systemic cause",
        "whether surgery is the cause of the pain",
        "whether pregnancy is the cause of the pain",
        "a baseline: an outcome score of the days up to the first session",
    )
    assert rules(told) == ["CHRONICITY_UNDOCUMENTED", "EXCLUSIONS_UNDOCUMENTED", "NO_BASELINE"]


def test_a_patient_known_by_claims_alone_is_counted_and_left_open() -> None:
    claims = [event for event in a_course(3) if event["detail-type"] == "ClaimSubmitted"]
    told = asked(claims, week(4))
    assert (told.answer, told.session_number, told.sessions_used) == ("not_enough_information", 4, 3)


def test_twenty_sessions_elsewhere_say_no_whoever_the_patient_is() -> None:
    abroad = {"count": 20, "first_on": FIRST_DAY, "last_on": week(10)}
    assert asked([an_eligibility(external_sessions=abroad)], week(11)).answer == "no"


@pytest.mark.parametrize("payer", ["medicare_advantage", "other"])
def test_another_payer_leaves_it_open(payer: str) -> None:
    told = asked(a_course(3, payer=payer), week(4))
    assert (told.answer, rules(told), told.session_number) == ("not_enough_information", ["NOT_FFS"], None)
    assert told.missing[0] == f"cover by Original Medicare: the record says {payer}"


def test_a_reader_that_names_no_payer_leaves_it_open() -> None:
    told = asked([a_read_visit("V-1")], week(2))
    assert told.missing[0] == "cover by Original Medicare: the record says no payer"


@pytest.mark.parametrize(("procedure", "answer"), [("20561", "yes"), ("97814", "yes"), ("97140", "no"), ("", "no")])
def test_a_code_that_the_ncd_does_not_name_is_not_covered(procedure: str, answer: str) -> None:
    assert asked(a_course(3), week(4), procedure).answer == answer


@pytest.mark.parametrize(("on", "answer"), [(date(2020, 1, 20), "no"), (date(2020, 1, 21), "yes")])
def test_nothing_is_covered_before_the_ncd(on: date, answer: str) -> None:
    told = asked(a_course(1, start=date(2020, 1, 28), condition={"onset_date": "2019-01-01"}), on)
    assert told.answer == answer
    assert ("DOS_BEFORE_NCD" in rules(told)) == (answer == "no")


def test_where_the_payer_counts_a_visit_alone_is_no_session() -> None:
    told = asked(a_course(3), week(4), law=policies().changed(count_basis="payer"))
    assert (told.answer, told.session_number) == ("not_enough_information", None)
    assert told.missing[0].startswith("whether the payer")


def test_the_question_leaves_the_history_as_it_was() -> None:
    history = history_of([*a_course(3), a_visit("asked-2025-01-27", on=week(9))])
    before = dict(history.latest)
    told = coverage("P-1", history, policies(), week(4), AS_OF)
    assert history.latest == before
    assert (told.session_number, told.sessions_used) == (4, 4)


def violations(history: History, on: date) -> set[tuple[str, tuple[str, ...]]]:
    """About sessions and visits of that date."""
    found = audit("P-1", history, policies(), AS_OF).findings.values()
    graves = (f for f in found if f.severity is Severity.VIOLATION and f.subject.type in ("session", "visit"))
    return {(f.rule, f.subject.identity) for f in graves if f.subject.date_of_service == on}


def a_real_visit(history: History, on: date) -> Event:
    """What the clinic then records: the patient's condition as last stated, by a physician with a full note."""
    known = Chart(history, policies(), AS_OF).low_back_visits
    last = ([visit for visit in known if visit.date_of_service <= on] or known)[-1]
    told = snapshot(a_visit("V-real", on=on, diagnoses=list(last.diagnoses)))
    assert isinstance(told, VisitRecorded)
    return told.model_copy(update={"condition": last.condition, "screening": last.screening})


def a_crowded_history(random: Random) -> History:
    """Random records and, half the time, a course that nears a limit."""
    scores = {number: random.choice((3, 5, 7)) for number in random.sample(range(1, 21), 4)}
    course = a_course(random.choice((10, 11, 12, 18, 19, 20)), every=4, start=DAYS[0], scores={1: 7, **scores})
    history = history_of(course if random.random() < 1 / 2 else [])
    for event in a_history(random):
        history, _ = history.taking(event)
    return history


@settings(max_examples=25)
@given(seed=st.integers(min_value=0, max_value=2**64 - 1))
def test_yes_is_never_said_of_a_session_that_breaks_a_rule(seed: int) -> None:
    """The clinic records such a visit for real: no violation of the session or the visit comes with it.

    And a question that is left open names what leaves it open.
    """
    random = Random(seed)
    history = a_crowded_history(random)
    for on in random.sample(DAYS, 2):
        told = coverage("P-1", history, policies(), on, AS_OF)
        assert told.missing or told.answer != "not_enough_information"
        if told.answer in ("yes", "yes_with_kx"):
            recorded = any(v.date_of_service == on for v in Chart(history, policies(), AS_OF).low_back_visits)
            after = history if recorded else history.taking(a_real_visit(history, on))[0]
            assert violations(after, on) <= violations(history, on)
            assert Chart(after, policies(), AS_OF).session_on[on].number == told.session_number


def ran(*arguments: str) -> Any:
    app = typer.Typer()
    app.command()(check)
    return typer.main.get_command(app)(list(arguments), standalone_mode=False)


@pytest.fixture
def course(tmp_path: Path) -> str:
    path = tmp_path / "course.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in a_course(12)), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("on", "status", "sentence"),
    [
        ("2025-03-24", 0, "Session 12 on 2025-03-24 (on record): covered."),
        ("2025-03-31", 0, "Session 13 on 2025-03-31: covered with KX."),
        ("2020-01-20", 1, "A session on 2020-01-20: not covered."),
    ],
)
def test_check_says_it_in_one_sentence(
    on: str, status: int, sentence: str, course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("--patient", "P-1", "--on", on, course) == status
    assert capsys.readouterr().out.splitlines()[0] == sentence


def test_check_says_that_it_does_not_know_the_patient(course: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("--patient", "P-9", "--on", "2025-03-31", course) == 1
    sentence, known, *_ = capsys.readouterr().out.splitlines()
    assert sentence == "Session 1 on 2025-03-31: not enough information."
    assert known.strip() == "No record of patient P-9 is in these files."


def test_check_for_machines(course: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("--patient", "P-1", "--on", "2025-03-31", "--as-of", "2025-03-30", "--json", course) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["answer"], told["session_number"], told["next_period_from"]) == ("yes_with_kx", 13, "2026-01-01")
    assert told["as_of"] == "2025-03-30"


def test_a_message_that_cannot_be_taken_in_is_not_passed_over_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mixed.ndjson"
    path.write_text(json.dumps(a_visit(1)) + "\n{}\n", encoding="utf-8")
    assert ran("--patient", "P-1", "--on", "2025-03-31", str(path)) == 0
    assert "1 of the messages" in capsys.readouterr().err
