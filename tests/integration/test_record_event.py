"""record_event: every message gets one answer, whatever fails beside it or half-way."""

import json
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from local.cloud import Cloud
from local.invoking import Context
from local.surroundings import environment
from shared.aws import items, runtime, table
from shared.aws.errors import CaseChanged, SettingMissing
from shared.aws.quarantine import quarantine
from shared.aws.recording import TRIES, record
from shared.aws.runtime import dynamodb, s3
from shared.aws.table import case_table
from shared.core.case import rebuilt
from shared.core.errors import Unreadable
from shared.core.history import Outcome
from shared.core.policy import policies
from tests.builders import a_claim, a_course, a_visit
from tests.integration.conftest import AS_OF, RECORDED_AT
from tests.integration.deliveries import a_message, hooked, line, metrics, recorded, requests_counted, snapshot


def take(envelope: dict[str, Any], as_of: date = AS_OF) -> Outcome:
    return record(snapshot(envelope), envelope["id"], case_table(), policies(), as_of)


def kept(cloud: Cloud) -> list[dict[str, Any]]:
    """What lies in quarantine."""
    with cloud.invoker.inside(cloud.recorder):
        bucket = quarantine().bucket
    keys = [found["Key"] for found in s3().list_objects_v2(Bucket=bucket).get("Contents", [])]
    return [{"key": key, **json.loads(s3().get_object(Bucket=bucket, Key=key)["Body"].read())} for key in keys]


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("sessions", [0, 20])
def test_a_new_event_takes_three_requests_and_a_repeat_two(sessions: int) -> None:
    for envelope in a_course(sessions):
        take(envelope)
    new = a_visit("V-new", on=date(2025, 1, 7))

    with requests_counted() as first:
        assert take(new) is Outcome.RECORDED
    with requests_counted() as second:
        assert take(new) is Outcome.DUPLICATE

    assert first == {"PutItem": 2, "GetItem": 1}
    assert second == {"PutItem": 1, "GetItem": 1}


def test_a_poison_message_fails_alone(cloud: Cloud) -> None:
    with cloud.invoker.inside(cloud.recorder):
        take(a_visit("V-1", patient_id="P-broken"))
        key = {"pk": {"S": "patient#P-broken"}, "sk": {"S": "case"}}
        dynamodb().put_item(TableName=case_table().name, Item={**key, **{part: {"B": b"x"} for part in items.PARTS}})

    failed = recorded(
        cloud,
        a_message(a_visit("V-1"), "before"),
        a_message(a_visit("V-2", patient_id="P-broken"), "bad"),
        a_message(a_visit("V-2"), "after"),
    )

    assert failed == {"bad"}
    assert metrics(cloud) == {"Received": 2, "Recorded": 2}
    assert cloud.invoker.errors[0].startswith("record failed error")


def test_what_cannot_be_read_is_kept_with_reason_and_place(cloud: Cloud) -> None:
    bad = a_visit("V-1", date_of_service="2025-02-30")

    assert recorded(cloud, a_message(bad, "m-7"), a_message(a_visit("V-2"), "m-8")) == set()

    [entry] = kept(cloud)
    assert entry["key"] == "2025-06-15/m-7.json"
    assert (entry["reason"], entry["where"]) == ("not_a_date", "detail.date_of_service")
    assert json.loads(entry["body"]) == bad
    assert metrics(cloud) == {"Received": 2, "Recorded": 1, "Quarantined": 1}


def test_a_redelivered_bad_message_is_kept_once(cloud: Cloud) -> None:
    for _ in range(2):
        recorded(cloud, a_message({"id": "x"}))

    assert len(kept(cloud)) == 1


def test_what_cannot_be_kept_is_not_acknowledged(cloud: Cloud) -> None:
    with cloud.invoker.inside(cloud.recorder):
        s3().delete_bucket(Bucket=quarantine().bucket)

    assert recorded(cloud, a_message({"id": "x"}, "bad"), a_message(a_visit("V-1"), "good")) == {"bad"}
    assert metrics(cloud) == {"Received": 1, "Recorded": 1}


def test_a_body_that_is_no_text_is_kept_as_base64(cloud: Cloud) -> None:
    cloud.send(b"\xff\xfe")
    cloud.settle()

    [entry] = kept(cloud)
    assert (entry["encoding"], entry["body"]) == ("base64", "//4=")


def test_another_body_under_the_same_version_is_a_conflict(cloud: Cloud) -> None:
    first, other = a_claim(1), a_claim(1, billing_npi="1111111112")

    recorded(cloud, a_message(first, "m-1"), a_message(other, "m-2"), a_message(first, "m-3"))

    [entry] = kept(cloud)
    assert (entry["message_id"], entry["reason"], entry["where"]) == ("m-2", "conflict", "detail.version")
    assert metrics(cloud) == {"Received": 3, "Recorded": 1, "Quarantined": 1, "Duplicates": 1}


@pytest.mark.usefixtures("inside")
def test_a_crash_between_fact_and_case_file_is_made_good_by_the_next_delivery() -> None:
    event = snapshot(a_visit(1))
    case_table().keep_fact(event, "e-1", AS_OF)

    assert take(a_visit(1)) is Outcome.RECORDED
    assert case_table().case("P-1").case.history.size == 1


