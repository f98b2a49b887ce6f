"""Every grant of every function is asked for: without it the function fails, so a missing one cannot go unnoticed.

Each function is called the way its trigger would, on the roles as deployed, one action taken away at a time.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.builders import Envelope, a_visit
from tests.deployed.deployment import Deployment, FunctionFailed, eventually
from tests.deployed.operating import Grant, as_of, grants, without
from tests.integration.deliveries import a_change, a_message

RECORD, ANNOUNCE = "functions.record_event.handler", "functions.send_alert.handler"
CLOCK, REPLAY = "functions.turn_clock.handler", "functions.replay_quarantine.handler"

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
    (CLOCK, "sqs:SendMessage"): "Lambda keeps the run that failed for good",
}

_numbers = count(100)


def _new_patient() -> str:
    return f"P-{next(_numbers)}"


def _all_taken(system: Deployment, handler: str, records: list[dict[str, object]]) -> bool:
    answer = system.invoke(system.functions[handler], {"Records": records})
    return bool(answer == {"batchItemFailures": []})


def records_events(system: Deployment) -> bool:
    """A visit to be recorded and a message for the quarantine."""
    good, bad = a_visit(1, patient_id=_new_patient()), a_visit(1, patient_id=_new_patient(), status="?")
    return _all_taken(system, RECORD, [a_message(good, "m-1"), a_message(bad, "m-2")])


def replays(system: Deployment) -> bool:
    """By a list of what lies there."""
    day = datetime.now(UTC).date().isoformat()
    try:
        done = system.invoke(system.functions[REPLAY], {"day": day})
    except FunctionFailed:
        return False
    return bool(done["sent"]) and not done["not_there"]


def announces(system: Deployment) -> bool:
    """The case file of a visit that nobody billed."""
    patient = _new_patient()
    parts = _recorded(system, a_visit(1, patient_id=patient))
    return _all_taken(system, ANNOUNCE, [a_change(1, parts, patient)])


def _recorded(system: Deployment, envelope: Envelope) -> dict[str, bytes]:
    patient = envelope["detail"]["patient_id"]
    system.put(envelope)
    eventually(lambda: system.table.case(patient).writes, "the case file")
    return system.table.case(patient).case.parts()


def turns_the_clock(system: Deployment) -> bool:
    """Over a visit of today that is due in a month, and was put there by the bus."""
    today = datetime.now(UTC).date()
    _recorded(system, a_visit(1, patient_id=_new_patient(), on=today))
    try:
        system.invoke(system.functions[CLOCK], {"source": "aws.events"})
    except FunctionFailed:
        return False
    return True


USES: dict[str, Callable[[Deployment], bool]] = {
    RECORD: records_events,
    ANNOUNCE: announces,
    CLOCK: turns_the_clock,
    REPLAY: replays,
}


@pytest.fixture
def later(system: Deployment) -> Iterator[None]:
    """The clock stands far enough ahead for all that is due."""
    with as_of(system, CLOCK, datetime.now(UTC).date() + timedelta(days=60)):
        yield


def test_every_function_of_the_template_is_used_here(system: Deployment) -> None:
    assert system.functions.keys() == USES.keys()


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("handler", USES)
def test_a_function_needs_every_grant_it_has(system: Deployment, handler: str) -> None:
    system.put(a_visit(1, patient_id=_new_patient(), status="?"))
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
        return USES[handler](system)
