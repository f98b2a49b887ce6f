"""Baseline, evidence and thresholds, to the day and to the decimal."""

from typing import Any

import pytest

from tests.builders import FIRST_DAY, Envelope, a_measure, a_score, a_visit, an_eligibility
from tests.unit.asking import found, told
from tests.unit.courses import (
    BELOW_MIC,
    MISSING,
    NO_BASELINE,
    THIRTEENTH,
    UNPROVEN,
    Scores,
    day,
    found_at_13,
    session,
    taken,
)


@pytest.mark.parametrize(
    ("instrument", "before", "enough", "too_little"),
    [
        ("NRS", 10, 8, 8.1),
        ("VAS", 80, 65, 65.1),
        ("ODI", 60, 50, 50.1),
        ("RMDQ", 20, 15, 15.1),
        ("PEG", 8, 7, 7.1),
        ("QBPDS", 80, 60, 60.1),
        ("PROMIS-PI", 65, 62, 62.1),
        ("PROMIS-PF", 30, 33, 32.9),
    ],
    ids=["NRS", "VAS", "ODI", "RMDQ", "PEG", "QBPDS", "PROMIS-PI", "PROMIS-PF"],
)
def test_the_minimal_important_change_is_enough(
    instrument: str, before: float, enough: float, too_little: float
) -> None:
    """The change itself improves; a little less calls for a look; nothing, or the other way, is missing proof."""
    assert found_at_13(*taken({0: before, 84: enough}, instrument)) == set()
    assert found_at_13(*taken({0: before, 84: too_little}, instrument)) == BELOW_MIC
    assert found_at_13(*taken({0: before, 84: before}, instrument)) == MISSING
    assert found_at_13(*taken({0: enough, 84: before}, instrument)) >= MISSING


@pytest.mark.parametrize(
    ("instrument", "before", "enough", "too_little"),
    [
        ("NRS", 5, 3.5, 3.51),
        ("VAS", 40, 28, 28.1),
        ("RMDQ", 10, 7, 7.1),
        ("ODI", 30, 21, 21.1),
        ("QBPDS", 50, 35, 35.1),
    ],
    ids=["NRS", "VAS", "RMDQ", "ODI", "QBPDS"],
)
def test_thirty_per_cent_of_the_baseline_is_enough(
    instrument: str, before: float, enough: float, too_little: float
) -> None:
    assert found_at_13(*taken({0: before, 84: enough}, instrument)) == set()
    assert found_at_13(*taken({0: before, 84: too_little}, instrument)) == BELOW_MIC


@pytest.mark.parametrize(
    ("instrument", "before", "after"), [("PEG", 3, 2.1), ("PROMIS-PI", 8, 5.1), ("PROMIS-PF", 9, 11.9)]
)
def test_thirty_per_cent_is_not_accepted_of_every_instrument(instrument: str, before: float, after: float) -> None:
    assert found_at_13(*taken({0: before, 84: after}, instrument)) == BELOW_MIC


@pytest.mark.parametrize(("instrument", "after"), [("NRS", 0), ("PROMIS-PF", 5)])
def test_a_zero_baseline_cannot_improve(instrument: str, after: float) -> None:
    assert found_at_13(*taken({0: 0, 84: after}, instrument)) == MISSING


@pytest.mark.parametrize(
    ("scores", "rules"),
    [
        pytest.param({-31: 7, 84: 4}, told(NO_BASELINE, *UNPROVEN), id="31 days before"),
        pytest.param({-30: 7, 84: 4}, set(), id="30 days before"),
        pytest.param({-29: 7, 84: 4}, set(), id="29 days before"),
        pytest.param({0: 7, 84: 4}, set(), id="on the first session"),
        pytest.param({1: 7, 84: 4}, told(NO_BASELINE, *UNPROVEN), id="a day after it"),
        pytest.param({-5: 7, 0: 4, 84: 4}, MISSING, id="the latest counts"),
        pytest.param({-31: 4, -5: 7, 84: 4}, set(), id="not one that is too old"),
        pytest.param({}, told(NO_BASELINE, *UNPROVEN), id="none at all"),
    ],
)
def test_a_baseline_is_the_latest_score_of_thirty_days_up_to_the_first_session(scores: Scores, rules: set[Any]) -> None:
    assert found_at_13(*taken(scores)) == rules


