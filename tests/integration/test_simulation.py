"""The whole walk: from lines of a file to what people hear, and equal to what the core says directly."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.answer import answer
from local.cloud import Cloud
from local.feeding import read_envelope
from local.simulation import simulate
from shared.aws.inbox import message_text
from shared.aws.runtime import dynamodb
from tests.builders import a_claim, a_course, a_visit
from tests.integration.conftest import AS_OF
from tests.integration.deliveries import events_of, hooked, line, messages_of

ROOT = Path(__file__).parent.parent.parent
BAD: list[bytes] = [
    b"no json",
    b"\xff\xfe",
    b" ",
    b"[]",
    b'{"detail": ' + b"[" * 100_000,
    b'{"x": "' + b"a" * 2_000_000 + b'"}',
    b'{"id": "%b"}' % (b"a" * 300_000),
    b'{"id": "one", "id": "two"}',
    b'{"id": "7", "source": "ncd-audit", "detail-type": "X", "detail": {}}',
    b'{"id": "8", "source": "aws.x", "detail-type": "X", "detail": {"a": 1}}',
    b'{"id": "9", "source": "x", "detail-type": "VisitRecorded", "detail": {"a": NaN}}',
    b'{"id": "9", "source": "x", "detail-type": "VisitRecorded", "detail": {"a": 1e400}}',
    '{"id": "é\u2028", "source": "x\\"", "detail-type": "VisitRecorded", "detail": {}}'.encode(),
    line(a_visit("V-<id>", source="<detail>", place_of_service="<time>")),
]


def test_the_13th_session_without_kx_is_heard_once(cloud: Cloud) -> None:
    course = a_course(13, kx_from=None)
    for envelope in (*course, course[-1]):  # the last one delivered twice
        cloud.send(line(envelope))
    cloud.settle()

    [message] = messages_of(cloud, "KX_MISSING")
    assert message["Subject"] == "[violation] KX_MISSING opened: patient P-1"
    assert "number 13" in message["Message"]
    assert [event["detail-type"] for event in events_of(cloud, "KX_MISSING")] == ["FindingOpened"]


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("path", sorted((ROOT / "events/scenarios").glob("*.ndjson")), ids=lambda path: path.stem)
def test_a_story_ends_the_same_through_the_cloud_and_directly(path: Path) -> None:
    lines = path.read_bytes().splitlines()

    assert json.dumps(simulate(lines, AS_OF, withdrawn=True)) == json.dumps(answer(lines, AS_OF, withdrawn=True))


@pytest.mark.usefixtures("account")
def test_bad_lines_harm_nothing_and_are_named_in_their_order() -> None:
    good = [line(envelope) for envelope in a_course(3)]
    strange_id = b'{"id": 9, "source": "x", "detail-type": "VisitRecorded", "detail": {"a": 1.5}}'
    lines = [strange_id, *BAD, *good, *reversed(BAD), line(a_claim("C-1-01", billing_npi="1111111112"))]

    document = simulate(lines, AS_OF)

    assert document == answer(lines, AS_OF)
    assert document["events"]["quarantined"] == len(document["quarantine"])
    assert document["quarantine"][-1] == {
        "event_id": "evt-C-1-01-v1",
        "reason": "conflict",
        "where": "detail.version",
    }


@pytest.mark.usefixtures("account")
def test_progress_is_told() -> None:
    heard: list[tuple[int, int]] = []

    simulate([b"x"] * 25, AS_OF, progress=lambda done, of: heard.append((done, of)))

    assert heard == [(10, 25), (20, 25), (25, 25)]


@pytest.mark.usefixtures("account")
def test_no_lines_make_an_empty_document() -> None:
    assert simulate([], AS_OF) == answer([], AS_OF)


@pytest.mark.parametrize("source", ["ehr.example", "x"])
def test_a_sound_envelope_goes_by_the_bus(source: str) -> None:
    assert read_envelope(line(a_visit(1, on=date(2025, 1, 6)) | {"source": source}))


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_what_the_bus_would_change_does_not_go_by_the_bus(bad: bytes) -> None:
    assert read_envelope(bad) is None


@pytest.mark.parametrize("body", [b"", b"\xff", b"\x00", "\ufffe".encode(), b"a" * (1024 * 1024 + 1)])
def test_what_a_queue_refuses_does_not_go_by_the_queue(body: bytes) -> None:
    assert message_text(body) is None


def test_a_message_that_failed_comes_again(cloud: Cloud) -> None:
    throttled = iter([True])

    def fail(**_: Any) -> None:
        if next(throttled, False):
            raise ConnectionError

    for envelope in a_course(2):
        cloud.send(line(envelope))
    with hooked(dynamodb(), "before-call.dynamodb.GetItem", fail):
        cloud.settle()

    assert cloud.run().counts.recorded == 4
