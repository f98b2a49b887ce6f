"""When a chart is due: until that day an audit says the same, and on that day it says something else."""

from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.core.audit import Conclusions, audit
from shared.core.case import Arrival, rebuilt
from shared.core.policy import policies
from tests.builders import Envelope
from tests.unit.asking import RECORDED_AT, concluded, snapshot
from tests.unit.encounters import DAY, bill, billed_alone, days, encounter, line, seen
from tests.unit.histories import a_history
from tests.unit.test_laws import history_of

RECEIVED = days(1)
ELEVEN_MONTHS = date(2025, 7, 5)


@pytest.mark.parametrize(
    ("as_of", "due"),
    [(DAY, days(8, RECEIVED)), (days(7, RECEIVED), days(8, RECEIVED)), (days(8, RECEIVED), None)],
    ids=str,
)
def test_a_claim_without_a_visit_is_due_once_the_grace_is_over(as_of: date, due: date | None) -> None:
    assert concluded(billed_alone(line(1, "20560")), as_of=as_of).due_on == due


@pytest.mark.parametrize(
    ("as_of", "due"),
    [
        (DAY, days(30)),
        (days(29), days(30)),
        (days(30), ELEVEN_MONTHS),
        (days(-1, ELEVEN_MONTHS), ELEVEN_MONTHS),
        (ELEVEN_MONTHS, None),
    ],
    ids=str,
)
def test_an_unbilled_visit_is_due_after_thirty_days_and_after_eleven_months(as_of: date, due: date | None) -> None:
    assert concluded([seen()], as_of=as_of).due_on == due


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([], id="nothing known"),
        pytest.param(encounter(), id="billed"),
        pytest.param([seen(diagnoses=["M54.2"])], id="for the neck"),
        pytest.param([seen(condition={"systemic_cause": True})], id="excluded"),
        pytest.param([seen(status="cancelled")], id="cancelled"),
        pytest.param([bill(line(1, "97140"))], id="no needling line"),
    ],
)
def test_what_waits_for_nothing_is_never_due(events: list[Envelope]) -> None:
    assert concluded(events, as_of=DAY).due_on is None


def test_the_nearest_day_comes_first() -> None:
    events = [seen("V1", on=days(-20)), *billed_alone(line(1, "20560"))]
    assert concluded(events, as_of=DAY).due_on == days(8, RECEIVED)


def test_a_date_at_the_end_of_the_calendar_is_harmless() -> None:
    last = date(9999, 12, 31)
    assert concluded([seen(on=last)], as_of=DAY).due_on in (days(-1, last), last)


@settings(max_examples=60)
@given(seed=st.integers(min_value=0, max_value=2**64 - 1))
def test_until_it_is_due_nothing_turns_and_then_something_does(seed: int) -> None:
    history = history_of(a_history(Random(seed)))

    def on(day: date) -> Conclusions:
        return audit("P-1", history, policies(), day)

    told = on(date(2025, 3, 31))
    for _ in range(4):
        if (due := told.due_on) is None:
            break
        eve, then = on(days(-1, due)), on(due)
        assert (eve.findings, eve.due_on) == (told.findings, due)
        assert then.findings != told.findings
        told = then


def test_a_case_file_audited_again_keeps_its_facts_and_remembers_the_day() -> None:
    events = [snapshot(event) for event in billed_alone(line(1, "20560"))]
    case = rebuilt("P-1", (Arrival(event, DAY, RECORDED_AT) for event in events), policies())
    turned = case.re_audited(policies(), days(8, RECEIVED), RECORDED_AT)

    assert turned.history is case.history
    [(finding_id, finding)] = turned.standing.findings.items()
    assert finding.rule == "CLAIM_WITHOUT_VISIT"
    assert turned.standing.life[finding_id].since == days(8, RECEIVED)
    assert turned.re_audited(policies(), days(9, RECEIVED), RECORDED_AT) == turned
