"""Patient data stays where it belongs: marked events through both functions, and no mark in what they say or send."""

import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions import record_event
from local.cloud import Cloud
from local.functions import Function
from local.surroundings import simulated_aws
from shared.aws import recording, runtime
from shared.aws.arrivals import Arrivals, Checkpoint
from shared.aws.digests import OPEN
from shared.aws.items import LATER, PARTS, TRAIL, Item, case_key
from shared.aws.table import case_table
from shared.core import intake
from shared.core.errors import AuditError
from tests.builders import Envelope
from tests.integration.conftest import AS_OF
from tests.integration.deliveries import a_change, a_message, snapshot
from tests.reliability.canary import KEPT, MARKS, PATIENT, found, marked
from tests.reliability.mutants import spots
from tests.reliability.watch import Watch, invoke

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TOMORROW = (runtime.now() + timedelta(days=2)).isoformat()
_DIAGNOSIS = re.compile(r"\b[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})\b|\bM54")


class Killed(BaseException):
    """As a time-out of Lambda ends a function."""


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    with simulated_aws():
        yield


@pytest.fixture
def cloud(account: None) -> Iterator[Cloud]:  # noqa: ARG001  # pytest opens it first
    with simulated_aws():
        yield Cloud(AS_OF)


def batches(messages: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for first in range(0, len(messages), 10):
        yield messages[first : first + 10]


def record(cloud: Cloud, messages: Sequence[dict[str, Any]], watch: Watch) -> None:
    for batch in batches(messages):
        invoke(cloud.recorder, batch, watch)


def happy(cloud: Cloud, watch: Watch) -> None:
    record(cloud, [a_message(event, f"m-{number}") for number, event in enumerate(marked())], watch)


def change(cloud: Cloud) -> dict[str, Any]:
    with cloud.invoker.inside(cloud.recorder):
        return a_change(1, case_table().case_item(PATIENT) or {})


def malformed() -> Iterator[str]:
    """Each value of each kind of event by turns of a wrong type and a wrong text; and bodies that are no event.

    Only the sender's keys are left alone: what is said in them is let in.
    """
    for event in {event["detail-type"]: event for event in marked()}.values():
        for number, (_, key) in enumerate(spots(event)):
            yield json.dumps(_with(event, number, {"zz": [MARKS["patient_name"]]}))
            if not str(key).endswith("_id"):
                yield json.dumps(_with(event, number, MARKS["patient_name"]))
        body = json.dumps(event)
        yield from (
            body[:-40],
            body + body,
            f'{{"detail": 1, {body[1:]}',
            f"[{body}]",
            body.replace('"M54', '"\\ud800M54'),
        )


def _with(event: Envelope, number: int, value: Any) -> Envelope:
    copy: Envelope = json.loads(json.dumps(event))
    holder, key = list(spots(copy))[number]
    holder[key] = value
    return copy


def echo(operation: str) -> ClientError:
    """Services quote the request in their errors."""
    return ClientError({"Error": {"Code": "ValidationException", "Message": f"bad: {PATIENT} {MARKS}"}}, operation)


_ECHO = "refused with an echo"
FAULTS: dict[str, Callable[[], BaseException]] = {
    _ECHO: lambda: echo("Any"),
    "another error with an echo": lambda: ValueError(f"{PATIENT} {MARKS}"),
    "time-out": lambda: ReadTimeoutError(endpoint_url="simulated"),
    "killed": Killed,
}


def stored(watch: Watch) -> str:
    """The bodies of the facts."""
    facts = [params["Item"] for operation, params in watch.calls if operation == "PutItem" and "body" in params["Item"]]
    return "\n".join(zlib.decompress(fact["body"]["B"]).decode() for fact in facts)


def test_at_least_forty_fields_are_marked_and_what_is_known_is_kept(cloud: Cloud) -> None:
    watch = Watch()
    happy(cloud, watch)
    assert len(MARKS) >= 40
    assert found(json.dumps(marked())) == set(MARKS)
    assert found(stored(watch)) == set(KEPT)


def test_nothing_leaks_when_all_goes_well(cloud: Cloud) -> None:
    watch = Watch()
    happy(cloud, watch)
    invoke(cloud.announcer, [change(cloud)], watch)
    invoke(cloud.digester, [], watch, until=TOMORROW)
    operations = {operation for operation, _ in watch.calls}
    assert operations == {"PutItem", "GetItem", "Publish", "PutEvents", "Query"}
    assert watch.leaks() == {}
    cloud.heard.listen()
    assert found(repr(cloud.heard.messages) + repr(cloud.heard.events)) == set()


def test_an_alert_holds_no_diagnosis_and_no_date(cloud: Cloud) -> None:
    watch = Watch()
    happy(cloud, Watch())
    invoke(cloud.announcer, [change(cloud)], watch)
    invoke(cloud.digester, [], watch, until=TOMORROW)
    said = [params for operation, params in watch.calls if operation == "Publish"]
    assert len(said) > 10
    assert said[-1]["Subject"].startswith("[digest]")
    for alert in said:
        text = "\n".join((alert["Subject"], alert["Message"], repr(alert["MessageAttributes"])))
        assert not _ISO_DATE.search(text), text
        assert not _DIAGNOSIS.search(text), text


def test_nothing_leaks_from_what_cannot_be_read(cloud: Cloud) -> None:
    watch, bodies = Watch(), list(malformed())
    record(cloud, [a_message({}, f"m-{number}") | {"body": body} for number, body in enumerate(bodies)], watch)
    assert sum(operation == "PutObject" for operation, _ in watch.calls) > 250
    assert watch.leaks() == {}


@pytest.mark.parametrize(
    "part", [b"no deflate: %s", zlib.compress(b'{"visits": [{"%s": 1}], "periods": 1, "life": 1}')]
)
def test_nothing_leaks_from_a_broken_case_file(cloud: Cloud, part: bytes) -> None:
    marks = repr(MARKS).encode()
    raw = part % marks if part.startswith(b"no") else zlib.compress(zlib.decompress(part) % marks)
    broken = case_key(PATIENT) | {name: {"B": raw} for name in (*PARTS, "pending")}
    watch = Watch()
    invoke(cloud.announcer, [a_change(1, broken), {"eventName": MARKS["ssn"], "dynamodb": MARKS}], watch)
    assert watch.leaks() == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_leaks_whichever_call_fails(cloud: Cloud, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_FIRST_WAIT", 0)
    events = marked()
    bad = events[0] | {"detail": events[0]["detail"] | {"payer": MARKS["ssn"]}}
    batch = [a_message(event, f"m-{number}") for number, event in enumerate((events[0], bad, events[13]))]
    happy(cloud, Watch())
    assert sum(_fails(cloud.recorder, batch, fault, call) for call in range(8)) >= 5


def some_unsent(cloud: Cloud) -> Item:
    """A case file of two events that nobody announced, and the fact of a third that nobody took in."""
    events = marked()
    record(cloud, [a_message(event, f"m-{number}") for number, event in enumerate((events[0], events[13]))], Watch())
    with cloud.invoker.inside(cloud.recorder):
        case_table().keep_fact(snapshot(events[1]), None, AS_OF)
        return case_table().case_item(PATIENT) or {}


def put_back(cloud: Cloud, unsent: Item) -> None:
    with cloud.invoker.inside(cloud.recorder):
        table = case_table()
        for item in table.partition(PATIENT, "begins_with(sk, :sort)", TRAIL):
            table.client.delete_item(TableName=table.name, Key={name: item[name] for name in ("pk", "sk")})
        Arrivals(table).move(Checkpoint(runtime.now() - timedelta(minutes=5)))
        table.client.put_item(TableName=table.name, Item=unsent)


def others(made: Sequence[str]) -> list[int]:
    """Each call that is another than the one before: the shards of an index are asked one like the other."""
    return [call for call, operation in enumerate(made) if call == 0 or made[call - 1] != operation]


def every(made: Sequence[str]) -> Sequence[int]:
    return range(len(made))


@pytest.mark.parametrize(
    ("which", "fault"),
    [
        ("announcer", _ECHO),
        *(
            pytest.param(which, fault, marks=pytest.mark.slow)
            for which in ("announcer", "sweeper")
            for fault in FAULTS
            if (which, fault) != ("announcer", _ECHO)
        ),
    ],
)
def test_nothing_leaks_whichever_call_of_the_way_out_fails(cloud: Cloud, which: str, fault: str) -> None:
    function: Function = getattr(cloud, which)
    at_once = {"UNSENT_AFTER_MINUTES": "0", "UNTAKEN_AFTER_MINUTES": "0"}
    function = replace(function, environment={**function.environment, **at_once})
    unsent, whole = some_unsent(cloud), Watch()
    put_back(cloud, unsent)
    invoke(function, [a_change(1, unsent)], whole)
    made = [operation for operation, _ in whole.calls]
    assert {"Publish", "PutEvents", "PutItem", "Query"} <= set(made)
    for call in others(made):
        put_back(cloud, unsent)
        assert _fails(function, [a_change(1, unsent)], fault, call)


@pytest.mark.parametrize(
    ("fault", "struck"), [(_ECHO, others), *(pytest.param(fault, every, marks=pytest.mark.slow) for fault in FAULTS)]
)
def test_nothing_leaks_whichever_call_of_a_digest_fails(
    cloud: Cloud, fault: str, struck: Callable[[Sequence[str]], Sequence[int]]
) -> None:
    happy(cloud, Watch())
    invoke(cloud.announcer, [change(cloud)], Watch())
    with cloud.invoker.inside(cloud.digester):
        waiting = [*case_table().partition(PATIENT, "begins_with(sk, :sort)", LATER)]
    whole = Watch()
    invoke(cloud.digester, [], whole, until=TOMORROW)
    made = [operation for operation, _ in whole.calls]
    assert len(made) >= 15
    assert {"GetItem", "Publish", "PutItem", "Query"} == set(made)
    for call in struck(made):
        wait_again(cloud, waiting)
        assert _fails(cloud.digester, [], fault, call, until=TOMORROW)


def wait_again(cloud: Cloud, waiting: Sequence[Item]) -> None:
    """For a digest, of which none is open."""
    name = cloud.digester.environment["TABLE_NAME"]
    runtime.dynamodb().delete_item(TableName=name, Key=OPEN)
    for item in waiting:
        runtime.dynamodb().put_item(TableName=name, Item=dict(item))


def _fails(function: Function, records: Sequence[dict[str, Any]], fault: str, call: int, **also: str) -> bool:
    watch = Watch(failing=call, fault=FAULTS[fault]())
    invoke(function, records, watch, **also)
    assert watch.leaks() == {}
    return 0 <= call < len(watch.calls)


class _Talkative(AuditError):
    """An error of ours that says what it must not."""


def _log_the_event(body: bytes) -> Any:
    runtime.logger.info("received", body=body.decode())
    return intake.parse_event(body)


def _raise_with_a_value(event: Any, *_: Any) -> Any:
    raise _Talkative(f"cannot record {event.performer.acupuncture_license.number}")


def _count_by_patient(event: Any, *rest: Any) -> Any:
    runtime.metrics.add_dimension("patient", event.patient_id)
    return recording.record(event, *rest)


@pytest.mark.parametrize(
    ("place", "leak", "mark"),
    [
        ("parse_event", _log_the_event, "patient_name"),
        ("record", _raise_with_a_value, "license_number"),
        ("record", _count_by_patient, "patient_id"),
    ],
)
def test_a_planted_leak_is_found(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, place: str, leak: Any, mark: str
) -> None:
    monkeypatch.setattr(record_event, place, leak)
    watch = Watch()
    invoke(cloud.recorder, [a_message(marked()[0])], watch)
    assert mark in watch.leaks()["logs"]
