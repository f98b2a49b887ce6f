"""Which statement of the onset holds for a visit: of visits and of claims by date and id, asked without a chart."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.core.events import ClaimSubmitted, VisitRecorded
from shared.core.onset import Onsets
from tests.builders import FIRST_DAY, a_claim, a_line, a_visit
from tests.unit.asking import snapshot


def on(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def visit(id: str, day: int, *, states: bool) -> VisitRecorded:
    told = snapshot(a_visit(id, on=on(day), condition={"onset_date": "2020-06-01" if states else None}))
    assert isinstance(told, VisitRecorded)
    return told


def claim(id: str, *days: int, **changes: Any) -> ClaimSubmitted:
    lines = [a_line(number, on=on(day)) for number, day in enumerate(days, start=1)]
    told = snapshot(a_claim(id, lines=lines, **({"condition": {"onset_date": "2020-06-01"}} | changes)))
    assert isinstance(told, ClaimSubmitted)
    return told


STATED = [visit(*stated, states=True) for stated in (("Z", 0), ("M", 7), ("N", 7), ("A", 14))]
SILENT = visit("S", 3, states=False)
# Dated before each of them, and yet after them in the order of ids.
CLAIMS = [claim("C9", 1, 8), claim("C3", 8), claim("C1", 15), claim("C8", 2, condition=None)]
CLAIMS += [claim("C7", 2, condition={"onset_date": None, "pregnant": True})]


def source(day: int, *, visits: list[VisitRecorded], states: bool = False) -> str | None:
    asked = visit("V", day, states=states)
    said = Onsets.stated([*visits, SILENT, asked], CLAIMS).source(asked)
    return said.record_id if said else None


@pytest.mark.parametrize(
    ("day", "whose"), [(-1, None), (0, None), (1, "Z"), (7, "Z"), (8, "N"), (14, "N"), (15, "A"), (99, "A")]
)
def test_the_last_visit_before_the_day_that_states_it_holds(day: int, whose: str | None) -> None:
    said = source(day, visits=STATED)
    assert said == whose


@pytest.mark.parametrize(
    ("day", "whose"), [(0, None), (1, "C9"), (7, "C9"), (8, "C9"), (9, "C9"), (14, "C9"), (15, "C1"), (16, "C1")]
)
def test_without_such_a_visit_the_last_claim_up_to_the_day_holds(day: int, whose: str | None) -> None:
    assert source(day, visits=[]) == whose


def test_what_a_visit_states_itself_holds() -> None:
    assert source(20, visits=STATED, states=True) == "V"
