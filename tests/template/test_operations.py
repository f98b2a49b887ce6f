"""docs/OPERATIONS.md speaks of the stack that there is: every alarm and parameter, and no output that it has not."""

import re
from pathlib import Path

from local.template import TEMPLATE, read_template
from tests.template.resources import ALARM, FUNCTION, Expanded, ours

GUIDE = (Path(__file__).parents[2] / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
TEXT = read_template(TEMPLATE.read_text(encoding="utf-8"))


def first_column(heading: str) -> set[str]:
    """The names in code type in the first column of the table under that heading."""
    section = GUIDE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_alarm_is_explained_and_no_other() -> None:
    assert first_column("What each alarm means") == set(ours().of(ALARM))


def test_every_parameter_is_explained_and_no_other() -> None:
    assert first_column("Deploy") == set(TEXT["Parameters"])


def test_the_resources_named_are_there() -> None:
    known = {*ours().resources, *TEXT["Outputs"], *TEXT["Parameters"]}
    named = set(re.findall(r"`([A-Z][a-z]+[A-Z]\w+)`", GUIDE))
    elsewhere = {"FailedEntryCount", "PutEvents", "ReservedConcurrentExecutions", "RedrivePolicy", "FindingOpened"}
    elsewhere |= {"FindingReopened", "FindingWorsened", "FindingWithdrawn", "OutboxFull"}

    assert named - known - elsewhere == set()


def test_the_numbers_are_those_of_the_stack() -> None:
    """Without what a parameter adds."""
    always = Expanded({name: whole for name, whole in ours().resources.items() if "Condition" not in whole})
    reserved = sum(function["ReservedConcurrentExecutions"] for function in always.of(FUNCTION).values())

    assert f"reserve {reserved} concurrent executions" in GUIDE
    assert f"{len(always.of(ALARM))} alarms" in GUIDE