@pytest.mark.usefixtures("inside")
def test_the_fact_that_came_first_stays_though_no_case_file_holds_it_yet() -> None:
    case_table().keep_fact(snapshot(a_visit(1)), "e-1", AS_OF)

    with pytest.raises(Unreadable, match="conflict"):
        take(a_visit(1, place_of_service="22"))

    assert case_table().case("P-1").case.history.size == 0


def test_a_lone_surrogate_is_kept_as_what_it_is(cloud: Cloud) -> None:
    assert recorded(cloud, a_message({}) | {"body": '{"id": "\ud800"}'}) == set()

    assert [entry["encoding"] for entry in kept(cloud)] == ["base64"]


@pytest.mark.usefixtures("inside")
def test_two_writers_cannot_both_win() -> None:
    read = case_table().case("P-1")
    mine, _ = read.case.taking(snapshot(a_visit(1)), policies(), AS_OF, RECORDED_AT)
    theirs, _ = read.case.taking(snapshot(a_visit(2)), policies(), AS_OF, RECORDED_AT)
    case_table().save(theirs, read.writes)

    with pytest.raises(CaseChanged):
        case_table().save(mine, read.writes)


@pytest.mark.usefixtures("inside")
def test_the_writer_who_came_second_reads_again() -> None:
    rivals = iter([a_visit(2, on=date(2025, 1, 8)), a_visit(3, on=date(2025, 1, 9))])

    def overtake(params: dict[str, Any], **_: Any) -> None:
        # The rival's own writes come by here too, hence one rival for each write of ours.
        if b'"case"' in params["body"] and (rival := next(rivals, None)):
            take(rival)

    with hooked(dynamodb(), "before-call.dynamodb.PutItem", overtake):
        assert take(a_visit(1)) is Outcome.RECORDED

    assert sorted(v.record_id for v in case_table().case("P-1").case.history.visits) == ["V-1-01", "V-1-02", "V-1-03"]


@pytest.mark.usefixtures("inside")
def test_who_always_comes_second_gives_up_and_leaves_it_to_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.aws.recording._FIRST_WAIT", 0)
    take(a_visit(1))
    case = case_table().case("P-1")
    attempts = []

    def overtake(params: dict[str, Any], **_: Any) -> None:
        if b'"case"' in params["body"]:
            attempts.append(1)
            params["body"] = params["body"].replace(b'{":read": {"N": "1"}}', b'{":read": {"N": "0"}}')

    with hooked(dynamodb(), "before-call.dynamodb.PutItem", overtake), pytest.raises(CaseChanged):
        take(a_visit(2, on=date(2025, 1, 8)))

    assert len(attempts) == TRIES
    assert case_table().case("P-1") == case


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("lost", ["fact", "case"])
def test_a_lost_reply_loses_and_doubles_nothing(lost: str) -> None:
    waiting = [lost]

    def lose(request: Any, **_: Any) -> None:
        if waiting and f'"{lost}'.encode() in request.body:
            waiting.clear()
            raise ReadTimeoutError(endpoint_url="simulated")

    with hooked(dynamodb(), "before-send", lose, last=True):
        take(a_visit(1))

    assert not waiting
    assert case_table().case("P-1").case.history.size == 1
    assert take(a_visit(1)) is Outcome.DUPLICATE


@pytest.mark.usefixtures("inside")
def test_the_case_file_can_be_rebuilt_from_the_facts() -> None:
    first, *rest = a_course(14, kx_from=None)
    for envelope in (*reversed(rest), first, *rest[:3], a_claim("C-1-01", version=2, frequency_code="8")):
        take(envelope)

    stored = case_table().case("P-1").case

    assert rebuilt("P-1", case_table().facts("P-1"), policies()).parts() == stored.parts()
    assert len(case_table().facts("P-1")) == stored.history.size == 29


def test_a_case_file_near_the_limit_is_refused_and_counted(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_CASE_BYTES", 100)

    assert recorded(cloud, a_message(a_visit(1))) == {"m-1"}
    assert metrics(cloud) == {"CaseFileTooLarge": 1}
    assert "archive the patient's oldest records" in cloud.invoker.errors[0]


@pytest.mark.parametrize("name", ["TABLE_NAME", "QUARANTINE_BUCKET", "TOPIC_ARN", "BUS_NAME", "ALERT_MIN_SEVERITY"])
@pytest.mark.parametrize("function", ["recorder", "announcer"])
def test_a_missing_setting_stops_the_function_and_names_itself(cloud: Cloud, function: str, name: str) -> None:
    deployed = getattr(cloud, function)
    runtime.settings.cache_clear()

    with environment(deployed.environment), environment({}, (name,)), pytest.raises(SettingMissing, match=name):
        deployed.handler({"Records": []}, Context(deployed.name))


def test_the_log_holds_no_patient(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    good = a_visit("V-1", patient_id="P-SECRET", measures=[])
    bad = a_visit("V-2", patient_id="P-SECRET", place_of_service="SECRET")
    records = [a_message(good, "m-1"), a_message(bad, "m-2"), a_message(a_visit("V-1", patient_id="P-SECRET"), "m-3")]
    runtime.settings.cache_clear()

    with environment(cloud.recorder.environment):
        cloud.recorder.handler({"Records": records}, Context(cloud.recorder.name))

    printed = capsys.readouterr()
    assert "evt-V-1-v1" in printed.out
    assert "SECRET" not in printed.out + printed.err
    assert line(good) not in printed.out.encode()
