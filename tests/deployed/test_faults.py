"""A template with a fault does not work here either: what this emulator lets pass would pass unseen."""

import pytest

from tests.builders import a_visit
from tests.deployed.creating import deployed
from tests.deployed.deployment import Deployment, NotSeen, eventually
from tests.deployed.emulator import Emulator
from tests.deployed.expanded import Template
from tests.deployed.faults import allows, grants, without

VISIT = a_visit(1, patient_id="P-9")


def arrived(system: Deployment) -> bool:
    return system.is_waiting() or bool(system.table.case("P-9").writes)


def test_without_the_policy_of_the_queue_no_event_gets_in(emulator: Emulator, template: Template) -> None:
    shut = deployed(emulator, without(template, allows("events", "sqs:SendMessage")), "shut")

    shut.put(VISIT)

    with pytest.raises(NotSeen):
        eventually(lambda: arrived(shut), "the event", patience=2)


def test_with_it_the_event_is_in_at_once(system: Deployment) -> None:
    system.put(VISIT)

    eventually(lambda: arrived(system), "the event", patience=2)


def test_without_a_grant_nothing_is_recorded(emulator: Emulator, template: Template) -> None:
    poor = deployed(emulator, without(template, grants("dynamodb:PutItem")), "poor")

    poor.put(VISIT)

    eventually(lambda: poor.logged("record failed"), "the failure in the log")
    assert poor.is_waiting()
    assert not poor.table.case("P-9").writes
