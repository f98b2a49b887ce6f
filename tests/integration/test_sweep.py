"""sweep: what the stream never brought is sent, and what a dead writer left behind is taken in, each once."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from functions import sweep
from local.cloud import Cloud
from shared.aws import runtime, taking_in
from shared.aws.arrivals import CHECKPOINT, Arrivals, Arrived, Checkpoint, arrivals
from shared.aws.errors import OutboxFull, SweepBehind, TrailForked
from shared.aws.items import trail_item
from shared.aws.runtime import dynamodb, sns
from shared.aws.table import case_table
from shared.aws.trail import trail_table
from shared.core.trail import Entry
from tests.builders import Envelope, a_claim, a_visit
from tests.integration.conftest import AS_OF
from tests.integration.deliveries import a_message, hooked, line, messages_of, recorded, requests_counted, snapshot
from tests.integration.test_record_event import take

# Of each claim it is said that its visit is missing.
CLAIMS = [a_claim(number) for number in range(1, 6)]
RULE = "CLAIM_WITHOUT_VISIT"
BEGUN = Checkpoint(datetime.now(UTC) - timedelta(hours=1))


@pytest.fixture
def cloud(cloud: Cloud) -> Cloud:
    """One whose sweep has run an hour ago: the first run looks two weeks back."""
    with cloud.invoker.inside(cloud.sweeper):
        arrivals().move(BEGUN)
    return cloud


@contextmanager
def later(minutes: float) -> Iterator[None]:
    """So many minutes from now."""
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    with patch.object(runtime, "datetime", type("Later", (datetime,), {"now": lambda _: then})):
        yield


def swept(cloud: Cloud, minutes: float = 30) -> dict[str, int]:
    """What the sweep counted."""
    before = cloud.invoker.metrics.copy()
    with later(minutes):
        cloud.invoker.answer(cloud.sweeper, {})
    cloud.heard.listen()
    return {name: count for name, count in (cloud.invoker.metrics - before).items() if name in sweep.METRICS}


def untold(cloud: Cloud, *events: Envelope) -> None:
    """Recorded, and the stream brings nothing of it."""
    assert recorded(cloud, *(a_message(event, f"m-{number}") for number, event in enumerate(events))) == set()


def left_behind(cloud: Cloud, *events: Envelope) -> None:
    """Their writers died after the fact."""
    with cloud.invoker.inside(cloud.recorder):
        for event in events:
            case_table().keep_fact(snapshot(event), None, AS_OF)


def taken_in(cloud: Cloud, patient_id: str = "P-1") -> int:
    with cloud.invoker.inside(cloud.recorder):
        return case_table().case(patient_id).case.history.size


def test_alerts_that_the_stream_never_brought_are_sent_once(cloud: Cloud) -> None:
    untold(cloud, *CLAIMS)

    first, second = swept(cloud), swept(cloud)
    cloud.settle()  # the stream comes back

    assert (first["Unsent"], first["SentLate"]) == (1, 1)
    assert 1_790 < first["OldestUnsentSeconds"] < 1_810
    assert second == {}
    assert len(messages_of(cloud, RULE)) == 5


@pytest.mark.parametrize(("minutes", "sent"), [(4.9, 0), (5.1, 1)])
def test_the_stream_is_given_five_minutes(cloud: Cloud, minutes: float, sent: int) -> None:
    untold(cloud, *CLAIMS)

    assert swept(cloud, minutes).get("SentLate", 0) == sent


@pytest.mark.parametrize(("minutes", "size"), [(19.9, 0), (20.1, 1)])
def test_a_writer_is_given_twenty_minutes(cloud: Cloud, minutes: float, size: int) -> None:
    left_behind(cloud, a_visit(1))

    swept(cloud, minutes)

    assert taken_in(cloud) == size


def test_facts_left_behind_are_taken_in_and_told_of(cloud: Cloud) -> None:
    left_behind(cloud, *CLAIMS)

    assert swept(cloud)["TakenInLate"] == 5
    assert swept(cloud).get("TakenInLate", 0) == 0
    cloud.settle()

    assert taken_in(cloud) == 5
    assert len(messages_of(cloud, RULE)) == 5


def test_a_quiet_run_asks_for_no_patient(cloud: Cloud) -> None:
    for event in CLAIMS:
        cloud.send(line(event))
    cloud.settle()
    swept(cloud)

    with requests_counted() as requests:
        assert swept(cloud, 31) == {}

    assert requests.pop("Query") in (10, 12)  # a day that ends in between is asked for too
    assert requests == {"GetItem": 1, "PutItem": 1}


def test_a_fact_that_cannot_be_taken_in_is_left_for_the_next_run_and_holds_up_nothing(cloud: Cloud) -> None:
    left_behind(cloud, a_visit(1), a_visit(2, patient_id="P-2"))

    def refuse(params: dict[str, Any], **_: Any) -> None:
        if b'"patient#P-1"' in params["body"] and b'"case"' in params["body"]:
            raise ValueError("out of order")

    with hooked(dynamodb(), "before-call.dynamodb.PutItem", refuse), pytest.raises(SweepBehind, match="1 failed"):
        swept(cloud)
    assert (taken_in(cloud), taken_in(cloud, "P-2")) == (0, 1)

    assert swept(cloud, 40)["TakenInLate"] == 1
    assert taken_in(cloud) == 1


@pytest.mark.usefixtures("inside")
def test_where_nothing_can_be_taken_in_the_checkpoint_stays(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_in, "MOST_LEFT", 1)
    monkeypatch.setattr(taking_in, "take_in", lambda *_: 1 / 0)
    left_behind(cloud, a_visit(1), a_visit(2))

    with pytest.raises(SweepBehind):
        swept(cloud)

    assert arrivals().checkpoint(runtime.now()) == BEGUN


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_what_is_too_much_for_one_run_is_done_by_the_next(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(taking_in, "MOST", most + 1)  # the last one of a run is the first one of the next
    left_behind(cloud, *CLAIMS)

    for number in range(5):
        swept(cloud, 30 + number)

    assert taken_in(cloud) == 5


@pytest.mark.usefixtures("inside")
def test_facts_are_found_by_the_moment_they_came_across_midnight_in_order() -> None:
    moments = [datetime(2026, 5, 31, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)]
    for number, at in enumerate([*moments, moments[1]]):
        with patch.object(runtime, "datetime", type("Then", (datetime,), {"now": lambda _, at=at: at})):
            case_table().keep_fact(snapshot(a_visit(number, patient_id=f"P-{number}")), None, AS_OF)

    def found(since: datetime, until: datetime) -> list[str]:
        return [fact.patient_id for fact in arrivals().between(since, until)]

    assert found(*moments)[:1] == ["P-0"]
    assert sorted(found(*moments)) == ["P-0", "P-1", "P-2"]
    assert sorted(found(moments[1], moments[1])) == ["P-1", "P-2"]
    assert found(moments[0], moments[0]) == ["P-0"]
    assert found(moments[1] + timedelta(microseconds=1), moments[1] + timedelta(days=2)) == []


@pytest.mark.parametrize("record_id", ["V-1", "V#1", "#", "fact#visit#x#1"])
def test_a_key_says_which_record_it_holds(record_id: str) -> None:
    fact = snapshot(a_visit(1, visit_id=record_id, version=7))
    found = Arrived("", "patient#P#1", f"fact#visit#{record_id}#0000000007")

    assert (found.patient_id, found.reference) == ("P#1", fact.reference)


@pytest.mark.usefixtures("inside")
def test_a_trail_that_forked_is_left_alone_and_nothing_is_announced(cloud: Cloud) -> None:
    take(a_visit(1))
    [mine] = case_table().case("P-1").case.pending
    other = Entry.of(mine.step.model_copy(update={"as_of": date(2020, 1, 1)}))
    dynamodb().put_item(TableName=case_table().name, Item=trail_item("P-1", other))

    with pytest.raises(TrailForked, match="entry 1 "):
        trail_table().keep("P-1", mine)
    cloud.invoker.errors.clear()
    with pytest.raises(SweepBehind):
        swept(cloud)

    assert "alerts not sent TrailForked" in cloud.invoker.errors[0]
    assert cloud.heard.events == []
    assert trail_table().whole("P-1")[1][0].hash == other.hash


def test_who_cannot_announce_waits_and_is_heard_once_it_can(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table takes only so much that waits; then events wait too, and none is lost."""
    monkeypatch.setattr("shared.aws.table.MAX_PENDING_BYTES", 700)
    messages = [a_message(event, f"m-{number}") for number, event in enumerate(CLAIMS)]

    failed = recorded(cloud, *messages)
    assert failed
    assert cloud.invoker.metrics["OutboxFull"] == len(failed)
    assert str(OutboxFull(701, 700)).split()[0] == "701"
    minutes = 0
    while failed:
        minutes += 30
        with suppress(SweepBehind):
            swept(cloud, minutes)
        failed = recorded(cloud, *(message for message in messages if message["messageId"] in failed))
    swept(cloud, minutes + 30)

    assert taken_in(cloud) == 5
    assert len(messages_of(cloud, RULE)) == 5


