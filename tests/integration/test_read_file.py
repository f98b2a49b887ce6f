"""read_file: what goes to the bus, what to quarantine, what is said of it, and what happens when the bus is busy."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.cloud import Cloud
from local.pumps import QueuePump
from local.surroundings import environment
from shared.aws.errors import SettingMissing
from shared.aws.files import Progress, dropped
from shared.aws.identity import forget, identity
from shared.aws.posting import Post
from shared.aws.runtime import s3, secrets
from tests.builders import a_course, a_visit
from tests.claim_files import a_claim_file
from tests.integration.deliveries import line
from tests.simulation.intake import Intake, a_message
from tests.simulation.stores import Bus
from tests.unit.told_by_reader import FHIR


def read(content: bytes) -> tuple[Intake, str]:
    """The file read without trouble, and what was logged."""
    intake = Intake(content)
    with intake.running() as printed:
        assert intake.deliver() == 1
    return intake, printed.getvalue()


def test_a_file_read_twice_changes_nothing() -> None:
    intake, _ = read(a_claim_file(30))
    before, calls = len(intake.bus.events), len(intake.wire.calls)
    with intake.running():
        intake.deliver()
    assert len(intake.bus.events) == before
    assert intake.wire.calls[calls:] == ["get_item read", "return"]


def test_another_version_of_the_file_is_another_file() -> None:
    intake, _ = read(a_claim_file(30))
    intake.files.objects["intake/Jane Doe.837/v2"] = a_claim_file(31)
    with intake.running():
        intake.deliver(a_message(version_id="v2"))
    assert len(intake.bus.events) == 61


def test_where_no_versions_are_kept_another_content_is_another_file() -> None:
    """S3 names no version then: a second file under the same name must not be taken for the first."""
    intake, _ = read(a_claim_file(30))
    for etag, claims in (("e1", 31), ("e2", 32), ("e2", 32)):
        intake.files.objects[f"intake/Jane Doe.837/{etag}"] = a_claim_file(claims)
        with intake.running():
            assert intake.deliver(a_message(etag=etag)) == 1
    assert len(intake.bus.events) == 30 + 31 + 32


def test_logs_name_a_file_by_its_hash_and_no_patient() -> None:
    _, said = read(a_claim_file(30, bad={3}))
    file = dropped(a_message()["body"])
    assert said.count(file.id) == 3  # one refused, one noted, and done
    assert [word for word in ("Jane", "Doe", "DOE", ".837", "1EG4TE", "forty", "C000003") if word in said] == []


def test_what_is_counted() -> None:
    _, said = read(a_claim_file(30, bad={3}))
    (metrics,) = (entry for entry in map(json.loads, said.splitlines()) if "_aws" in entry)
    counted = {name: sum(metrics[name]) for name in ("FileEvents", "FileRefused", "FileNoted")}
    assert counted == {"FileEvents": 29, "FileRefused": 1, "FileNoted": 1}


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"name,date\n"])
def test_a_file_of_no_format_is_refused_once(content: bytes) -> None:
    intake, _ = read(content)
    ((key, entry),) = intake.quarantined().items()
    file = dropped(a_message()["body"])
    assert key == f"2025-01-07/file-{file.id}-0.json"
    assert (entry["reason"], entry["event_id"], entry["body"]) == (
        "unknown_format",
        f"file-{file.id}",
        content.decode(),
    )
    assert intake.progress == Progress(refused=1, finished=True)


def test_an_empty_file_is_done() -> None:
    intake, _ = read(b"")
    assert (intake.progress, intake.bus.events) == (Progress(finished=True), [])


def test_a_stream_of_our_own_events_goes_to_the_bus_as_it_is() -> None:
    """But no file speaks in the name of our readers."""
    forged = line(a_visit("V-9") | {"source": FHIR})
    intake, _ = read(b"\n".join([*map(line, a_course(2)), forged, b"{cut"]))
    assert [(entry["Source"], json.loads(entry["Detail"])) for entry in intake.bus.events] == [
        ("ehr.example", event["detail"]) for event in a_course(2)
    ]
    assert str(intake.bus.events[0]["Time"]) == "2025-01-06 20:00:00+00:00"
    reasons = [(entry["reason"], entry["where"]) for entry in intake.quarantined().values()]
    assert reasons == [("not_in_list", "message 5: source"), ("not_json", "message 6: body")]


@dataclass
class BusyBus(Bus):
    """Refuses by its own word: code for an entry at a call, or None."""

    word: Callable[[int, str], str | None] = lambda _call, _detail: None
    calls: int = 0

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        codes = [self.word(self.calls, entry["Detail"]) for entry in Entries]
        self.events += [entry for entry, code in zip(Entries, codes, strict=True) if not code]
        said = [{"ErrorCode": code} if code else {"EventId": "e"} for code in codes]
        return {"FailedEntryCount": sum(map(bool, codes)), "Entries": said}


def delivered(word: Callable[[int, str], str | None], claims: int = 25) -> tuple[Intake, int]:
    intake = Intake(a_claim_file(claims), bus=BusyBus(word=word))
    with intake.running():
        return intake, intake.deliver()


def test_what_the_bus_puts_off_is_sent_again_and_nothing_else() -> None:
    intake, tries = delivered(lambda call, detail: "ThrottlingException" if call < 3 and "C00000" in detail else None)
    assert tries == 1
    assert sorted(intake.claims_sent().values()) == [1] * 25
    assert isinstance(intake.bus, BusyBus)
    assert intake.bus.calls == 5


def test_what_the_bus_puts_off_for_long_comes_with_the_next_delivery() -> None:
    intake, tries = delivered(lambda call, detail: "InternalFailure" if call <= 5 and "C000003" in detail else None)
    assert tries == 2
    assert intake.claims_sent().keys() == {f"C{number:06}" for number in range(25)}
    assert intake.progress == Progress(events=25, noted=1, finished=True)


def test_what_the_bus_never_takes_is_refused_by_itself() -> None:
    intake, tries = delivered(lambda _, detail: "MalformedDetail" if "C000003" in detail else None)
    assert (tries, intake.progress) == (1, Progress(events=24, refused=1, noted=1, finished=True))
    ((_, entry),) = intake.quarantined().items()
    assert (entry["reason"], entry["where"].endswith(": bus: MalformedDetail")) == ("bad_form", True)
    assert json.loads(entry["body"])["detail"]["claim_id"] == "C000003"


@dataclass
class Counting(Bus):
    sizes: list[int] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.sizes.append(sum(len(entry["Source"] + entry["DetailType"] + entry["Detail"]) + 14 for entry in Entries))
        return super().put_events(Entries=Entries)


LIMIT = 256 * 1024


def an_event_of(size: int) -> dict[str, Any]:
    return {"source": "s", "detail-type": "t", "detail": {"a": "x" * (size - 2 - 14 - 8)}}


@pytest.mark.parametrize(("sizes", "calls"), [([LIMIT], 1), ([LIMIT // 2] * 2, 1), ([LIMIT // 2, LIMIT // 2 + 1], 2)])
def test_a_call_carries_no_more_than_the_bus_takes(sizes: list[int], calls: int) -> None:
    bus = Counting()
    assert Post(bus, "bus").send([an_event_of(size) for size in sizes]) == {}  # type: ignore[arg-type]
    assert (len(bus.sizes), sum(bus.sizes), max(bus.sizes) <= LIMIT) == (calls, sum(sizes), True)


def test_an_event_too_large_for_the_bus_comes_back_alone() -> None:
    bus = Counting()
    events = [an_event_of(100), an_event_of(LIMIT + 1), an_event_of(100)]
    assert Post(bus, "bus").send(events) == {1: "TooLarge"}  # type: ignore[arg-type]
    assert len(bus.events) == 2


def drop(cloud: Cloud, content: bytes) -> None:
    """Store a file in the bucket of the template, and let all work that has to."""
    bucket = next(name for name in (b["Name"] for b in s3().list_buckets()["Buckets"]) if "intake" in name)
    s3().put_object(Bucket=bucket, Key="Jane Doe.837", Body=content)
    QueuePump(cloud.reader, cloud.files, cloud.invoker).run(lambda _: None)
    cloud._inbox.run(lambda _: None)


def test_a_dropped_file_comes_to_the_case_files_as_if_it_were_sent(cloud: Cloud) -> None:
    """By S3, rule and queue of the template, by bus and inbox; dropped twice its claims are repeats."""
    forget()
    counts = []
    for _ in range(2):
        drop(cloud, a_claim_file(12, bad={4}))
        # What S3 says goes to every bus of moto, ours too, where it is an event of no kind: not counted here.
        counts.append([cloud.invoker.metrics[name] for name in ("Recorded", "Duplicates")])
    assert counts == [[11, 0], [11, 11]]
    assert (cloud.invoker.metrics["FileRefused"], cloud.invoker.errors) == (2, [])
    forget()


@pytest.mark.parametrize(("key", "taken"), [("x" * 31, False), ("x" * 32, True)])
def test_a_key_that_could_be_guessed_is_not_taken(cloud: Cloud, key: str, taken: bool) -> None:  # noqa: FBT001
    with cloud.invoker.inside(cloud.reader):
        arn = secrets().create_secret(Name="AnotherKey", SecretString=key)["ARN"]
        with environment({"IDENTITY_KEY_ARN": arn}):
            if taken:
                assert identity()("MR:CLINIC", "1").startswith("P-")
            else:
                with pytest.raises(SettingMissing, match="IDENTITY_KEY_ARN"):
                    identity()
