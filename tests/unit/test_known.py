"""What was known on a day is what the audit said of the facts that were known by then."""

import time
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.core.audit import audit
from shared.core.case import CaseFile
from shared.core.known import folded, known_on
from shared.core.policy import policies
from shared.core.standing import PeriodView, Standing
from tests.builders import a_course
from tests.unit.asking import snapshot
from tests.unit.histories import a_history
from tests.unit.trails import BEGUN, day_by_day

DAY = BEGUN.date()


def concluded(case: CaseFile) -> Standing:
    return case.standing._replace(due_on=None)


@settings(max_examples=20)
@given(seed=st.integers(min_value=0, max_value=2**64 - 1))
def test_the_first_entries_say_what_the_first_arrivals_came_to(seed: int) -> None:
    for case in day_by_day(a_history(Random(seed))):
        assert folded(case.pending).standing("P-1") == concluded(case)


@settings(max_examples=10)
@given(seed=st.integers(min_value=0, max_value=2**64 - 1))
def test_what_was_known_on_any_day_is_the_audit_of_the_facts_known_by_then(seed: int) -> None:
    cases = day_by_day(a_history(Random(seed)))
    whole = cases[-1]
    for number, then in enumerate(cases):
        known = known_on("P-1", whole.pending, DAY + timedelta(days=number))
        judged = audit("P-1", then.history, policies(), DAY + timedelta(days=number))
        assert known.standing == concluded(then)
        assert known.standing.findings == judged.findings
        assert known.standing.periods == tuple(PeriodView.of(course) for course in judged.courses)
        assert [step.seq for step in known.later] == list(range(len(then.pending) + 1, len(whole.pending) + 1))


def test_findings_are_in_the_order_of_the_document() -> None:
    case = day_by_day([snapshot(event) for event in a_course(9, kx_from=1)])[-1]
    assert list(folded(case.pending).standing("P-1").findings) == list(case.standing.findings)


def test_before_the_first_day_nothing_was_known() -> None:
    case = day_by_day([snapshot(event) for event in a_course(1)])[-1]
    known = known_on("P-1", case.pending, DAY - timedelta(days=1))
    assert (known.standing, known.last, len(known.later)) == (Standing("P-1"), None, len(case.pending))


@pytest.mark.parametrize(
    ("at", "known"),
    [(timedelta(hours=11, minutes=59, seconds=59), 1), (timedelta(hours=12), 0)],
    ids=["a second before midnight", "midnight"],
)
@pytest.mark.parametrize("zone", ["UTC", "UTC+12", "UTC-12"])
def test_a_day_ends_at_midnight_utc(at: timedelta, known: int, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the reader's clock is."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    event = snapshot(a_course(1)[0])
    case, _ = CaseFile.new("P-1").taking(event, policies(), DAY, BEGUN + at)
    told = known_on("P-1", case.pending, DAY)
    monkeypatch.undo()
    time.tzset()
    assert (len(told.standing.periods), told.last is not None) == (known, bool(known))
