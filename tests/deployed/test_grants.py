"""Every grant of every function is asked for: without it the function fails, so a missing one cannot go unnoticed.

Each function is called the way its trigger would, on the roles as deployed, one action taken away at a time.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_visit
from tests.deployed.deployment import Deployment, eventually
from tests.deployed.officer import overdue
from tests.deployed.operating import Grant, as_of, grants, without
from tests.deployed.uses import ANNOUNCE, CLOCK, DIGEST, FHIR, KEEP, REMIND, SWEEP, USES, new_patient, works

# What a role grants to Lambda's own work, which this emulator does as nobody; by handler where others need the same.
NOT_ASKED = {
    "logs:CreateLogStream": "Lambda writes the log",
    "logs:PutLogEvents": "Lambda writes the log",
    "sqs:ReceiveMessage": "the mapping reads the queue",
    "sqs:DeleteMessage": "the mapping reads the queue",
    "sqs:GetQueueAttributes": "the mapping reads the queue",
    "dynamodb:DescribeStream": "the mapping reads the stream",
    "dynamodb:GetRecords": "the mapping reads the stream",
    "dynamodb:GetShardIterator": "the mapping reads the stream",
    "dynamodb:ListStreams": "the mapping reads the stream",
    (ANNOUNCE, "s3:PutObject"): "the mapping keeps what failed for good",
    (ANNOUNCE, "s3:ListBucket"): "the mapping keeps what failed for good",
    (KEEP, "s3:PutObject"): "the mapping keeps what failed for good",
    (KEEP, "s3:ListBucket"): "the mapping keeps what failed for good",
    (CLOCK, "sqs:SendMessage"): "Lambda keeps the run that failed for good",
    (SWEEP, "sqs:SendMessage"): "Lambda keeps the run that failed for good",
    (DIGEST, "sqs:SendMessage"): "Lambda keeps the run that failed for good",
    (FHIR, "sqs:SendMessage"): "Lambda keeps the run that failed for good",
    (REMIND, "sqs:SendMessage"): "Lambda keeps the run that failed for good",
}


@pytest.fixture(scope="module")
def later(system: Deployment) -> Iterator[None]:
    """The functions of the clock stand far enough ahead for all that is due."""
    patient = new_patient()
    system.put(a_visit(1, patient_id=patient))
    due = overdue(system, patient)
    with as_of(system, CLOCK, datetime.now(UTC).date() + timedelta(days=60)), as_of(system, REMIND, due):
        yield


def test_every_function_of_the_template_is_used_here(system: Deployment) -> None:
    assert system.functions.keys() == USES.keys()


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("handler", USES)
def test_a_function_needs_every_grant_it_has(system: Deployment, handler: str) -> None:
    system.put(a_visit(1, patient_id=new_patient(), status="?"))
    eventually(system.quarantined, "something to replay")
    system.settle()  # what is on its way would fail with the first grant taken, and wait for minutes
    assert USES[handler](system)

    granted = grants(system, handler)
    unneeded = _actions(grant for grant in granted if _works_without(system, handler, grant))

    assert unneeded == {action for action in _actions(granted) if {action, (handler, action)} & NOT_ASKED.keys()}


def _actions(granted: Iterable[Grant]) -> set[str]:
    return {grant.action for grant in granted}


def _works_without(system: Deployment, handler: str, grant: Grant) -> bool:
    with without(system, grant):
        return works(system, handler)
