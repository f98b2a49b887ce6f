"""receive_fhir: whatever may hold a resource is stored before it is accepted, and a gap in the numbers is told."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions import receive_fhir
from local.invoking import Context
from local.surroundings import environment
from shared.aws.subscriptions import Subscriptions, subscription_id
from tests.simulation.answers import service_error
from tests.simulation.faults import Call
from tests.simulation.intake import Files
from tests.simulation.surroundings import Clock, surroundings
from tests.simulation.table import Table
from tests.simulation.wire import Wire

ADDRESS = "https://ehr.example/fhir/Subscription/visits-of-jane-doe"
SOMEBODY = {"authorizer": {"iam": {"userArn": "arn:aws:sts::123456789012:assumed-role/ehr/session"}}}
RESOURCE = {"resourceType": "Observation", "id": "o-1", "status": "final"}


def a_notification(*numbers: int, kind: str = "event-notification", so_far: int | None = None) -> dict[str, Any]:
    """As the R5 backport has it in R4."""
    told: dict[str, dict[str, Any]] = {
        "subscription": {"valueReference": {"reference": ADDRESS}},
        "type": {"valueCode": kind},
    }
    parameters: list[dict[str, Any]] = [{"name": name, **value} for name, value in told.items()]
    if so_far is not None:
        parameters.append({"name": "events-since-subscription-start", "valueString": str(so_far)})
    for number in numbers:
        part = [{"name": "event-number", "valueString": str(number)}]
        parameters.append({"name": "notification-event", "part": part})
    status = {"resourceType": "Parameters", "parameter": parameters}
    return {"resourceType": "Bundle", "type": "history", "entry": [{"resource": status}]}


class Door:
    """The function with its bucket and table in memory."""

    def __init__(self) -> None:
        self.files, self.table, self.wire = Files(), Table(), Wire()

    @contextmanager
    def open(self) -> Iterator[Any]:
        services = {"s3": self.files, "dynamodb": self.table}
        with environment({"INTAKE_BUCKET": "intake"}), surroundings(services, self.wire, Clock(), "2026-06-01") as said:
            yield said

    def post(self, body: Any, **changes: Any) -> tuple[int, list[dict[str, Any]]]:
        """The status answered, and what was logged and counted."""
        text = body if isinstance(body, str) else json.dumps(body)
        return self.ask({"requestContext": SOMEBODY, "body": text, "isBase64Encoded": False} | changes)

    def ask(self, event: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
        with self.open() as said:
            answer = receive_fhir.handler(event, Context("ReceiveFhir"))
        return answer["statusCode"], [json.loads(entry) for entry in said.getvalue().splitlines()]

    @property
    def stored(self) -> list[Any]:
        return [json.loads(body) for body in self.files.objects.values()]


@pytest.fixture
def door() -> Door:
    return Door()


def missed(said: list[dict[str, Any]]) -> list[str]:
    return [run for entry in said for run in entry.get("missed", ())]


def counted(said: list[dict[str, Any]], name: str) -> float:
    return sum(sum(entry[name]) for entry in said if "_aws" in entry and name in entry)


def test_a_notification_is_stored_and_accepted(door: Door) -> None:
    assert door.post(a_notification(1))[0] == 202
    assert door.stored == [a_notification(1)]
    (key,) = door.files.objects
    assert key.startswith("fhir/")


def test_the_same_notification_twice_is_one_file(door: Door) -> None:
    door.post(a_notification(1))
    door.post(a_notification(1))
    assert len(door.stored) == 1


def test_a_single_resource_is_stored_too(door: Door) -> None:
    assert door.post(RESOURCE)[0] == 202
    assert door.stored == [RESOURCE]


@pytest.mark.parametrize("kind", ["handshake", "heartbeat"])
def test_what_holds_no_resource_is_accepted_and_not_stored(door: Door, kind: str) -> None:
    assert door.post(a_notification(kind=kind, so_far=0))[0] == 202
    assert door.stored == []


def test_a_body_in_base64_is_the_same(door: Door) -> None:
    body = base64.b64encode(json.dumps(RESOURCE).encode()).decode()
    assert door.post(body, isBase64Encoded=True)[0] == 202
    assert door.stored == [RESOURCE]


@pytest.mark.parametrize("body", ["", "{cut", "[]", "5", "{}", '{"resourceType": 5}', "\ud800", "[" * 100_000])
def test_what_is_no_resource_is_refused_at_once(door: Door, body: str) -> None:
    status, said = door.post(body)
    assert (status, door.stored, counted(said, "FhirRefused")) == (400, [], 1)


@pytest.mark.parametrize(("more", "status"), [(0, 202), (1, 413)])
def test_how_large_a_body_may_be(door: Door, more: int, status: int) -> None:
    """And how long it takes: the sender waits for two seconds."""
    empty = len(json.dumps(RESOURCE | {"note": ""}))
    body = json.dumps(RESOURCE | {"note": "x" * (receive_fhir.MAX_BODY_BYTES - empty + more)})
    started = time.perf_counter()
    assert door.post(body)[0] == status
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("context", [{}, {"authorizer": {}}, {"authorizer": None}, {"http": {"method": "POST"}}])
def test_nobody_in_particular_is_not_let_in(door: Door, context: dict[str, Any]) -> None:
    assert door.post(RESOURCE, requestContext=context)[0] == 401
    assert door.files.objects == {}


def test_an_event_of_healthlake_is_the_same_by_another_way(door: Door) -> None:
    assert door.ask({"source": "aws.healthlake", "detail-type": "?", "detail": a_notification(1)})[0] == 202
    assert door.stored == [a_notification(1)]


def test_an_event_without_a_resource_is_stored_for_the_quarantine(door: Door) -> None:
    """Its sender reads no answer, and would never know that it was refused."""
    status, said = door.ask({"source": "aws.healthlake", "detail-type": "?", "detail": {"payload": "cut"}})
    assert (status, counted(said, "FhirRefused"), door.stored) == (202, 0, [{"payload": "cut"}])


@pytest.mark.parametrize("kind", ["Import Job Completed", "Data Store Active", "AWS API Call via CloudTrail"])
def test_what_healthlake_says_of_itself_is_neither_stored_nor_refused(door: Door, kind: str) -> None:
    status, said = door.ask({"source": "aws.healthlake", "detail-type": kind, "detail": {"jobId": "1"}})
    assert (status, door.stored) == (204, [])
    assert (counted(said, "FhirRefused"), counted(said, "FhirAccepted")) == (0, 0)


SERIES: list[tuple[list[dict[str, Any]], list[str]]] = [
    ([a_notification(1), a_notification(2)], []),
    ([a_notification(1), a_notification(3)], ["2-2"]),
    ([a_notification(2)], ["1-1"]),
    ([a_notification(1), a_notification(1)], []),
    ([a_notification(1), a_notification(5), a_notification(3)], ["2-4"]),
    ([a_notification(1), a_notification(kind="heartbeat", so_far=4)], ["2-4"]),
    ([a_notification(kind="handshake", so_far=0), a_notification(1)], []),
    ([a_notification(1), a_notification(2, 3), a_notification(4)], []),
]


@pytest.mark.parametrize(("series", "expected"), SERIES)
def test_a_gap_in_the_numbers_is_told(door: Door, series: list[dict[str, Any]], expected: list[str]) -> None:
    said = [entry for notification in series for entry in door.post(notification)[1]]
    assert missed(said) == expected
    lost = sum(int(run.split("-")[1]) - int(run.split("-")[0]) + 1 for run in expected)
    assert counted(said, "FhirEventsMissed") == lost


def test_the_last_number_never_falls(door: Door) -> None:
    store = Subscriptions(door.table, "table")  # type: ignore[arg-type]
    for number in (3, 7, 7, 5):
        store.seen("s", number)
    assert (store.last("s"), store.last("t")) == (7, 0)


def test_logs_and_table_know_a_subscription_by_its_hash(door: Door) -> None:
    said = json.dumps(door.post(a_notification(1))[1] + door.post(a_notification(9))[1])
    assert "jane" not in said
    assert "jane" not in json.dumps([list(key) for key in door.table.items])
    assert subscription_id(ADDRESS) in said


def test_a_failure_to_follow_the_numbers_costs_no_notification(door: Door) -> None:
    def out_of_order(call: Call) -> None:
        if call.name == "get_item":
            raise service_error(call.name, "InternalServerError")

    door.wire.outage = out_of_order
    status, said = door.post(a_notification(5))
    assert (status, door.stored) == (202, [a_notification(5)])
    assert [entry["message"] for entry in said if entry.get("level") == "ERROR"] == ["event numbers not followed"]


def test_what_could_not_be_stored_is_not_accepted(door: Door) -> None:
    def full(call: Call) -> None:
        if call.name == "put_object":
            raise service_error(call.name, "SlowDown")

    door.wire.outage = full
    with pytest.raises(Exception, match="SlowDown"):
        door.post(a_notification(1))
