"""A row of the list on a day: a suppression ends after its last day, by itself."""

from datetime import date, timedelta

import pytest

from shared.core.policy import policies
from shared.core.review import Workflow
from shared.core.worklist import Work, rows
from tests.builders import a_course
from tests.unit.test_pages import case_of

LAST = date(2026, 4, 1)


@pytest.mark.parametrize(("days", "state"), [(-1, Workflow.SUPPRESSED), (0, Workflow.SUPPRESSED), (1, Workflow.NEW)])
def test_a_suppression_lapses_after_its_last_day(days: int, state: Workflow) -> None:
    case = case_of(a_course(13, kx_from=None))
    [row] = rows(case.standing, Work({}, None), policies())
    suppressed = row.model_copy(update={"workflow": Workflow.SUPPRESSED, "suppressed_until": LAST})
    assert suppressed.on_day(LAST + timedelta(days=days)) is state