@pytest.mark.parametrize(
    ("scores", "rules"),
    [
        pytest.param({0: 7}, MISSING, id="nothing after the baseline"),
        pytest.param({0: 7, 1: 4}, set(), id="the day after the baseline"),
        pytest.param({0: 7, 83: 4}, set(), id="the day before the session"),
        pytest.param({0: 7, 84: 4}, set(), id="the same day"),
        pytest.param({0: 7, 85: 4}, MISSING, id="the day after"),
    ],
)
def test_evidence_is_assessed_after_the_baseline_and_by_the_session(scores: Scores, rules: set[Any]) -> None:
    assert found_at_13(*taken(scores)) == rules


@pytest.mark.parametrize(
    ("source", "counts"),
    [
        pytest.param(a_measure(1, on=THIRTEENTH, score=4), True, id="a final measure"),
        pytest.param(a_measure(1, on=THIRTEENTH, score=4, status="entered-in-error"), False, id="a measure in error"),
        pytest.param(
            a_visit("V-x", on=day(70), procedure=None, measures=[a_score(4, day(70))]), True, id="no needling"
        ),
        pytest.param(a_visit("V-x", on=day(90), measures=[a_score(4, day(80))]), True, id="a later visit, by its date"),
        *(
            pytest.param(a_visit("V-x", on=day(70), status=status, measures=[a_score(4, day(70))]), False, id=status)
            for status in ("cancelled", "entered-in-error")
        ),
    ],
)
def test_scores_come_from_final_measures_and_completed_visits(source: Envelope, *, counts: bool) -> None:
    """By the date of assessment; a later session needs KX of its own, which is not the question here."""
    of_13 = {finding for finding in found_at_13(*taken({0: 7}), source) if finding.of == str(THIRTEENTH)}
    assert of_13 == (set() if counts else MISSING)


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        pytest.param([a_measure("M-9", on=THIRTEENTH, score=4)], True, id="measure alone"),
        pytest.param(
            [a_measure("M-8", on=THIRTEENTH), a_measure("M-9", on=THIRTEENTH, score=4)], True, id="greater id"
        ),
        pytest.param(
            [a_measure("M-8", on=THIRTEENTH, score=4), a_measure("M-9", on=THIRTEENTH)], False, id="smaller id"
        ),
        pytest.param(
            [
                a_measure("Z", on=THIRTEENTH, score=4),
                a_visit("V", on=day(83), procedure=None, measures=[a_score(7, THIRTEENTH)]),
            ],
            False,
            id="the visit's before the measure's",
        ),
    ],
)
def test_of_two_scores_on_a_date_one_stands(events: list[Envelope], *, counts: bool) -> None:
    for order in (events, events[::-1]):
        assert found_at_13(*taken({0: 7}), *order) == (set() if counts else MISSING)


def elsewhere(first: int, last: int) -> Envelope:
    return an_eligibility(external_sessions={"count": 12, "first_on": day(first), "last_on": day(last)})


@pytest.mark.parametrize(
    ("scores", "missing"),
    [
        pytest.param({-90: 7, -10: 4, 0: 5}, False, id="thirty days before it began"),
        pytest.param({-91: 7, -10: 4, 0: 5}, True, id="31 days before it began"),
        pytest.param({-60: 7, -10: 4, 0: 5}, False, id="the day it began"),
    ],
)
def test_in_a_period_begun_elsewhere_the_earliest_score_is_the_baseline(scores: Scores, *, missing: bool) -> None:
    """Our first session is number 13; what was known before it counts as evidence."""
    said = found(elsewhere(-60, -7), *session(13, 0), *taken(scores))
    rules = (f"IMPROVEMENT_MISSING violation session {FIRST_DAY}", f"KX_UNSUPPORTED violation line {FIRST_DAY}")
    assert said == (told(*rules) if missing else set())
