"""Every grant of every function is asked for: without it the function fails, so a missing one cannot go unnoticed.

Each function is called the way its trigger would, on the roles as deployed, one action taken away at a time.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.builders import a_visit
from tests.deployed.deployment import Deployment, FunctionFailed, eventually
from tests.deployed.operating import Grant, as_of, grants, source_stopped, without
from tests.deployed.taken import a_dropped_file, notified
from tests.deployed.undone import an_untold_case, leave_undone
from tests.integration.deliveries import a_change, a_message

RECORD, ANNOUNCE = "functions.record_event.handler", "functions.send_alert.handler"
CLOCK, REPLAY = "functions.turn_clock.handler", "functions.replay_quarantine.handler"
SWEEP = "functions.sweep.handler"
READ, FHIR = "functions.read_file.handler", "functions.receive_fhir.handler"

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
    (SWEEP, "sqs:SendMessage"): "Lambda keeps the run that failed for good",
    (FHIR, "sqs:SendMessage"): "Lambda keeps the run that failed for good",
}

A_TICK: dict[str, object] = {"source": "aws.events"}

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
    return _all_taken(system, ANNOUNCE, [a_change(1, an_untold_case(_new_patient()))])


def turns_the_clock(system: Deployment) -> bool:
    """Over a visit of today that is due in a month, and was put there by the bus."""
    patient, today = _new_patient(), datetime.now(UTC).date()
    system.put(a_visit(1, patient_id=patient, on=today))
    eventually(lambda: system.table.case(patient).writes, "the case file")
    return _runs(system, CLOCK, A_TICK)


def sweeps(system: Deployment) -> bool:
    """What the stream never brought, and what a dead writer left."""
    untold, untaken = _new_patient(), _new_patient()
    with source_stopped(system, ANNOUNCE):
        leave_undone(system, untold, untaken)
        return _runs(system, SWEEP, A_TICK) and _is_done(system, untold, untaken)


def _is_done(system: Deployment, untold: str, untaken: str) -> bool:
    return not system.table.case(untold).case.pending and system.table.case(untaken).writes == 1


def reads_a_file(system: Deployment) -> bool:
    """Claims, one of which goes to quarantine."""
    with source_stopped(system, READ):
        return _all_taken(system, READ, [a_dropped_file(system)])


def hears_of_fhir(system: Deployment) -> bool:
    try:
        return notified(system, FHIR)
    except FunctionFailed:
        return False


def _runs(system: Deployment, handler: str, event: dict[str, object]) -> bool:
    """It does not raise."""
    try:
        system.invoke(system.functions[handler], event)
    except FunctionFailed:
        return False
    return True


USES: dict[str, Callable[[Deployment], bool]] = {
    RECORD: records_events,
    ANNOUNCE: announces,
    CLOCK: turns_the_clock,
    REPLAY: replays,
    SWEEP: sweeps,
    READ: reads_a_file,
    FHIR: hears_of_fhir,
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
