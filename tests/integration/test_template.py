"""template.yaml is what the simulation runs: what it names exists, and a change of it is a change of the simulation."""

from collections.abc import Callable
from typing import Any

import pytest

from local.cloud import Cloud, MessagesLost
from local.functions import TemplateNotUnderstood, imported
from local.surroundings import simulated_aws
from local.template import TEMPLATE, read_template
from tests.builders import a_course
from tests.integration.conftest import AS_OF
from tests.integration.deliveries import line

TEXT = TEMPLATE.read_text(encoding="utf-8")
RESOURCES = read_template(TEXT)["Resources"]
FUNCTIONS = {n: r["Properties"] for n, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_handler_in_the_template_exists(name: str) -> None:
    assert callable(imported(FUNCTIONS[name]["Handler"]))


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(("size", "calls"), [(10, 1), (3, 4)])
def test_the_batch_size_of_the_template_is_used(size: int, calls: int) -> None:
    with simulated_aws():
        cloud = Cloud(AS_OF, TEXT.replace("BatchSize: 10", f"BatchSize: {size}"))
        batches = _counted(cloud)
        for envelope in a_course(5):
            cloud.send(line(envelope))
        cloud.settle()

    assert batches.count("RecordEvent") == calls


def _counted(cloud: Cloud) -> list[str]:
    called: list[str] = []
    original: Callable[..., set[str]] = cloud.invoker.failed

    def failed(function: Any, records: Any, *, partial: bool) -> set[str]:
        called.append(function.name)
        return original(function, records, partial=partial)

    cloud.invoker.failed = failed  # type: ignore[method-assign]
    return called


@pytest.mark.usefixtures("account")
def test_what_the_rule_does_not_let_through_is_missed() -> None:
    with simulated_aws():
        cloud = Cloud(AS_OF, TEXT.replace("anything-but: ncd-audit", "prefix: elsewhere"))
        cloud.send(line(a_course(1)[0]))
        cloud.settle()

        with pytest.raises(MessagesLost, match="1 lines were sent, 0 were answered"):
            cloud.run()


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("Handler: functions.record_event.handler", "Handler: functions.record_event.nothing", AttributeError),
        ("Type: AWS::Events::Archive", "Type: AWS::Pipes::Pipe", TemplateNotUnderstood),
        ("!GetAtt Table.StreamArn", "!GetAtt Table.Stream", TemplateNotUnderstood),
        ("TABLE_NAME: !Ref Table", "TABLE_NAME: !Ref Tabel", KeyError),
    ],
)
def test_a_mistake_in_the_template_stops_the_simulation(old: str, new: str, error: type[Exception]) -> None:
    assert old in TEXT
    with simulated_aws(), pytest.raises(error):
        Cloud(AS_OF, TEXT.replace(old, new))
