"""What an event costs in write units of the table: 1 KB each, of the fact and of the case file with its new entry."""

from collections.abc import Iterator
from datetime import date, datetime
from math import ceil

import pytest

from shared.aws.items import Item, case_item, fact_item
from shared.core.case import CaseFile
from shared.core.policy import policies
from tests.builders import Envelope, a_course
from tests.simulation.values import size
from tests.unit.asking import snapshot
from tests.unit.test_case import a_life_of


def units(item: Item) -> int:
    return ceil(size(item) / 1024)


def cost_of_each(events: list[Envelope]) -> Iterator[int]:
    case = CaseFile.new("P-1")
    for number, envelope in enumerate(events, 1):
        event, at = snapshot(envelope), datetime.fromisoformat(envelope["time"])
        case, _ = case.carried().taking(event, policies(), at.date(), at)
        yield units(fact_item(event, envelope["id"], at.date(), at)) + units(case_item(case, number))


def courses() -> list[Envelope]:
    """Three of twenty sessions, none of the last eight with KX."""
    years = (date(2021, 1, 4), date(2023, 1, 2), date(2025, 1, 6))
    taken = (a_course(20, start=start, first=1 + 20 * n, kx_from=None) for n, start in enumerate(years))
    return [event for course in taken for event in course]


@pytest.mark.parametrize(("records", "most"), [(40, 6), (100, 10)])
def test_an_event_of_a_course_costs_few_write_units(records: int, most: int) -> None:
    assert max(cost_of_each(courses()[:records])) <= most


@pytest.mark.slow
def test_an_event_of_a_long_life_costs_few_write_units() -> None:
    assert max(cost_of_each(a_life_of(500))) <= 36
