"""Frequency: what is said at sessions 12, 13, 20 and 21, and on day 90 and 91."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import (
    FIRST_DAY,
    a_claim,
    a_claim_for,
    a_course,
    a_line,
    a_score,
    a_visit,
)
from tests.unit.asking import found, heard, numbers, told


def week(number: int) -> date:
    """The day of session `number` of a weekly course."""
    return FIRST_DAY + timedelta(weeks=number - 1)


def test_sessions_13_to_20_need_kx_and_21_is_one_too_many() -> None:
    """12 is the last without KX; KX is not asked of 21, which nothing can lift."""
    missing = (f"KX_MISSING violation line {week(number)}" for number in range(13, 21))
    too_many = f"OVER_ANNUAL_LIMIT violation session {week(21)}"
    assert found(*a_course(21, kx_from=None)) == told(*missing, too_many)


@pytest.mark.parametrize(
    ("count", "kx_from", "rules"),
    [
        pytest.param(12, None, set(), id="12 without"),
        pytest.param(12, 12, told(f"KX_UNNEEDED warning line {week(12)}"), id="12 with"),
        pytest.param(13, None, told(f"KX_MISSING violation line {week(13)}"), id="13 without"),
        pytest.param(13, 13, set(), id="13 with"),
        pytest.param(20, 13, set(), id="20 with"),
        pytest.param(21, 13, told(f"OVER_ANNUAL_LIMIT violation session {week(21)}"), id="21 with"),
    ],
)
def test_kx_is_for_sessions_13_to_20(count: int, kx_from: int | None, rules: set[Any]) -> None:
    assert found(*a_course(count, kx_from=kx_from)) == rules


def test_every_covered_line_of_the_session_needs_kx() -> None:
    """The line of a claim without a covered diagnosis is none."""
    on = week(13)
    lines = [a_line(1, on=on, modifiers=["KX"]), a_line(2, on=on, procedure_code="97140"), a_line(3, on=on)]
    neck = a_claim("C-neck", on=on, diagnoses=["M54.2"])
    *course, _ = a_course(13)
    said = heard(*course, a_claim(13, on=on, lines=lines), neck)
    assert [(finding.rule, finding.subject.line_number) for finding in said] == [
        ("DX_NOT_COVERED", 1),
        ("KX_MISSING", 3),
    ]


@pytest.mark.parametrize(
    ("day", "score", "modifiers", "rules"),
    [
        pytest.param(88, 7, [], (), id="day 89"),
        pytest.param(89, 7, [], (), id="day 90"),
        pytest.param(90, 7, [], ("OUTSIDE_INITIAL_WINDOW warning session",), id="day 91"),
        pytest.param(90, 6, [], ("OUTSIDE_INITIAL_WINDOW info session",), id="day 91 with some improvement"),
        pytest.param(90, 8, [], ("OUTSIDE_INITIAL_WINDOW warning session",), id="day 91, no better"),
        pytest.param(90, 7, ["KX"], ("OUTSIDE_INITIAL_WINDOW info session", "KX_UNNEEDED warning line"), id="with KX"),
    ],
)
def test_the_first_twelve_sessions_belong_in_ninety_days(
    day: int, score: float, modifiers: list[str], rules: tuple[str, ...]
) -> None:
    on = FIRST_DAY + timedelta(days=day)
    late = a_visit(2, on=on, measures=[a_score(score, on)])
    events = [*a_course(1), late, a_claim_for(late, modifiers=modifiers)]
    assert found(*events) == told(*(f"{rule} {on}" for rule in rules))


def test_nothing_resets_on_day_91() -> None:
    """Sessions after the window go on counting; the thirteenth is no question of the window."""
    events = a_course(13, every=9)
    eleventh, twelfth = FIRST_DAY + timedelta(days=90), FIRST_DAY + timedelta(days=99)
    outside = (f"OUTSIDE_INITIAL_WINDOW warning session {eleventh}", f"OUTSIDE_INITIAL_WINDOW info session {twelfth}")
    assert numbers(events) == list(range(1, 14))
    assert found(*events) == told(*outside)


def test_a_late_visit_renumbers_the_sessions_after_it() -> None:
    course = a_course(13, kx_from=None)
    missing = told(f"KX_MISSING violation line {week(13)}")
    assert found(*course[:6], *course[8:]) == set()
    assert found(*course[:6], *course[8:], *course[6:8]) == missing


def test_evidence_names_the_sessions_that_make_the_number() -> None:
    [finding] = heard(*a_course(13, kx_from=None))
    visits = [f"V-1-{number:02}" for number in range(1, 14)]
    assert {record.id for record in finding.evidence} == {"C-1-13", *visits}


def test_a_line_or_session_names_the_visit_of_its_date_if_there_is_but_one() -> None:
    both = [a_visit("V-1", measures=[]), a_visit("V-2", measures=[])]
    for visits, named in ((both[:1], "V-1"), (both, None)):
        [finding] = heard(*visits)
        assert finding.subject.visit_id == named
