"""Sessions furnished elsewhere: what they add to the count, and which answer about them stands."""

from datetime import date, timedelta

import pytest

from tests.builders import (
    FIRST_DAY,
    Envelope,
    a_course,
    an_eligibility,
)
from tests.unit.asking import ask, found, periods, told


def week(number: int) -> date:
    """The day of session `number` of a weekly course."""
    return FIRST_DAY + timedelta(weeks=number - 1)


NINTH = week(9)


def elsewhere(count: int, first: date | None, last: date | None, *, id: str = "E-1", as_of: date = NINTH) -> Envelope:
    return an_eligibility(id, as_of=as_of, external_sessions={"count": count, "first_on": first, "last_on": last})


@pytest.mark.parametrize(
    ("last_on", "shown"),
    [
        pytest.param(week(2) - timedelta(days=1), [1, 10], id="the day before"),
        pytest.param(week(2), [1, 2], id="the same day"),
        pytest.param(week(2) + timedelta(days=1), [1, 2], id="the day after"),
    ],
)
def test_sessions_elsewhere_count_for_sessions_after_their_last(last_on: date, shown: list[int]) -> None:
    events = [*a_course(2), elsewhere(8, week(1), last_on)]
    [period] = periods(ask(events))
    assert [session["number"] for session in period["sessions"]] == shown
    assert (period["external_sessions"], period["sessions_counted"]) == (8, 10)


def test_a_session_elsewhere_starts_the_period_and_its_window() -> None:
    began = FIRST_DAY - timedelta(days=90)
    [period] = periods(ask([*a_course(1), elsewhere(1, began, began)]))
    assert (period["started_on"], period["initial_window_ends_on"]) == (str(began), str(began + timedelta(days=89)))
    outside = told(f"OUTSIDE_INITIAL_WINDOW warning session {FIRST_DAY}")
    assert found(*a_course(1), elsewhere(1, began, began)) == outside
    began += timedelta(days=1)
    assert found(*a_course(1), elsewhere(1, began, began)) == set()


@pytest.mark.parametrize(
    ("count", "remaining", "needs_kx"),
    [(11, 9, False), (12, 8, True), (13, 7, True), (19, 1, True), (20, 0, False), (21, 0, False)],
)
def test_what_is_left_of_a_period(count: int, remaining: int, *, needs_kx: bool) -> None:
    """A period held by sessions elsewhere alone is shown too."""
    [period] = periods(ask([elsewhere(count, week(1), week(2))]))
    assert (period["sessions"], period["sessions_counted"]) == ([], count)
    assert (period["sessions_remaining"], period["next_session_needs_kx"]) == (remaining, needs_kx)


@pytest.mark.parametrize(
    ("later", "counted"),
    [
        pytest.param(elsewhere(5, week(1), week(2), id="E-2", as_of=week(10)), 5, id="a later answer"),
        pytest.param(elsewhere(5, week(3), week(4), id="E-2", as_of=week(10)), 5, id="a later answer, other dates"),
        pytest.param(elsewhere(5, week(1), week(2), id="E-2", as_of=week(8)), 8, id="an earlier answer"),
        pytest.param(elsewhere(5, week(1), week(2), id="E-2"), 5, id="the same day, the greater id"),
        pytest.param(elsewhere(5, week(1), week(2), id="E-0"), 8, id="the same day, the smaller id"),
        pytest.param(elsewhere(0, week(1), week(2), id="E-2", as_of=week(10)), 0, id="none, with dates"),
        pytest.param(elsewhere(0, None, None, id="E-2", as_of=week(10)), 0, id="none, without dates"),
        pytest.param(elsewhere(0, None, None, id="E-2", as_of=week(8)), 8, id="none, but said before"),
    ],
)
def test_the_latest_answer_about_a_period_stands(later: Envelope, counted: int) -> None:
    for answers in ([elsewhere(8, week(1), week(2)), later], [later, elsewhere(8, week(1), week(2))]):
        assert sum(period["external_sessions"] for period in periods(ask([*a_course(1), *answers]))) == counted


BEFORE_NCD, NCD = date(2020, 1, 20), date(2020, 1, 21)


@pytest.mark.parametrize(
    ("first", "last", "counted", "started"),
    [
        pytest.param(date(2019, 12, 2), BEFORE_NCD, 0, None, id="all before"),
        pytest.param(date(2019, 12, 2), NCD, 8, NCD, id="the last on the first day"),
        pytest.param(NCD, NCD, 8, NCD, id="all on the first day"),
        pytest.param(date(2020, 1, 22), date(2020, 1, 30), 8, date(2020, 1, 22), id="all after"),
    ],
)
def test_sessions_elsewhere_count_from_the_first_day_of_the_ncd(
    first: date, last: date, counted: int, started: date | None
) -> None:
    """Of those that began earlier the whole count stands: nobody says how many of them came before."""
    told = periods(ask([elsewhere(8, first, last, as_of=date(2020, 2, 1))]))
    assert [(p["external_sessions"], p["started_on"]) for p in told] == ([(8, str(started))] if started else [])
    assert sum(p["external_sessions"] for p in told) == counted


def test_none_elsewhere_begins_no_period_whatever_dates_it_names() -> None:
    """Nor does it move the session after them to another number."""
    assert periods(ask([elsewhere(0, week(1), week(2))])) == []
    [period] = periods(ask([*a_course(1, start=week(4)), elsewhere(0, week(1), week(2))]))
    assert (period["started_on"], period["external_sessions"]) == (str(week(4)), 0)
    assert [session["number"] for session in period["sessions"]] == [1]


@pytest.mark.parametrize(
    ("second", "standing"),
    [pytest.param(date(2025, 12, 31), [3], id="the day before"), pytest.param(date(2026, 1, 1), [8, 3], id="that day")],
)
def test_answers_speak_of_two_periods_once_the_next_could_follow(second: date, standing: list[int]) -> None:
    first = elsewhere(8, date(2025, 1, 6), date(2025, 1, 20))
    other = elsewhere(3, second, second, id="E-2", as_of=date(2026, 2, 1))
    assert [period["external_sessions"] for period in periods(ask([first, other]))] == standing
