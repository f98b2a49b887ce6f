"""A row of the list on a day: a suppression ends after its last day, by itself."""

from datetime import date, timedelta

import pytest

from shared.core.review import Workflow
from shared.core.worklist import Row

LAST = date(2026, 4, 1)


@pytest.mark.parametrize(("days", "state"), [(-1, Workflow.SUPPRESSED), (0, Workflow.SUPPRESSED), (1, Workflow.NEW)])
def test_a_suppression_lapses_after_its_last_day(days: int, state: Workflow) -> None:
    row = Row.model_construct(workflow=Workflow.SUPPRESSED, suppressed_until=LAST)
    assert row.on_day(LAST + timedelta(days=days)) is state
