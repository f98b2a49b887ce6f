"""The last day, session and year that still count, where mutants of the calendar and of the count lived on."""

from datetime import date, timedelta

import pytest

from shared.core.calendar import days_after, first_of_month
from shared.core.chart import Chart
from shared.core.policy import policies
from tests.builders import FIRST_DAY, a_claim, a_course, a_visit, an_eligibility
from tests.unit.asking import AS_OF, concluded, found, history_of, told


def test_a_sum_of_days_stops_at_the_ends_of_the_calendar() -> None:
    assert days_after(date.max, 1) == date.max
    assert days_after(date.min, -1) == date.min


def test_the_last_year_of_the_calendar_has_months_and_no_successor() -> None:
    assert first_of_month(date(9999, 1, 31), 1) == date(9999, 2, 1)
    assert first_of_month(date(9999, 12, 31), 1) == date.max


def test_the_twentieth_session_needs_kx() -> None:
    events = a_course(20)
    *before, visit, claim = events
    claim["detail"]["lines"][0]["modifiers"] = []
    assert found(*events) == told(f"KX_MISSING violation line {visit['detail']['date_of_service']}")
    assert found(*before) == set()


def test_a_period_is_begun_elsewhere_only_by_a_session_before_our_first() -> None:
    def begun_elsewhere(first: date) -> bool:
        elsewhere = an_eligibility(external_sessions={"count": 1, "first_on": first, "last_on": first})
        [course] = concluded([a_visit(1), elsewhere]).courses
        return course.period.begun_elsewhere

    assert begun_elsewhere(date(2025, 1, 5))
    assert not begun_elsewhere(FIRST_DAY)


def test_a_period_that_only_others_furnished_is_begun_elsewhere() -> None:
    elsewhere = an_eligibility(external_sessions={"count": 1, "first_on": FIRST_DAY, "last_on": FIRST_DAY})
    [course] = concluded([elsewhere]).courses
    assert course.period.begun_elsewhere


def test_sessions_elsewhere_from_the_day_a_period_can_begin_belong_to_it() -> None:
    [course] = concluded([a_visit(1)]).courses
    following = course.period.next_from
    elsewhere = an_eligibility(external_sessions={"count": 3, "first_on": following, "last_on": following})
    assert [course.counted for course in concluded([a_visit(1), elsewhere]).courses] == [1, 3]


def test_a_period_holds_the_days_up_to_the_one_on_which_the_next_can_begin() -> None:
    chart = Chart(history_of(a_course(1)), policies(), AS_OF)
    [course] = chart.courses
    following = course.period.next_from
    days = [FIRST_DAY - timedelta(days=1), FIRST_DAY, following - timedelta(days=1), following]
    assert [chart.course_on(day) for day in days] == [None, course, course, None]


@pytest.mark.parametrize(
    ("reading", "records"),
    [
        ({}, [["V-1-01"], ["C-2"]]),
        ({"session_unit": "encounter"}, [["V-1-01"], ["C-2"]]),
        ({"session_unit": "line"}, [["V-1-01", "C-1-01"], ["C-2"]]),
        ({"count_basis": "payer"}, [["V-1-01", "C-1-01"], ["C-2"]]),
    ],
)
def test_a_session_is_made_by_its_visits_or_where_claims_count_by_both(
    reading: dict[str, str], records: list[list[str]]
) -> None:
    events = [*a_course(1), a_claim("C-2", on=FIRST_DAY + timedelta(days=7))]
    sessions = Chart(history_of(events), policies().changed(**reading), AS_OF).sessions
    assert [[record.record_id for record in session.records] for session in sessions] == records
