"""Plausibility of improvement: each of the three patterns on both sides of its threshold.

A course of which nothing else can be said shows none of the patterns: the findings of this rule alone are compared.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from shared.core.policy import Policies, policies
from tests.builders import FIRST_DAY, Envelope, a_course, a_visit, an_eligibility
from tests.unit.asking import heard
from tests.unit.courses import taken

RULE = "IMPROVEMENT_IMPLAUSIBLE"
PATTERNS = {"same step": "STEPS", "stayed flat": "FLAT", "repeats": "COPIED"}
NOTHING = set[str]()
Scores = Mapping[int, float]


def asked(*events: Envelope, law: Policies | None = None) -> set[str]:
    """The patterns found, each with the place of its session among weekly ones from the first day."""
    findings = heard(*events, law=law, rules={RULE})
    assert {(finding.severity.value, finding.subject.type) for finding in findings} <= {("warning", "session")}
    return {
        f"{name} {((finding.subject.date_of_service or date.min) - FIRST_DAY).days // 7 + 1}"
        for finding in findings
        for words, name in PATTERNS.items()
        if words in finding.message
    }


def numbered(*scores: float) -> Scores:
    """A score at each session from the first."""
    return dict(enumerate(scores, start=1))


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        pytest.param(numbered(9, 8, 7, 6), NOTHING, id="four falling in equal steps"),
        pytest.param(numbered(9, 8, 7, 6, 5), {"STEPS 5"}, id="five"),
        pytest.param(numbered(9, 8, 7, 6, 5, 4), {"STEPS 5"}, id="six"),
        pytest.param(numbered(9, 8.5, 8, 7.5, 7), {"STEPS 5"}, id="five in half points"),
        pytest.param({1: 9, 3: 8, 4: 7, 8: 6, 9: 5}, {"STEPS 9"}, id="five, with sessions between"),
        pytest.param(numbered(9, 8, 7, 6, 5, 5, 5), {"STEPS 5"}, id="five, then flat"),
        pytest.param(numbered(9, 9, 8, 7, 6, 5), {"STEPS 6"}, id="five after a flat step"),
        pytest.param(numbered(9, 9, 8, 7, 6), NOTHING, id="four after a flat step"),
        pytest.param(numbered(9, 7, 6, 5, 4, 3), {"STEPS 6"}, id="five after another step"),
        pytest.param(numbered(9, 7, 6, 5, 4), NOTHING, id="four after another step"),
        pytest.param(numbered(9, 8, 7, 7, 6, 5), NOTHING, id="broken by a flat step"),
        pytest.param(numbered(9, 8, 7, 5, 4, 3), NOTHING, id="broken by another step"),
        pytest.param(numbered(9, 8, 7, 8, 7, 6), NOTHING, id="broken by a step back"),
        pytest.param(numbered(7, 7, 7, 7, 7, 7), NOTHING, id="flat"),
        pytest.param(numbered(9, 7, 6, 4, 3, 1), NOTHING, id="two steps by turns"),
        pytest.param(numbered(1, 2, 3, 4, 5), NOTHING, id="five getting worse"),
    ],
)
def test_scores_that_fall_in_identical_steps_are_questioned(scores: Scores, said: set[str]) -> None:
    assert asked(*a_course(10, scores=scores)) == said


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        pytest.param({0: 30, 7: 33, 14: 36, 21: 39, 28: 42}, {"STEPS 5"}, id="five getting better"),
        pytest.param({0: 42, 7: 39, 14: 36, 21: 33, 28: 30}, NOTHING, id="five getting worse"),
    ],
)
def test_where_higher_is_better_it_is_rising_scores_that_improve(scores: Scores, said: set[str]) -> None:
    assert asked(*a_course(10, scores={}), *taken(scores, "PROMIS-PF")) == said


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        pytest.param({-7: 9, 0: 8, 7: 7, 14: 6, 21: 5}, NOTHING, id="one before the baseline"),
        pytest.param({0: 9, 7: 8, 14: 7, 21: 6, 63: 5}, {"STEPS 10"}, id="the last on the last session"),
        pytest.param({0: 9, 7: 8, 14: 7, 21: 6, 64: 5}, NOTHING, id="the last after the last session"),
        pytest.param({-7: 9, 7: 8, 14: 7, 21: 6, 28: 5}, {"STEPS 5"}, id="the baseline before the first session"),
    ],
)
def test_scores_from_the_baseline_to_the_last_session_are_read(scores: Scores, said: set[str]) -> None:
    assert asked(*a_course(10, scores={}), *taken(scores)) == said


def test_instruments_are_read_one_by_one() -> None:
    mixed = [*taken({0: 9, 14: 7, 28: 5}), *taken({7: 8, 21: 6}, "PEG")]
    assert asked(*a_course(10, scores={}), *mixed) == NOTHING
    falling = taken({0: 90, 7: 80, 14: 70, 21: 60, 28: 50}, "ODI")
    assert asked(*a_course(10, scores=numbered(7, 6, 4)), *falling) == {"STEPS 5"}


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        pytest.param({1: 7, 2: 7, 13: 4}, NOTHING, id="two equal scores, better at 13"),
        pytest.param({1: 7, 2: 7, 3: 7, 13: 4}, {"FLAT 13"}, id="three"),
        pytest.param({1: 7, 2: 7, 3: 7, 12: 7, 13: 4}, {"FLAT 13"}, id="four, one at 12"),
        pytest.param({1: 7, 2: 7, 3: 7, 13: 6}, {"FLAT 13"}, id="better by one"),
        pytest.param({1: 7, 2: 7, 3: 6, 13: 4}, NOTHING, id="not flat before"),
        pytest.param({1: 7, 2: 7, 3: 7, 12: 4, 13: 4}, NOTHING, id="better at 12"),
        pytest.param({1: 7, 2: 7, 3: 7, 14: 4}, NOTHING, id="better at 14"),
        pytest.param({1: 7, 2: 7, 3: 7, 13: 7, 14: 4}, NOTHING, id="the same at 13, better at 14"),
        pytest.param({1: 7, 2: 7, 3: 7, 13: 7}, NOTHING, id="the same at 13"),
        pytest.param({1: 7, 2: 7, 3: 7, 13: 8}, NOTHING, id="worse at 13"),
        pytest.param({1: 7, 2: 7, 3: 7}, NOTHING, id="no score at 13"),
        pytest.param({1: 7, 2: 7, 3: 7, 13: 4, 14: 4, 16: 4}, {"FLAT 13"}, id="the same after 13"),
        pytest.param({1: 7, 2: 7, 3: 7, 13: 4, 16: 3}, NOTHING, id="better again after 13"),
        pytest.param({1: 7, 2: 7, 3: 7, 13: 4, 16: 5}, NOTHING, id="worse again after 13"),
    ],
)
def test_a_first_gain_on_the_very_session_that_needs_it_is_questioned(scores: Scores, said: set[str]) -> None:
    assert asked(*a_course(16, scores=scores)) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param(date(2025, 12, 31), NOTHING, id="the last day of the period"),
        pytest.param(date(2026, 1, 1), {"FLAT 13"}, id="the day on which the next can begin"),
    ],
)
def test_a_change_after_the_last_session_is_a_change_while_the_period_lasts(day: date, said: set[str]) -> None:
    changed = taken({(day - FIRST_DAY).days: 2})
    assert asked(*a_course(16, scores={1: 7, 2: 7, 3: 7, 13: 4}), *changed) == said


def test_before_session_13_no_session_needs_a_gain() -> None:
    assert asked(*a_course(12, scores={1: 7, 2: 7, 3: 7, 12: 4})) == NOTHING


def test_the_session_that_needs_it_is_told_by_its_number_and_not_by_its_place() -> None:
    """Eight sessions elsewhere make the fifth here number 13."""
    begun, ended = FIRST_DAY - timedelta(days=60), FIRST_DAY - timedelta(days=1)
    elsewhere = an_eligibility(external_sessions={"count": 8, "first_on": begun, "last_on": ended})
    scores = {1: 7, 2: 7, 3: 7, 5: 4}
    assert asked(*a_course(5, scores=scores), elsewhere) == {"FLAT 5"}
    assert asked(*a_course(5, scores=scores)) == NOTHING
    assert asked(*a_course(6, scores={1: 7, 2: 7, 3: 7, 6: 4}), elsewhere) == NOTHING


WHERE_SCORED = pytest.mark.parametrize(
    ("scores", "said"),
    [
        pytest.param({12: 7, 13: 4}, {"COPIED 13"}, id="at 12 and 13"),
        pytest.param({12: 7, 13: 4, 14: 4}, {"COPIED 13"}, id="at 12, 13 and later"),
        pytest.param({13: 4}, NOTHING, id="at 13 alone"),
        pytest.param({12: 4}, NOTHING, id="at 12 alone"),
        pytest.param({11: 7, 12: 7, 13: 4}, NOTHING, id="at 11 too"),
        pytest.param({1: 7, 12: 7, 13: 4}, NOTHING, id="at 1 too"),
        pytest.param({13: 7, 14: 4}, NOTHING, id="at 13 and 14"),
        pytest.param({}, NOTHING, id="never"),
    ],
)


@WHERE_SCORED
def test_copied_notes_with_scores_only_where_they_fall_due_are_questioned(scores: Scores, said: set[str]) -> None:
    assert asked(*a_course(14, scores=scores)) == said


@WHERE_SCORED
def test_it_does_not_matter_whether_scores_are_taken_outside_the_visits(scores: Scores, said: set[str]) -> None:
    by_days = {7 * (number - 1): score for number, score in scores.items()}
    assert asked(*a_course(14, scores={}), *taken(by_days)) == said


def test_a_score_outside_the_visits_is_not_missing() -> None:
    assert asked(*a_course(13, scores={12: 7, 13: 4}), *taken({0: 7})) == NOTHING


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, {"COPIED 13"}, id="nothing"),
        pytest.param({"note": {"patient_response": False}}, NOTHING, id="an element of the note"),
        pytest.param({"procedure": {"muscles": [{"name": "psoas", "side": "left"}]}}, NOTHING, id="the muscles"),
        pytest.param({"procedure": {"contact_minutes": 20}}, {"COPIED 13"}, id="the minutes"),
        pytest.param({"place_of_service": "22"}, {"COPIED 13"}, id="the place"),
    ],
)
def test_one_visit_of_its_own_words_is_no_copy(changes: dict[str, Any], said: set[str]) -> None:
    *course, _, claim = a_course(13, scores={12: 7, 13: 4})
    on = date.fromisoformat(claim["detail"]["lines"][0]["date_of_service"])
    last = a_visit(13, on=on, measures=[{"instrument": "NRS", "score": 4, "assessed_on": on}], **changes)
    assert asked(*course, last, claim) == said


def test_copied_notes_of_a_course_that_never_needs_a_gain_are_no_question() -> None:
    assert asked(*a_course(12, scores={12: 7})) == NOTHING


def test_each_period_is_asked_about_its_own_scores() -> None:
    again = a_course(5, start=FIRST_DAY + timedelta(days=364), first=6, scores=numbered(9, 8, 7, 6, 5))
    assert asked(*a_course(5), *again) == {"STEPS 57"}
    four, one = a_course(4, scores=numbered(9, 8, 7, 6)), a_course(1, start=FIRST_DAY + timedelta(days=364), first=6)
    assert asked(*four, *one) == NOTHING


@pytest.mark.parametrize(
    ("scores", "place"),
    [
        pytest.param({0: 9, 3: 8, 7: 7, 10: 6, 14: 5}, 3, id="the fifth on a session"),
        pytest.param({0: 9, 3: 8, 7: 7, 10: 6, 11: 5}, 3, id="the fifth before a session"),
        pytest.param({0: 9, 2: 8, 4: 7, 6: 6, 8: 5, 10: 4}, 3, id="the fifth and sixth before a session"),
        pytest.param({0: 9, 1: 8, 2: 7, 3: 6, 4: 5, 5: 5}, 2, id="five, then flat, before a session"),
    ],
)
def test_scores_taken_between_sessions_are_asked_about_at_the_next(scores: Scores, place: int) -> None:
    assert asked(*a_course(10, scores={}), *taken(scores)) == {f"STEPS {place}"}


def test_an_instrument_with_few_scores_hides_no_other() -> None:
    flat = taken({0: 40, 7: 40, 14: 40, 84: 30}, "ODI")
    assert asked(*a_course(13, scores={1: 7, 13: 4}), *flat) == {"FLAT 13"}


def test_patterns_that_are_first_seen_on_one_session_are_said_together() -> None:
    falling = taken({0: 10, 56: 8, 63: 7, 70: 6, 77: 5, 84: 4}, "PEG")
    told = heard(*a_course(13, scores={1: 7, 2: 7, 3: 7, 13: 4}), *falling, rules={RULE})
    assert " | ".join(finding.message for finding in told) == (
        "PEG improved by the same step over 5 assessments in a row. "
        "NRS stayed flat and first improved on session 13, where improvement falls due."
    )


@pytest.mark.parametrize(("steps", "said"), [(4, {"STEPS 4"}), (5, NOTHING)], ids=["four", "five"])
def test_how_many_identical_steps_is_a_setting(steps: int, said: set[str]) -> None:
    law = policies().changed(implausible_steps=steps)
    assert asked(*a_course(10, scores=numbered(9, 8, 7, 6)), law=law) == said


@pytest.mark.parametrize(("flat", "said"), [(2, {"FLAT 13"}), (3, NOTHING)], ids=["two", "three"])
def test_how_many_flat_scores_is_a_setting(flat: int, said: set[str]) -> None:
    law = policies().changed(implausible_flat=flat)
    assert asked(*a_course(13, scores={1: 7, 2: 7, 13: 4}), law=law) == said
