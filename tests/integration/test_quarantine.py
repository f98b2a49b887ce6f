"""Quarantine for operators: what lies there is what was sent, and to send it in again twice is the same as once."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.replay_quarantine import ANSWERS
from local.cli import main
from local.cloud import Cloud
from local.invoking import Context
from local.samples import SCENARIOS
from shared.aws.errors import SettingMissing, UnclearReplay
from shared.aws.inbox import FIRST_ID, FIRST_SENT, inbox
from shared.aws.quarantine import Message, quarantine
from shared.aws.runtime import dynamodb, s3
from shared.aws.table import case_table
from shared.core.errors import Reason, Unreadable
from tests.builders import a_claim, a_course, a_visit
from tests.integration.deliveries import a_message, hooked, line, metrics, recorded

SENT_AT = datetime(2025, 6, 15, 15, 6, 40, 123000, UTC)
GOOD = a_visit(1)
CONFLICT = a_visit(1, place_of_service="22")
BODIES = [
    pytest.param(line(GOOD), id="text"),
    pytest.param('{"é": "\u2028 \\u00e9"}\r\n'.encode(), id="text beyond ASCII"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"\x00\x1b[2J", id="control characters"),
    pytest.param(b"\xff\xfe{}", id="no UTF-8"),
    pytest.param('{"id": "\ud800"}'.encode(errors="surrogatepass"), id="a lone surrogate"),
    pytest.param(b"a" * 2_000_000, id="too large for a queue"),
]


def sent(cloud: Cloud, *lines: bytes) -> None:
    for one in lines:
        cloud.send(one)
    cloud.settle()


def asked(cloud: Cloud, **payload: Any) -> dict[str, list[str]]:
    """What the operator's function answers, without the empty answers."""
    done: dict[str, list[str]] = cloud.invoker.answer(cloud.operator, payload)
    assert set(done) == set(ANSWERS)
    return {answer: keys for answer, keys in done.items() if keys}


def keys_of(cloud: Cloud, *reasons: str) -> list[str]:
    return [entry.key for entry in cloud.entries() if not reasons or entry.reason in reasons]


def world(cloud: Cloud) -> tuple[Sequence[Any], ...]:
    """All that stands: the table, the quarantine's entries as stored, and what was said."""
    with cloud.invoker.inside(cloud.recorder):
        table, store = case_table().name, quarantine()
    items = sorted(map(repr, dynamodb().scan(TableName=table)["Items"]))
    entries = [s3().get_object(Bucket=store.bucket, Key=key)["Body"].read() for key in store.listed()]
    return items, entries, cloud.heard.messages, cloud.heard.events


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("body", BODIES)
def test_an_entry_holds_its_body_byte_for_byte(body: bytes) -> None:
    message = Message("m-1", SENT_AT, body)
    quarantine().keep(message, Unreadable(Reason.NOT_JSON, "body", "e-1"))

    [key] = quarantine().listed()
    entry = quarantine().entry(key)

    assert entry
    assert entry.message == message
    assert (entry.reason, entry.where, entry.event_id) == ("not_json", "body", "e-1")


def test_entries_are_listed_by_day(cloud: Cloud) -> None:
    later = a_message({"id": "b"}, "m-2") | {"attributes": {"SentTimestamp": "1760000000000"}}
    recorded(cloud, a_message({"id": "a"}, "m-1"), later)

    with cloud.invoker.inside(cloud.operator):
        store = quarantine()
    assert list(store.listed("2025-06")) == list(store.listed("2025-06-15")) == ["2025-06-15/m-1.json"]
    assert len(list(store.listed())) == 2
    assert store.entry("2025-06-15/none.json") is store.entry("strange") is None


def test_all_replayed_twice_changes_nothing(cloud: Cloud) -> None:
    story = (SCENARIOS / "malformed-among-good.ndjson").read_bytes().splitlines()
    sent(cloud, *story, b"\xff\xfe", line(GOOD), line(CONFLICT))
    before, keys = world(cloud), keys_of(cloud)

    first = cloud.replay(keys)
    after = world(cloud)
    second = cloud.replay(keys)

    assert before == after == world(cloud)
    assert first == second
    assert len(first) == len(keys) == 8
    assert cloud.run().counts.conserved


def test_what_can_be_read_meanwhile_is_recorded_once(cloud: Cloud) -> None:
    """As after a mended parser: the entry is older than the reader."""
    key = _kept(cloud, line(a_course(1)[0]))

    assert cloud.replay([key]) == {key: "recorded"}
    recorded_once = world(cloud)
    assert cloud.replay([key]) == {key: "duplicate"}

    assert world(cloud) == recorded_once
    assert metrics(cloud) == {"Received": 2, "Recorded": 1, "Duplicates": 1}
    assert keys_of_bucket(cloud) == [key, f"{key}.replayed"]


def _kept(cloud: Cloud, body: bytes, message_id: str = "m-1") -> str:
    message = Message(message_id, SENT_AT, body)
    with cloud.invoker.inside(cloud.recorder):
        quarantine().keep(message, Unreadable(Reason.BAD_FORM, "detail"))
    return message.key


def keys_of_bucket(cloud: Cloud) -> list[str]:
    with cloud.invoker.inside(cloud.recorder):
        return [found["Key"] for found in s3().list_objects_v2(Bucket=quarantine().bucket)["Contents"]]


def test_a_conflict_comes_back_as_a_conflict(cloud: Cloud) -> None:
    sent(cloud, line(GOOD), line(CONFLICT))
    [key] = keys_of(cloud)

    assert cloud.replay([key]) == {key: "conflict"}

    assert keys_of(cloud) == [key]
    assert metrics(cloud)["Quarantined"] == 2
    with cloud.invoker.inside(cloud.recorder):
        [visit] = case_table().case("P-1").case.history.visits
    assert visit.place_of_service == "11"


