"""The first call of each function: what it is called with, and the services that it asks before it answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.builders import a_visit
from tests.deployed.deployment import Deployment
from tests.deployed.officer import DESK, a_request
from tests.deployed.taken import a_dropped_file, a_posted_notification
from tests.deployed.undone import an_untold_case
from tests.deployed.uses import (
    A_TICK,
    ANNOUNCE,
    CLOCK,
    DIGEST,
    FHIR,
    KEEP,
    READ,
    RECORD,
    REMIND,
    REPLAY,
    SWEEP,
    new_patient,
)
from tests.integration.deliveries import a_change, a_message


@dataclass(frozen=True)
class Start:
    """What is called, with what, and the services that it asks."""

    event: Callable[[Deployment], Mapping[str, Any]]
    services: tuple[str, ...] = ("dynamodb",)


def _a_changed_case(_: Deployment) -> Mapping[str, Any]:
    return {"Records": [a_change(1, an_untold_case(new_patient()))]}


def _a_file_that_nobody_else_reads(system: Deployment) -> Mapping[str, Any]:
    """Of the bucket of the stack its own function would be told as well, and one of the two would stand back."""
    system.emulator.client("s3").create_bucket(Bucket=_BUCKET)
    of_its_own = replace(system, outputs={**system.outputs, "IntakeBucketName": _BUCKET})
    return {"Records": [a_dropped_file(of_its_own, versions=False)]}


_BUCKET = "read-by-nobody-else"
_ANNOUNCING = ("dynamodb", "sns", "events")
STARTS: Mapping[str, Start] = {
    RECORD: Start(lambda _: {"Records": [a_message(a_visit(1, patient_id=new_patient()))]}),
    READ: Start(_a_file_that_nobody_else_reads, ("dynamodb", "s3", "secretsmanager", "events")),
    FHIR: Start(lambda _: a_posted_notification(), ("s3", "dynamodb")),
    ANNOUNCE: Start(_a_changed_case, _ANNOUNCING),
    CLOCK: Start(lambda _: A_TICK),
    REPLAY: Start(lambda _: {"keys": ["2026-01-01/none.json"]}, ("s3", "sqs")),
    SWEEP: Start(lambda _: A_TICK, _ANNOUNCING),
    DIGEST: Start(lambda _: A_TICK, ("dynamodb",)),
    KEEP: Start(_a_changed_case),
    REMIND: Start(lambda _: A_TICK, ("dynamodb",)),
    DESK: Start(lambda _: a_request("GET", "/worklist")),
}


def _a_step(**asked: Any) -> Start:
    return Start(lambda _: {"run": "measured", **asked}, ("s3",))


# Not in a stack that looks back on nothing. In their order: each goes by what the one before it left.
LOOKBACK: Mapping[str, Start] = {
    "functions.plan_lookback.handler": _a_step(asked={"shards": 1}, started="2026-01-01T00:00:00Z"),
    "functions.split_archive.handler": _a_step(key="archives/one.ndjson", count=1),
    "functions.audit_shard.handler": _a_step(shard=0, as_of="2026-01-01"),
    "functions.sum_lookback.handler": _a_step(prefix="", count=1),
}


def settings_to_look_back(system: Deployment) -> Mapping[str, str]:
    """Of a bucket with one archive, and a key for the names in it."""
    s3, secrets = system.emulator.client("s3"), system.emulator.client("secretsmanager")
    s3.create_bucket(Bucket="looked-back-on")
    archive = json.dumps(a_visit(1, patient_id=new_patient())).encode()
    s3.put_object(Bucket="looked-back-on", Key="archives/one.ndjson", Body=archive)
    key = secrets.create_secret(Name=new_patient(), SecretString="k" * 64)["ARN"]
    return {"LOOKBACK_BUCKET": "looked-back-on", "LOOKBACK_CONCURRENCY": "1", "IDENTITY_KEY_ARN": key}