def test_people_are_not_told_again_while_machines_can_be(cloud: Cloud) -> None:
    """The topic fails; each run tells the bus again, by the same id, and people hear once."""
    untold(cloud, *CLAIMS)

    def refuse(**_: Any) -> None:
        raise ValueError("out of order")

    with hooked(sns(), "before-call.sns.Publish", refuse), pytest.raises(SweepBehind):
        swept(cloud)
    assert cloud.heard.messages == []
    swept(cloud)

    heard = [message["MessageAttributes"]["alert_id"]["Value"] for message in cloud.heard.messages]
    assert len(heard) == len(set(heard)) > 0


def test_the_sweep_looks_two_weeks_back_when_it_never_ran(cloud: Cloud) -> None:
    with cloud.invoker.inside(cloud.sweeper):
        known: Arrivals = arrivals()
        known.table.client.delete_item(TableName=known.table.name, Key=CHECKPOINT)
        before = datetime(2026, 6, 15, 12, tzinfo=UTC)
        assert known.checkpoint(before).until == datetime(2026, 6, 1, 12, tzinfo=UTC)
        left = (Arrived("2026-06-02T00:00:00.000000+00:00", "patient#P#1", "fact#visit#V#1#0000000001"),)
        known.move(Checkpoint(before, left))
        assert known.checkpoint(before + timedelta(days=9)) == Checkpoint(before, left)
