"""Improvement: what its absence, loss, age or contradiction means, at both sides of each boundary."""

from datetime import date
from typing import Any

import pytest

from tests.builders import Envelope, a_course, a_score, a_visit, an_eligibility
from tests.unit.asking import found, heard, told
from tests.unit.courses import MISSING, THIRTEENTH, UNPROVEN, Scores, day, found_at_13, session, taken, thirteen


def test_without_kx_the_session_lacks_it_and_proof() -> None:
    lacking = told(UNPROVEN[0], f"KX_MISSING violation line {THIRTEENTH}")
    assert found(*thirteen(*taken({0: 7}), modifiers=())) == lacking


def test_improvement_is_asked_of_sessions_13_to_20() -> None:
    weekly = a_course(21, scores={1: 7})
    asked = [day(7 * number - 7) for number in range(13, 21)]
    unproven = (f"IMPROVEMENT_MISSING violation session {on}" for on in asked)
    unsupported = (f"KX_UNSUPPORTED violation line {on}" for on in asked)
    assert found(*weekly) == told(*unproven, *unsupported, f"OVER_ANNUAL_LIMIT violation session {day(140)}")


LOST = [
    f"{rule} {day(105)}" for rule in ("CONTINUED_AFTER_REGRESSION violation session", "KX_UNSUPPORTED violation line")
]
SMALL_GAIN = told(*(f"IMPROVEMENT_BELOW_MIC warning session {day(at)}" for at in (84, 91)))
LOST_THE_DAY = f"CONTINUED_AFTER_REGRESSION warning session {day(98)}"


@pytest.mark.parametrize(
    ("scores", "rules"),
    [
        pytest.param({0: 7, 77: 4, 98: 7}, told(LOST_THE_DAY, *LOST), id="on the day of session 15"),
        pytest.param({0: 7, 77: 4, 98: 9}, told(LOST_THE_DAY, *LOST), id="and worse than at first"),
        pytest.param({0: 7, 77: 6, 98: 7}, told(LOST_THE_DAY, *LOST) | SMALL_GAIN, id="a small gain lost"),
        pytest.param({0: 7, 77: 4, 99: 7}, told(*LOST), id="on the day after it"),
        pytest.param({0: 7, 77: 4, 98: 7, 105: 4}, told(LOST_THE_DAY), id="won back on the day of session 16"),
        pytest.param({0: 7, 77: 4, 98: 5}, set(), id="not all of it lost"),
        pytest.param({0: 7, 77: 4, 106: 7}, set(), id="after session 16"),
    ],
)
def test_a_gain_that_is_lost_ends_treatment(scores: Scores, rules: set[Any]) -> None:
    """The day the loss first shows is a question; the next session is not."""
    sessions = [event for number, at in ((14, 91), (15, 98), (16, 105)) for event in session(number, at)]
    assert found(*thirteen(*taken(scores)), *sessions) == rules


def test_a_loss_that_shows_the_day_before_a_session_is_no_question_that_day() -> None:
    said = found(*thirteen(*taken({0: 7, 77: 4, 83: 7})))
    assert said == told(f"CONTINUED_AFTER_REGRESSION violation session {THIRTEENTH}", UNPROVEN[1])


def early(*sessions: int) -> set[Any]:
    return told(*(f"CONTINUED_AFTER_REGRESSION warning session {day(7 * number - 7)}" for number in sessions))


@pytest.mark.parametrize(
    ("scores", "rules"),
    [
        pytest.param({0: 5, 14: 7}, early(4, 5), id="worse at session 3: from session 4 on"),
        pytest.param({0: 5, 13: 7}, early(3, 4, 5), id="the day before session 3: from session 3 on"),
        pytest.param({0: 5, 15: 7}, early(4, 5), id="the day after it: from session 4 on"),
        pytest.param({0: 5, 14: 6.9}, set(), id="by less than the minimal important change"),
        pytest.param({0: 5, 14: 7, 28: 5}, early(4), id="until a newer one, of the same day"),
        pytest.param({0: 5, 14: 7, 21: 6.9}, set(), id="a newer one at session 4"),
        pytest.param({0: 5, 14: 7, 21: 8}, early(4, 5), id="worse again"),
        pytest.param({0: 5}, set(), id="no change calls for nothing"),
    ],
)
def test_before_session_13_getting_worse_calls_for_a_look_from_the_next_session(
    scores: Scores, rules: set[Any]
) -> None:
    assert found(*a_course(5, scores={}), *taken(scores)) == rules


def test_session_1_is_asked_nothing_though_one_elsewhere_preceded_it() -> None:
    """Those furnished elsewhere count after the last of them: ours between them is number 1."""
    furnished = {"count": 2, "first_on": str(day(-7)), "last_on": str(day(1))}
    records = [an_eligibility(external_sessions=furnished), *taken({-10: 5, -2: 7}), *a_course(2, scores={})]
    assert found(*records) == early(2)


def test_one_instrument_better_speaks_against_worse() -> None:
    scores = [*taken({0: 5, 13: 7}), *taken({0: 40, 13: 39}, "ODI")]
    assert found(*a_course(5, scores={}), *scores) == set()


