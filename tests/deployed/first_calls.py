"""The first call of each function: what it is called with, and the services that it asks before it answers."""

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