def test_what_no_queue_carries_only_its_sender_can_send_again(cloud: Cloud) -> None:
    sent(cloud, b"\xff", b'{"a": "' + b"b" * 1_048_400 + b'"}')
    keys = keys_of(cloud)

    assert cloud.replay(keys) == dict.fromkeys(keys, "not_sendable")
    assert metrics(cloud)["Received"] == 2


def test_entries_are_chosen_by_key_reason_and_day(cloud: Cloud) -> None:
    text, unknown = _kept(cloud, b"{}", "m-1"), "2025-06-15/m-9.json"
    sent(cloud, b"no json")
    [other] = keys_of_bucket(cloud)[1:]
    cloud.invoker.metrics.clear()

    assert asked(cloud, keys=[text, unknown]) == {"sent": [text], "not_there": [unknown]}
    assert asked(cloud, reason="bad_form") == {"sent": [text]}
    assert asked(cloud, reason="not_json") == {"sent": [other]}
    assert asked(cloud, day="2025-06-15") == {"sent": [text]}
    assert asked(cloud, day="2025-06-15", reason="not_json") == {}
    assert asked(cloud, day="20") == {"sent": [text, other]}


@pytest.mark.parametrize("payload", [{}, {"key": "x"}, {"keys": "x"}, {"reason": "nonsense"}, {"keys": None}])
def test_an_unclear_request_is_refused_and_says_how_to_ask(cloud: Cloud, payload: dict[str, Any]) -> None:
    with pytest.raises(UnclearReplay, match="ask with"):
        cloud.invoker.answer(cloud.operator, payload)


def test_it_stops_in_time_and_names_what_it_did_not_reach(cloud: Cloud) -> None:
    key = _kept(cloud, b"{}")

    with cloud.invoker.inside(cloud.operator):
        done = cloud.operator.handler({"keys": [key]}, Context(cloud.operator.name, remaining_ms=4_999))

    assert {answer: keys for answer, keys in done.items() if keys} == {"not_reached": [key]}


def test_only_the_operators_function_knows_the_inbox(cloud: Cloud) -> None:
    functions = (cloud.recorder, cloud.announcer, cloud.clock)

    assert "INBOX_URL" in cloud.operator.environment
    assert not [function.name for function in functions if "INBOX_URL" in function.environment]
    with cloud.invoker.inside(cloud.recorder), pytest.raises(SettingMissing, match="INBOX_URL"):
        inbox()


@pytest.mark.parametrize(
    ("message_id", "sent_at"),
    [("../x", "2025-06-15T00:00:00+00:00"), ("", "2025-06-15T00:00:00+00:00"), ("m-9", "yesterday"), ("m-9", None)],
)
def test_attributes_that_we_would_not_write_are_ignored(cloud: Cloud, message_id: str, sent_at: str | None) -> None:
    attributes = {FIRST_ID: {"stringValue": message_id}, FIRST_SENT: {"stringValue": sent_at}}
    recorded(cloud, a_message({"id": "x"}, "m-1") | {"messageAttributes": attributes})

    assert keys_of_bucket(cloud) == ["2025-06-15/m-1.json"]


def test_a_replay_whose_answer_cannot_be_noted_comes_again(cloud: Cloud) -> None:
    key = _kept(cloud, line(GOOD))
    lost = iter([True])

    def fail(**_: Any) -> None:
        if next(lost, False):
            raise ConnectionError

    with hooked(s3(), "before-call.s3.PutObject", fail):
        assert cloud.replay([key]) == {key: "duplicate"}

    assert metrics(cloud) == {"Received": 1, "Duplicates": 1}


def test_the_command_lists_shows_and_replays(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    bad = b'{"id": "one", "id": "two"}'
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join([line(GOOD), bad, line(CONFLICT), b"\xff", line(a_claim(1))]))

    assert main(["quarantine", "list", str(path)]) == 1
    rows = capfdbinary.readouterr().out.decode().splitlines()
    assert [row.split()[:4] for row in rows[1:]] == [
        ["1", "ambiguous", "body", "(unknown)"],
        ["2", "conflict", "detail.version", "evt-V-1-01-v1"],
        ["3", "not_json", "body", "(unknown)"],
    ]

    path.with_name("good").write_bytes(line(GOOD))
    assert main(["quarantine", "list", str(path.with_name("good"))]) == 0
    assert capfdbinary.readouterr().out == b"Nothing was refused.\n"

    assert main(["quarantine", "show", "1", str(path)]) == 0
    assert capfdbinary.readouterr().out == bad
    assert main(["quarantine", "show", "3", str(path)]) == 0
    assert capfdbinary.readouterr().out == b"\xff"
    assert main(["quarantine", "show", "4", str(path)]) == 2
    assert b"no entry 4; 3 are in quarantine" in capfdbinary.readouterr().err

    assert main(["quarantine", "replay", str(path)]) == 1
    out = capfdbinary.readouterr().out.decode()
    assert "refused again: ambiguous" in out
    assert "refused again: conflict" in out
    assert "no queue carries it" in out
    assert "replayed 3 = now recorded 0 + before 0 + refused 3" in out
    assert "received 7 = recorded 2 + duplicates 0 + superseded 0 + quarantined 5" in out


def test_an_empty_quarantine_is_status_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8")

    assert [main(["quarantine", command, str(path)]) for command in ("list", "replay")] == [0, 0]
    assert "replayed 0" in capsys.readouterr().out
