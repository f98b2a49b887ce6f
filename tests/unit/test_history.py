"""What becomes of a snapshot that arrives: recorded, a repeat, too late, or in conflict."""

from itertools import permutations
from typing import Any

import pytest

from shared.core.history import History, Outcome
from tests.builders import Envelope, a_claim, a_measure, a_visit, merged
from tests.unit.asking import ask, history_of, numbers, snapshot


def version(number: int, event: Envelope | None = None, **changes: Any) -> Envelope:
    """A version of a record; each says something else."""
    event = event or a_visit()
    body = merged(event["detail"], {"version": number} | changes)
    return event | {"id": f"{event['id']}-{number}", "detail": body}


def outcomes(*events: Envelope) -> list[str]:
    history, said = History(), []
    for event in events:
        history, outcome = history.taking(snapshot(event))
        said.append(outcome.value)
    return said


FIRST, SECOND, THIRD = version(1), version(2), version(3)
OTHER_FIRST, OTHER_SECOND = version(1, place_of_service="22"), version(2, place_of_service="22")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([FIRST, SECOND, THIRD], ["recorded"] * 3, id="each version higher"),
        pytest.param([FIRST, FIRST], ["recorded", "duplicate"], id="a repeat"),
        pytest.param([SECOND, FIRST], ["recorded", "superseded"], id="a lower version late"),
        pytest.param([SECOND, FIRST, FIRST], ["recorded", "superseded", "duplicate"], id="and repeated"),
        pytest.param([FIRST, SECOND, FIRST], ["recorded", "recorded", "duplicate"], id="a repeat of what was replaced"),
        pytest.param([THIRD, FIRST, SECOND], ["recorded", "superseded", "superseded"], id="two lower ones late"),
        pytest.param([FIRST, OTHER_FIRST], ["recorded", "conflict"], id="another body"),
        pytest.param([FIRST, OTHER_FIRST, FIRST], ["recorded", "conflict", "duplicate"], id="the first body stays"),
        pytest.param([SECOND, FIRST, OTHER_FIRST], ["recorded", "superseded", "conflict"], id="another late body"),
        pytest.param([FIRST, SECOND, OTHER_FIRST], ["recorded", "recorded", "conflict"], id="another replaced body"),
        pytest.param(
            [FIRST, OTHER_FIRST, OTHER_SECOND], ["recorded", "conflict", "recorded"], id="then a next version"
        ),
        pytest.param([FIRST, version(1, a_claim("V-1-01"))], ["recorded"] * 2, id="another kind of the same id"),
        pytest.param([FIRST, version(1) | {"id": "again"}], ["recorded", "duplicate"], id="another delivery's id"),
        pytest.param([version(1, colour="red"), FIRST], ["recorded", "duplicate"], id="an unknown field"),
        pytest.param([version(1, abn=None), FIRST], ["recorded", "duplicate"], id="null and missing"),
    ],
)
def test_what_becomes_of_a_snapshot(events: list[Envelope], expected: list[str]) -> None:
    assert outcomes(*events) == expected


def test_the_highest_version_stands_in_whatever_order() -> None:
    for order in permutations((FIRST, SECOND, THIRD)):
        assert history_of(order) == history_of((FIRST, SECOND, THIRD))
        assert [visit.version for visit in history_of(order).visits] == [3]


def test_the_size_counts_distinct_snapshots() -> None:
    assert history_of([SECOND, FIRST, FIRST, OTHER_FIRST, a_measure()]).size == 3


def test_a_conflict_goes_to_quarantine_and_changes_nothing() -> None:
    document = ask([FIRST, version(1, status="cancelled"), a_measure()])
    assert document["quarantine"] == [{"event_id": "evt-V-1-01-v1-1", "reason": "conflict", "where": "detail.version"}]
    counts = {"received": 3, "recorded": 2, "duplicates": 0, "superseded": 0, "quarantined": 1}
    assert document["events"] == counts
    assert ask([FIRST, a_measure()])["patients"] == document["patients"]


def test_a_higher_version_moves_or_cancels_the_session() -> None:
    moved, cancelled = version(2, date_of_service="2025-01-13"), version(2, status="cancelled")
    assert numbers([a_visit(2), FIRST, moved]) == [1, 2]
    assert numbers([FIRST, cancelled]) == numbers([cancelled, FIRST]) == []


def test_a_history_holds_each_version_that_it_took() -> None:
    history = history_of([SECOND, FIRST])
    assert [history.holds(snapshot(event).reference) for event in (FIRST, SECOND, THIRD)] == [True, True, False]
    assert not history.holds(snapshot(a_visit("another")).reference)
    assert not history.holds(snapshot(a_measure("V-1-01")).reference)


def test_a_history_is_not_changed_by_what_it_takes() -> None:
    before = history_of([FIRST])
    after, outcome = before.taking(snapshot(SECOND))
    assert outcome is Outcome.RECORDED
    assert before == history_of([FIRST])
    assert before != after
