"""The look-back by many functions finds what `ncd-audit answer` finds, and misses nothing without saying so."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from shared.aws import identity
from shared.aws.lookback import Run
from shared.aws.runtime import s3
from tests.claim_files import a_claim_file
from tests.fleet.archives import AS_OF, a_patient, answered, of_years, rows, verdicts
from tests.fleet.machine import Call, Fleet, fleet
from tests.template.resources import ours
from tests.unit.conftest import stream_of

BUSY = ClientError(
    {
        "Error": {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."},
        "ResponseMetadata": {
            "HTTPStatusCode": 429,
            "RequestId": "0",
            "HostId": "",
            "HTTPHeaders": {},
            "RetryAttempts": 0,
        },
    },
    "Invoke",
)
DAMAGED = gzip.compress(stream_of(a_patient(9)))[:400]


@pytest.fixture(scope="module")
def account() -> Iterator[Fleet]:
    with fleet() as made:
        yield made


@pytest.fixture
def made(account: Fleet) -> Iterator[Fleet]:
    """With nothing stored, and nothing in its way."""
    yield account
    account.trouble = lambda _function, _payload, _attempt: None
    for noted in (account.calls, account.waits, account.logged):
        noted.clear()
    for key in account.stored():
        s3().delete_object(Bucket=account.bucket, Key=key)


def summary(made: Fleet) -> dict[str, Any]:
    [content] = made.stored(f"results/{made.name}/summary.json").values()
    told: dict[str, Any] = json.loads(content)
    return told


def found(made: Fleet) -> Counter[tuple[str, ...]]:
    return Counter(rows(made.stored(f"results/{made.name}/findings/").values()))


def store(made: Fleet, archives: dict[str, bytes]) -> dict[str, bytes]:
    for name, content in archives.items():
        made.store(name, content)
    return archives


def years(patients: int = 3) -> dict[str, bytes]:
    """An archive for each patient."""
    return {f"{number}.ndjson": stream_of(a_patient(number)) for number in range(patients)}


def calls(made: Fleet, function: str) -> list[dict[str, Any]]:
    return [payload for name, payload in made.calls if name == function]


def test_it_finds_what_the_answer_finds_tries_again_and_says_what_is_missing(made: Fleet, tmp_path: Path) -> None:
    """One patient in two archives, one of them gzipped; claims as X12; one archive damaged; Lambda busy for a while."""
    first, second = a_patient(1)[:15], a_patient(1)[15:]
    good = {"a.ndjson": stream_of(first), "b.ndjson.gz": gzip.compress(stream_of(second)), "c.837": a_claim_file(20)}
    store(made, {**good, "Jane Doe.gz": DAMAGED})
    made.trouble = lambda name, payload, attempt: (
        BUSY if name == "SplitArchive" and payload["key"].endswith("c.837") and attempt < 4 else None
    )
    told = made.run(shards=3, as_of=str(AS_OF), tolerated_percentage=25)
    assert found(made) == Counter(verdicts(answered(good, tmp_path)))
    assert (told["status"], told["error"]) == ("FAILED", "NotWhole")
    counts = summary(made)
    assert (counts["whole"], counts["archives"], counts["archives_missing"]) == (False, 4, ["archives/Jane Doe.gz"])
    assert (counts["events"], counts["tally"]["recorded"], counts["lost"], counts["shards_missing"]) == (48, 48, 0, [])
    assert [
        made.calls.count(Call("SplitArchive", {"run": made.name, "count": 3, "key": f"archives/{name}"}))
        for name in good
    ] == [1, 1, 4]
    assert len(calls(made, "AuditShard")) == 3
    # Each wait is drawn from none to what the definition allows: of Lambda's own trouble 2, 4, 8 seconds, else 10, 30.
    assert len(made.waits) == 5
    assert all(wait <= most for wait, most in zip(sorted(made.waits), (4, 8, 8, 10, 30), strict=True))
    assert made.logged
    assert "Jane" not in " ".join(made.logged)


def a_split(made: Fleet, name: str) -> dict[str, Any]:
    return made.invoke(
        {
            "FunctionName": "SplitArchive",
            "Payload": json.dumps({"run": made.name, "count": 3, "key": f"archives/{name}"}),
        }
    )


def an_audit(made: Fleet, shard: int) -> dict[str, Any]:
    asked = {"run": made.name, "as_of": str(AS_OF), "shard": shard}
    answer: dict[str, Any] = made.invoke({"FunctionName": "AuditShard", "Payload": json.dumps(asked)})["Payload"]
    return answer


def a_sum(made: Fleet) -> dict[str, Any]:
    asked = {"run": made.name, "prefix": "", "count": 3}
    answer: dict[str, Any] = made.invoke({"FunctionName": "SumLookback", "Payload": json.dumps(asked)})["Payload"]
    return answer


def test_of_an_archive_that_was_split_in_part_nothing_is_audited(made: Fleet) -> None:
    """The function was stopped when all parts lay there, before it could say so."""
    store(made, years(2))
    a_split(made, "0.ndjson")
    with patch.object(Run, "store_split", side_effect=TimeoutError):
        assert a_split(made, "1.ndjson")["FunctionError"]
    assert len(made.stored(f"work/{made.name}/parts/")) == 2
    assert sum(an_audit(made, shard)["patients"] for shard in range(3)) == 1
    assert {key: a_sum(made)[key] for key in ("whole", "archives_missing", "lost")} == {
        "whole": False,
        "archives_missing": 1,
        "lost": 0,
    }
    a_split(made, "1.ndjson")  # and once it was tried again
    assert sum(an_audit(made, shard)["patients"] for shard in range(3)) == 2
    assert a_sum(made)["whole"]


def test_a_second_try_writes_the_same_again(made: Fleet) -> None:
    store(made, {"a.ndjson": stream_of(a_patient(1)) + b"{cut\n"})
    a_split(made, "a.ndjson")
    an_audit(made, 0)
    before = made.stored()
    a_split(made, "a.ndjson")
    an_audit(made, 0)
    assert made.stored() == before
    parts = made.stored(f"work/{made.name}/parts/").values()
    assert {part[4:8] for part in parts} == {bytes(4)}  # gzip would write the time there
    [refused] = made.stored(f"work/{made.name}/refused/").values()
    kept = json.loads(gzip.decompress(refused))
    assert kept == {"reason": "not_json", "where": "message 29: body", "body": "{cut", "encoding": "text"}


def test_what_is_stored_meanwhile_and_what_is_changed_is_missing(made: Fleet) -> None:
    store(made, years(1))
    a_split(made, "0.ndjson")
    store(made, {"0.ndjson": stream_of(a_patient(0)[:4]), "late.ndjson": stream_of(a_patient(1))})
    a_sum(made)
    assert summary(made)["archives_missing"] == ["archives/0.ndjson", "archives/late.ndjson"]


def test_a_shard_that_was_audited_without_all_of_its_events_is_said_to_be(made: Fleet) -> None:
    """An archive came to be split after the shard's audit."""
    store(made, years(3))
    a_split(made, "0.ndjson")
    for shard in range(3):
        an_audit(made, shard)
    a_split(made, "1.ndjson")
    a_split(made, "2.ndjson")
    told = a_sum(made)
    assert (told["whole"], told["archives_missing"], told["shards_missing"], told["lost"]) == (False, 0, 0, 56)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"shards": 0}, "shards: Input should be greater than or equal to 1"),
        ({"shards": 257}, "shards: Input should be less than or equal to 256"),
        ({"as_of": "06/01/2026"}, "as_of: "),
        ({"perfix": "2024/"}, "perfix: Extra inputs are not permitted"),
        ({"tolerated_percentage": 101}, "tolerated_percentage: Input should be less than or equal to 100"),
        ({"prefix": "2023/"}, "prefix: nothing is stored under archives/ and this prefix"),
        ("2024/", "input: "),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_write(made: Fleet, asked: Any, why: str) -> None:
    store(made, {"2024/0.ndjson": b""})
    payload = {"run": made.name, "started": "2026-06-01T10:00:00.123Z", "asked": asked}
    answer = made.invoke({"FunctionName": "PlanLookback", "Payload": json.dumps(payload)})
    assert answer["Payload"]["errorType"] == "UnclearLookback"
    assert answer["Payload"]["errorMessage"].startswith(why)
    assert "start with {" in answer["Payload"]["errorMessage"]


