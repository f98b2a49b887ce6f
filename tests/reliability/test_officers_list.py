"""What people hold for open after all they heard on the topic, which carries no alert below its least severity."""

import json
import re
from collections.abc import Iterable
from datetime import date
from random import Random

import pytest

from shared.core.alerts import alerts, announced
from shared.core.case import CaseFile
from shared.core.events import Event
from shared.core.policy import policies
from shared.core.severity import Severity
from shared.core.standing import Transition
from tests.builders import Envelope, a_course, a_measure
from tests.reliability.acts import told
from tests.reliability.test_orders import a_long_history
from tests.simulation.ledger import Ledger
from tests.simulation.world import AS_OF, RECORDED_AT, World

# The twelfth session lies one day after the initial window, and no score shows improvement.
LATE_TWELFTH = [*a_course(11, scores={1: 7}), *a_course(1, start=date(2025, 4, 7), scores={}, first=12)]
IMPROVED = a_measure(1, on=date(2025, 3, 31), score=3)
RULE = "OUTSIDE_INITIAL_WINDOW"


def in_error(visit: Envelope) -> Envelope:
    return visit | {"detail": visit["detail"] | {"version": 2, "status": "entered-in-error"}}


def voided(claim: Envelope) -> Envelope:
    return claim | {"detail": claim["detail"] | {"version": 2, "frequency_code": "8"}}


def heard(world: World, rule: str) -> list[str]:
    """The steps of one rule that digests told people, in order."""
    said = [json.loads(message["Message"])["default"] for message in world.held.topic.messages]
    return [step for text in said for step in re.findall(rf"^  \[\w+\] {rule} (\w+):", text, re.MULTILINE)]


def send(world: World, *events: Envelope) -> None:
    for event in events:
        world.send([json.dumps(event)])
        world.drain()
    told(world)


def test_who_was_told_of_a_finding_is_told_when_it_is_withdrawn() -> None:
    """It was opened as a warning, became an info in between, and does not stand in the end."""
    world = World()
    with world.running():
        send(world, *LATE_TWELFTH)
        assert heard(world, RULE) == ["opened"]
        send(world, IMPROVED)
        send(world, in_error(LATE_TWELFTH[-2]), voided(LATE_TWELFTH[-1]))

    assert not any(RULE in finding for finding in Ledger(world).open())
    assert heard(world, RULE) == ["opened", "withdrawn"]


def held_open(events: Iterable[Event]) -> tuple[set[str], CaseFile]:
    """What people hold open if they hear every alert in its order, and the case file in the end."""
    case, last = CaseFile.new("P-1"), dict[str, str]()
    for event in events:
        before, (case, _) = case.standing, case.taking(event, policies(), AS_OF, RECORDED_AT)
        last |= {alert.finding.finding_id: alert.step for alert in announced(alerts(before, case.standing))}
    return {finding for finding, step in last.items() if step != Transition.WITHDRAWN}, case


@pytest.mark.parametrize("seed", range(10))
def test_people_hold_open_what_stands_and_nothing_else(seed: int) -> None:
    held, case = held_open(a_long_history(Random(seed)))

    grave = {id for id, finding in case.standing.findings.items() if finding.severity is not Severity.INFO}
    assert grave <= held <= case.standing.findings.keys()
