"""A stream retold: every event at its time, the clock between them, and what was known on a day is what had arrived."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from local.answer import answer
from local.reading import of_file
from local.retelling import Retelling, arrived_by, arriving, retold, sent_at
from local.samples import scenarios
from local.show_known import as_document
from shared.core.known import known_on
from shared.core.policy import policies
from shared.core.verify import verify
from tests.builders import FIRST_DAY, Envelope, a_visit
from tests.unit.asking import message

LAST = date(2027, 1, 1)
NOON = "2025-03-01T12:00:00Z"


def sent(*times: str | None) -> list[bytes]:
    return [json.dumps({} if time is None else {"time": time}).encode() for time in times]


def days_of(lines: list[bytes]) -> list[date]:
    """Before the first arrival, on the day of the one in the middle and on either side of it, and on the last."""
    days = [at.date() for _, at in arriving(lines, datetime.max.replace(tzinfo=UTC))]
    middle = days[len(days) // 2]
    beside = [middle + timedelta(days=number) for number in (-1, 0, 1)]
    return [days[0] - timedelta(days=1), *beside, days[-1]]


def told_by_the_trail(retelling: Retelling, day: date) -> list[dict[str, Any]]:
    known = [
        as_document(known_on(key, case.pending, day), retelling.arrivals[key])
        for key, case in sorted(retelling.cases.items())
    ]
    return [{name: one[name] for name in ("patient_id", "periods", "findings")} for one in known if one["facts_known"]]


@pytest.mark.parametrize("name", scenarios())
def test_what_was_known_on_a_day_is_the_answer_to_what_had_arrived_by_then(name: str) -> None:
    """As of that day: the clock has turned on each."""
    lines = list(of_file(str(scenarios()[name])))
    retelling = retold(lines, LAST, policies())
    for day in days_of(lines):
        assert told_by_the_trail(retelling, day) == answer(arrived_by(lines, day), day)["patients"], day


@pytest.mark.parametrize("name", scenarios())
def test_the_trail_of_a_story_is_whole(name: str) -> None:
    retelling = retold(list(of_file(str(scenarios()[name]))), LAST, policies())
    for patient_id, case in retelling.cases.items():
        assert verify(patient_id, case.pending, case.head, standing=case.standing) == []
        assert case.standing.due_on is None or case.standing.due_on > LAST


def test_no_event_arrives_before_those_that_stand_before_it() -> None:
    lines = sent(
        "2025-03-02T00:00:00Z", "2025-03-01T00:00:00Z", None, "2025-03-02T01:00:00+02:00", "2025-03-03T00:00:00Z"
    )
    days = [at.day for _, at in arriving(lines, datetime.max.replace(tzinfo=UTC))]
    assert days == [2, 2, 2, 2, 3]


def test_what_says_no_time_at_the_beginning_arrives_with_the_first_that_does() -> None:
    otherwise = datetime(2025, 6, 1, tzinfo=UTC)
    assert [at.month for _, at in arriving(sent(None, NOON), otherwise)] == [3, 3]
    assert [at for _, at in arriving(sent(None, None), otherwise)] == [otherwise, otherwise]


@pytest.mark.parametrize(
    ("last", "arrived"),
    [("2025-03-01T23:59:59.999999Z", 2), ("2025-03-02T00:00:00Z", 1), ("2025-03-02T00:30:00+01:00", 2)],
)
def test_a_day_ends_at_midnight_utc(last: str, arrived: int) -> None:
    assert len(arrived_by(sent(NOON, last), date(2025, 3, 1))) == arrived


@pytest.mark.parametrize("time", ["2025-03-01", "2025-03-01T12:00:00", "noon", 5, None, "0001-01-01T00:00:00+14:00"])
def test_what_names_no_moment_is_no_time(time: object) -> None:
    assert sent_at(json.dumps({"time": time}).encode()) is None


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_a_line_that_is_no_envelope_has_no_time(line: bytes) -> None:
    assert sent_at(line) is None


def clock_of(visit: Envelope, until: date) -> list[tuple[str, bool]]:
    """When each entry was made, and whether for a fact."""
    case = retold([message(visit)], until, policies()).cases["P-1"]
    return [(str(entry.step.recorded_at), entry.step.cause is not None) for entry in case.pending]


def test_the_clock_turns_on_its_day_though_nothing_arrives() -> None:
    unbilled = FIRST_DAY + timedelta(days=30)
    arrived = ("2025-01-06 20:00:00+00:00", True)
    assert clock_of(a_visit(), unbilled - timedelta(days=1)) == [arrived]
    assert clock_of(a_visit(), unbilled) == [arrived, (f"{unbilled} 10:00:00+00:00", False)]


def test_what_cannot_be_taken_in_is_counted() -> None:
    visit, other = a_visit(), a_visit(status="cancelled")
    retelling = retold([message(visit), b"{}", message(other), message(visit)], LAST, policies())
    assert retelling.refused == 2
    assert len(retelling.arrivals["P-1"]) == 1


def test_what_is_refused_makes_no_patient() -> None:
    assert retold([b"{}"], LAST, policies()).cases == {}