def test_what_is_left_out_is_made_complete(made: Fleet) -> None:
    store(made, years(1))
    payload = {"run": made.name, "started": "2026-06-01T23:59:59.123Z", "asked": {}}
    assert made.invoke({"FunctionName": "PlanLookback", "Payload": json.dumps(payload)})["Payload"] == {
        "run": made.name,
        "prefix": "",
        "listed": "archives/",
        "shards": list(range(16)),
        "count": 16,
        "as_of": "2026-06-01",
        "tolerated": 5,
        "concurrency": 20,
    }


def test_each_role_grants_what_its_function_asks_for_and_nothing_else(made: Fleet) -> None:
    store(made, {"a.ndjson": stream_of(a_patient(1)) + b"{cut\n"})
    identity.forget()
    made.asked.clear()
    made.invoke(
        {"FunctionName": "PlanLookback", "Payload": json.dumps({"run": "r", "started": "2026-06-01", "asked": {}})}
    )
    a_split(made, "a.ndjson")
    for shard in range(3):
        an_audit(made, shard)
    a_sum(made)
    stack = ours()
    functions = {stack.role_of(name): name for name in ("PlanLookback", "SplitArchive", "AuditShard", "SumLookback")}
    granted = {
        (functions[role], action, resource)
        for role, one in stack.granted()
        for action in one.actions
        for resource in one.resources
        if role in functions and not action.startswith(("logs:", "kms:"))
    }
    assert granted == set(made.asked)