def test_at_session_12_worse_is_a_warning_and_at_13_missing_proof() -> None:
    assert found_at_13(*taken({0: 5, 71: 7})) == MISSING | early(12)


@pytest.mark.parametrize(
    ("at", "newer", "stale"),
    [
        pytest.param(166, {}, False, id="89 days"),
        pytest.param(167, {}, False, id="90 days"),
        pytest.param(168, {}, True, id="91 days"),
        pytest.param(168, {78: 40}, False, id="91 days, but another instrument 90"),
    ],
)
def test_evidence_more_than_ninety_days_old_is_stale(at: int, newer: Scores, *, stale: bool) -> None:
    measures = [*taken({0: 7, 77: 4}), *taken({0: 40, **newer}, "ODI")]
    rules = told(f"IMPROVEMENT_STALE warning session {day(at)}") if stale else set()
    assert found(*thirteen(*measures, at=at)) == rules


def test_a_small_improvement_can_be_stale_too_and_none_at_all_cannot() -> None:
    stale, below = f"IMPROVEMENT_STALE warning session {day(168)}", f"IMPROVEMENT_BELOW_MIC warning session {day(168)}"
    assert found(*thirteen(*taken({0: 7, 77: 6}), at=168)) == told(stale, below)
    assert not found(*thirteen(*taken({0: 7, 77: 7}), at=168)) & told(stale, below)


@pytest.mark.parametrize(
    ("nrs", "odi", "rule"),
    [
        pytest.param(4, 50, "IMPROVEMENT_CONFLICTING", id="improved, another worse"),
        pytest.param(4, 49.9, None, id="improved, another not quite worse"),
        pytest.param(6, 50, "IMPROVEMENT_BELOW_MIC", id="some improvement, another worse"),
    ],
)
def test_instruments_that_disagree_call_for_a_look(nrs: float, odi: float, rule: str | None) -> None:
    measures = [*taken({0: 7, 84: nrs}), *taken({0: 40, 84: odi}, "ODI")]
    assert found_at_13(*measures) == (told(f"{rule} warning session {THIRTEENTH}") if rule else set())


NEXT_PERIOD = date(2026, 1, 5)
PRIOR = f"PRIOR_COURSE_FAILED info session {NEXT_PERIOD}"


def and_a_year_later(course: list[Envelope]) -> list[Envelope]:
    return [*course, a_visit(99, on=NEXT_PERIOD, measures=[a_score(7, NEXT_PERIOD)])]


@pytest.mark.parametrize(
    ("course", "failed"),
    [
        pytest.param(a_course(13, scores={1: 7, 12: 4}), False, id="it helped"),
        pytest.param(a_course(12, scores={1: 7}), False, id="twelve sessions need no proof"),
        pytest.param(a_course(13, scores={1: 7}), True, id="no improvement at 13"),
        pytest.param(a_course(14, scores={1: 7, 14: 4}), False, id="none at 13, but at the last"),
        pytest.param(a_course(13, scores={1: 7, 12: 4, 13: 7}), True, id="lost on the last day, a warning"),
        pytest.param(a_course(5, scores={1: 5, 4: 7}), True, id="worse before 13, a warning"),
        pytest.param(a_course(5, scores={1: 5, 5: 7}), False, id="worse only on the last day"),
        pytest.param(a_course(21, scores={1: 7, 12: 4, 20: 7, 21: 4}), True, id="the twentieth decides"),
        pytest.param(a_course(21, scores={1: 7, 12: 4, 21: 7}), False, id="not the twenty-first"),
    ],
)
def test_a_new_period_after_a_course_that_failed_is_worth_knowing(course: list[Envelope], *, failed: bool) -> None:
    before = found(*course)
    assert found(*and_a_year_later(course)) - before == (told(PRIOR) if failed else set())


def test_a_course_two_periods_back_is_not_asked_after() -> None:
    later = date(2027, 1, 4)
    events = [*and_a_year_later(a_course(13, scores={1: 7})), a_visit(100, on=later, measures=[a_score(7, later)])]
    assert {finding.of for finding in found(*events) if finding.rule == "PRIOR_COURSE_FAILED"} == {str(NEXT_PERIOD)}


def test_the_finding_names_the_session_and_the_scores_it_compares() -> None:
    missing = next(f for f in heard(*thirteen(*taken({0: 7, 84: 7}))) if f.subject.type == "session")
    assert {"V-1-13", "NRS-0", "NRS-84"} <= {record.id for record in missing.evidence}


def test_a_gain_on_the_day_after_the_baseline_is_a_gain_that_can_be_lost() -> None:
    """And one on its own day is none: that score is the baseline."""
    [lost] = [f for f in heard(*thirteen(*taken({0: 7, 1: 4, 77: 7}))) if f.rule == "CONTINUED_AFTER_REGRESSION"]
    assert lost.severity.value == "violation"
    assert found_at_13(*taken({0: 7, 77: 7})) == MISSING
