"""turn_clock: what the clock alone turns is found on its day, told once, and asks for nobody else's case file."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from local.cloud import Cloud
from local.invoking import Context
from local.surroundings import environment, simulated_aws
from shared.aws import items, runtime
from shared.aws.errors import CaseChanged, ClockBehind
from shared.aws.recording import TRIES
from shared.aws.runtime import dynamodb
from shared.aws.table import case_table
from shared.core.case import Arrival, CaseFile, rebuilt
from shared.core.policy import policies
from tests.builders import FIRST_DAY, Envelope, a_claim, a_visit
from tests.integration.conftest import RECORDED_AT
from tests.integration.deliveries import hooked, line, messages_of, metrics, requests_counted, snapshot
from tests.integration.test_record_event import take

RECEIVED = FIRST_DAY + timedelta(days=1)
MISSED = RECEIVED + timedelta(days=8)
UNBILLED, URGENT = FIRST_DAY + timedelta(days=30), date(2025, 12, 6)


@pytest.fixture
def cloud(account: None) -> Iterable[Cloud]:  # noqa: ARG001  # pytest opens it first
    """On the day of the first visit."""
    with simulated_aws():
        yield Cloud(FIRST_DAY)


def told(cloud: Cloud, *events: Envelope) -> None:
    for event in events:
        cloud.send(line(event))
    cloud.settle()


def heard(cloud: Cloud, rule: str) -> list[tuple[str, str]]:
    """What machines were told of a rule: how, and how grave."""
    of_rule = (event for event in cloud.heard.events if event["detail"]["rule"] == rule)
    return [(event["detail-type"], event["detail"]["severity"]) for event in of_rule]


def due_in_table(cloud: Cloud, patient_id: str = "P-1") -> tuple[date | None, bool]:
    """The day the case file is due, and whether the index holds it."""
    with cloud.invoker.inside(cloud.clock):
        ours = case_table()
        return ours.case(patient_id).case.standing.due_on, patient_id in list(ours.due(date.max))


def test_a_claim_without_a_visit_is_found_eight_days_after_receipt_and_told_once(cloud: Cloud) -> None:
    told(cloud, a_claim(1))

    cloud.turn_clock(MISSED - timedelta(days=1))
    assert heard(cloud, "CLAIM_WITHOUT_VISIT") == []
    cloud.turn_clock(MISSED)
    cloud.turn_clock(MISSED)
    cloud.turn_clock(MISSED + timedelta(days=1))

    assert heard(cloud, "CLAIM_WITHOUT_VISIT") == [("FindingOpened", "violation")]
    assert len(messages_of(cloud, "CLAIM_WITHOUT_VISIT")) == 1
    assert metrics(cloud) == {"Received": 1, "Recorded": 1, "Reaudited": 1}
    assert due_in_table(cloud) == (None, False)


def test_an_unbilled_visit_is_told_after_thirty_days_and_again_after_eleven_months(cloud: Cloud) -> None:
    told(cloud, a_visit(1))
    assert due_in_table(cloud) == (UNBILLED, True)

    cloud.turn_clock(UNBILLED)
    assert heard(cloud, "VISIT_WITHOUT_CLAIM") == [("FindingOpened", "info")]
    assert due_in_table(cloud) == (URGENT, True)

    cloud.turn_clock(URGENT)
    assert heard(cloud, "VISIT_WITHOUT_CLAIM")[1:] == [("FindingWorsened", "warning")]
    assert due_in_table(cloud) == (None, False)


def test_days_that_were_missed_are_made_up_for(cloud: Cloud) -> None:
    told(cloud, a_visit(1), a_claim(2, patient_id="P-2"))

    cloud.turn_clock(URGENT + timedelta(days=50))

    assert heard(cloud, "VISIT_WITHOUT_CLAIM") == [("FindingOpened", "warning")]
    assert heard(cloud, "CLAIM_WITHOUT_VISIT") == [("FindingOpened", "violation")]


def test_a_visit_that_arrives_in_time_clears_the_claim(cloud: Cloud) -> None:
    told(cloud, a_claim(1), a_visit(1))

    cloud.turn_clock(MISSED)

    assert heard(cloud, "CLAIM_WITHOUT_VISIT") == []
    assert due_in_table(cloud) == (None, False)
    assert cloud.invoker.metrics["Reaudited"] == 0


def test_a_visit_that_arrives_late_withdraws_the_finding(cloud: Cloud) -> None:
    told(cloud, a_claim(1))
    cloud.turn_clock(MISSED)
    told(cloud, a_visit(1))

    assert heard(cloud, "CLAIM_WITHOUT_VISIT") == [("FindingOpened", "violation"), ("FindingWithdrawn", "violation")]


def test_a_second_run_asks_and_writes_nothing_more(cloud: Cloud) -> None:
    told(cloud, a_claim(1), a_visit(2, patient_id="P-2"))
    cloud.turn_clock(UNBILLED)
    before = _stored(cloud, "P-1", "P-2")

    with requests_counted() as requests:
        cloud.turn_clock(UNBILLED)

    assert requests == {"Query": items.SHARDS}
    assert _stored(cloud, "P-1", "P-2") == before


def _stored(cloud: Cloud, *patients: str) -> list[items.Stored]:
    with cloud.invoker.inside(cloud.clock):
        return [case_table().case(patient_id) for patient_id in patients]


def a_waiting_case(patient_id: str, on: date = FIRST_DAY) -> CaseFile:
    return rebuilt(
        patient_id, [Arrival(snapshot(a_visit(1, on=on, patient_id=patient_id)), on, RECORDED_AT)], policies()
    )


def test_of_a_thousand_cases_only_those_due_are_read(cloud: Cloud) -> None:
    later = a_waiting_case("P-later", FIRST_DAY + timedelta(days=1))
    with cloud.invoker.inside(cloud.clock):
        for number in range(997):
            case_table().save(later._replace(standing=later.standing._replace(patient_id=f"P-{number}")), 0)
        for patient_id in ("P-a", "P-b", "P-c"):
            case_table().save(a_waiting_case(patient_id), 0)

    with cloud.invoker.inside(cloud.clock), requests_counted() as requests:
        cloud.clock.handler({}, Context(cloud.clock.name))
    assert requests == {"Query": 8}

    cloud.invoker.as_of = UNBILLED
    with requests_counted() as requests:
        cloud.invoker.answer(cloud.clock, {})
    assert requests == {"Query": 8, "GetItem": 3, "PutItem": 3}
    assert cloud.invoker.metrics["Reaudited"] == 3


def test_the_index_is_read_page_by_page(cloud: Cloud) -> None:
    told(cloud, *(a_visit(1, patient_id=f"P-{number}") for number in range(20)))

    def one_a_page(params: dict[str, Any], **_: Any) -> None:
        params["Limit"] = 1

    with hooked(dynamodb(), "provide-client-params.dynamodb.Query", one_a_page), requests_counted() as requests:
        cloud.turn_clock(UNBILLED)

    assert cloud.invoker.metrics["Reaudited"] == 20
    assert requests["Query"] > items.SHARDS


def test_an_event_that_comes_in_between_is_not_lost(cloud: Cloud) -> None:
    """record_event writes after the clock has read; the clock reads again, and the claim that came clears the visit."""
    told(cloud, a_visit(1), a_visit(2, on=FIRST_DAY + timedelta(days=1)))
    rivals = iter([a_claim(1)])

    def overtake(**_: Any) -> None:
        if rival := next(rivals, None):
            take(rival, UNBILLED)

    with hooked(dynamodb(), "before-call.dynamodb.PutItem", overtake):
        cloud.turn_clock(UNBILLED)

    assert len(_stored(cloud, "P-1")[0].case.history.claims) == 1
    assert heard(cloud, "VISIT_WITHOUT_CLAIM") == []
    assert due_in_table(cloud) == (UNBILLED + timedelta(days=1), True)


def test_a_case_file_that_the_index_still_calls_due_is_left_alone(cloud: Cloud) -> None:
    """The index lags behind the table: an event has judged the case file again, on a later day even."""
    told(cloud, a_visit(1))
    rivals = iter([a_visit(2, on=UNBILLED)])

    def overtake(**_: Any) -> None:
        if rival := next(rivals, None):
            take(rival, URGENT)

    with hooked(dynamodb(), "before-call.dynamodb.GetItem", overtake):
        cloud.turn_clock(UNBILLED)

    assert cloud.invoker.metrics["Reaudited"] == 0
    assert heard(cloud, "VISIT_WITHOUT_CLAIM")[0] == ("FindingOpened", "warning")


def test_a_clock_that_always_comes_second_gives_up_and_says_so(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.aws.recording._FIRST_WAIT", 0)
    told(cloud, a_visit(1))
    attempts = []

    def overtake(params: dict[str, Any], **_: Any) -> None:
        attempts.append(1)
        params["body"] = params["body"].replace(b'{":read": {"N": "1"}}', b'{":read": {"N": "0"}}')

    with hooked(dynamodb(), "before-call.dynamodb.PutItem", overtake), pytest.raises(ClockBehind):
        cloud.turn_clock(UNBILLED)

    assert len(attempts) == TRIES
    assert cloud.invoker.errors[0].startswith(f"case file not audited again {CaseChanged.__name__}")


def test_one_broken_case_file_holds_up_nobody_and_is_counted(cloud: Cloud) -> None:
    told(cloud, *(a_visit(1, patient_id=f"P-{number}") for number in range(5)))
    with cloud.invoker.inside(cloud.clock):
        ours = case_table()
        key = {"pk": {"S": "patient#P-2"}, "sk": {"S": "case"}}
        ours.client.update_item(
            TableName=ours.name,
            Key=key,
            UpdateExpression="SET records = :broken",
            ExpressionAttributeValues={":broken": {"B": b"x"}},
        )

    with pytest.raises(ClockBehind, match="1 failed, 0 not reached"):
        cloud.turn_clock(UNBILLED)

    assert metrics(cloud) == {"Received": 5, "Recorded": 5, "Reaudited": 4, "ClockFailures": 1}
    [said] = cloud.invoker.errors
    assert said.startswith("case file not audited again error")
    assert "P-2" not in said


def test_it_stops_in_time_and_says_how_many_remain(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    told(cloud, *(a_visit(1, patient_id=f"P-{number}") for number in range(5)))
    runtime.settings.cache_clear()

    with (
        environment({**cloud.clock.environment, "AS_OF": str(UNBILLED)}),
        pytest.raises(ClockBehind, match="0 failed, 5 not reached"),
    ):
        cloud.clock.handler({}, Context(cloud.clock.name, remaining_ms=4_999))

    assert '"ClockRemaining":[5.0]' in capsys.readouterr().out.replace(" ", "")
    cloud.turn_clock(UNBILLED)
    assert cloud.invoker.metrics["Reaudited"] == 5