@pytest.mark.slow
def test_whatever_a_clinic_kept_is_found_in(made: Fleet, tmp_path: Path) -> None:
    """Four formats, visits and claims and payments of a patient in different files, some of it twice, some bad."""
    archives = store(made, of_years())
    told = made.run(shards=5, as_of=str(AS_OF))
    document, counts = answered(archives, tmp_path), summary(made)
    assert found(made) == Counter(verdicts(document))
    assert told["status"] == "SUCCEEDED"
    assert counts["events"] + counts["refused"] == document["events"]["received"]
    assert {name: counts["tally"][name] for name in ("recorded", "duplicates", "superseded")} == {
        name: document["events"][name] for name in ("recorded", "duplicates", "superseded")
    }
    assert json.loads(told["output"]) == {
        "whole": True,
        "archives": len(archives),
        "archives_missing": 0,
        "shards_missing": 0,
        "events": counts["events"],
        "refused": counts["refused"],
        "lost": 0,
        "patients": len(document["patients"]),
        "violations": counts["tally"]["violations"],
        "warnings": counts["tally"]["warnings"],
        "at_stake": counts["tally"]["at_stake"],
    }


@pytest.mark.slow
@pytest.mark.parametrize("shards", [1, 2, 7])
def test_the_number_of_shards_changes_no_finding(made: Fleet, tmp_path: Path, shards: int) -> None:
    archives = store(made, years(4))
    assert made.run(shards=shards, as_of=str(AS_OF))["status"] == "SUCCEEDED"
    assert found(made) == Counter(verdicts(answered(archives, tmp_path)))


@pytest.mark.slow
@pytest.mark.parametrize(("tolerated", "audited"), [(24, 0), (25, 2)])
def test_more_failures_than_are_tolerated_end_the_look_back_before_its_audit(
    made: Fleet, tolerated: int, audited: int
) -> None:
    """One of four."""
    store(made, {**years(3), "damaged.gz": DAMAGED})
    told = made.run(shards=2, tolerated_percentage=tolerated)
    assert (told["error"], len(calls(made, "AuditShard"))) == ("NotWhole", audited)
    assert summary(made)["archives_missing"] == ["archives/damaged.gz"]
    assert summary(made)["shards_missing"] == ([] if audited else [0, 1])


@pytest.mark.slow
def test_a_shard_in_trouble_keeps_no_other_from_its_audit(made: Fleet) -> None:
    store(made, years(4))
    made.trouble = lambda name, payload, _: ValueError() if name == "AuditShard" and payload["shard"] == 1 else None
    told = made.run(shards=3)
    assert (told["error"], summary(made)["shards_missing"]) == ("NotWhole", [1])
    assert [payload["shard"] for payload in calls(made, "AuditShard")].count(1) == 3
    assert len(made.stored(f"results/{made.name}/findings/")) == 2


@pytest.mark.slow
def test_an_unclear_question_is_not_asked_again(made: Fleet) -> None:
    told = made.run(shards=0)
    assert (told["status"], told["error"]) == ("FAILED", "UnclearLookback")
    assert (len(made.calls), made.waits) == (1, [])


@pytest.mark.slow
def test_tries_end(made: Fleet) -> None:
    """Lambda's own trouble: eight more, each wait of at most twice the one before and of no more than five minutes."""
    store(made, years(1))
    made.trouble = lambda name, _payload, _attempt: BUSY if name == "SplitArchive" else None
    told = made.run(tolerated_percentage=100, shards=1)
    assert (told["error"], len(calls(made, "SplitArchive"))) == ("NotWhole", 9)
    assert len(made.waits) == 8
    assert all(wait <= min(300, 2**number) for number, wait in enumerate(made.waits, start=1))
