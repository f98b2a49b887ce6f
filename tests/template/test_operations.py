"""docs/OPERATIONS.md speaks of the stack that there is: every alarm and parameter, and no output that it has not."""

import re
from pathlib import Path

from local.template import TEMPLATE, read_template
from tests.template.resources import ALARM, FUNCTION, ours

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
    elsewhere |= {"FindingReopened", "FindingWorsened", "FindingWithdrawn", "OutboxFull", "NotWhole", "UnclearLookback"}
    elsewhere |= {"TrailUnreadable"}

    assert named - known - elsewhere == set()


def test_the_numbers_are_those_of_the_stack() -> None:
    """Of what is always there, and of what a look-back adds."""
    stack = ours()
    always = {name for name in stack.resources if stack.condition_of(name) == ""}
    reserved = {name: one["ReservedConcurrentExecutions"] for name, one in stack.of(FUNCTION).items()}
    said = [reserved[name] for name in reserved.keys() - always]

    assert f"reserve {sum(reserved[name] for name in reserved.keys() & always)} concurrent executions" in GUIDE
    assert f"{len(stack.of(ALARM).keys() & always)} alarms" in GUIDE
    assert said.count({"Ref": "LookbackConcurrency"}) == 2
    assert f"adds twice `LookbackConcurrency`, and {sum(one for one in said if isinstance(one, int))}." in GUIDE
