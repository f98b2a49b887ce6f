"""One emulator and one stack for all; a test has patients of its own, and an end."""

import signal
from collections.abc import Generator, Iterator
from dataclasses import replace

import pytest

from tests.deployed.creating import deployed, subscribed
from tests.deployed.deployment import Deployment
from tests.deployed.emulator import Emulator, running
from tests.deployed.expanded import Template, built_template, expanded

ANNOUNCE = "functions.send_alert.handler"
SECONDS_A_TEST = 600  # ten times what the longest takes on a quiet machine


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """A process that never answers fails the test that waits for it, fixtures included."""
    signal.signal(signal.SIGALRM, _too_late)
    signal.alarm(SECONDS_A_TEST)
    try:
        return (yield)
    finally:
        signal.alarm(0)


def _too_late(*_: object) -> None:
    raise TimeoutError(f"the test was not over in {SECONDS_A_TEST} seconds")


@pytest.fixture(scope="session")
def template() -> Template:
    return expanded(built_template())


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as made:
        yield made


@pytest.fixture(scope="session")
def system(emulator: Emulator, template: Template) -> Deployment:
    return deployed(emulator, template, "audited")


@pytest.fixture(scope="session")
def audience(system: Deployment) -> Deployment:
    """Who hears what we run ourselves: by another topic, since that of the stack listens to its own function only."""
    topic = system.emulator.client("sns").create_topic(Name="ours")["TopicArn"]
    listening = subscribed(system.emulator, topic, "ours")
    return replace(system, outputs={"AlertTopicArn": topic}, listening=listening, alerts=[])


@pytest.fixture(scope="session")
def settings(audience: Deployment) -> dict[str, str]:
    """What a function finds around it that we run ourselves: as deployed, but for topic and identity."""
    lambdas, name = audience.emulator.client("lambda"), audience.functions[ANNOUNCE]
    known: dict[str, str] = lambdas.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    return known | audience.emulator.settings | {"TOPIC_ARN": audience.outputs["AlertTopicArn"]}
