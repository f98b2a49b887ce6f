"""send_alert as built and the failures it names: no alert is lost behind a record that cannot be read.

By a mapping of our own, since the emulator's takes a partial failure for success.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest

from tests.deployed.deployment import Deployment
from tests.deployed.expanded import BUILT, REGION, Template
from tests.deployed.packages import layers
from tests.deployed.runtime_api import FunctionRaised, Invoke, deliver, started
from tests.deployed.undone import an_untold_case
from tests.integration.deliveries import a_change

HANDLER = "functions.send_alert.handler"


@pytest.fixture(scope="module")
def properties(template: Template) -> Mapping[str, Any]:
    [found] = [
        r["Properties"] for r in template["Resources"].values() if r.get("Properties", {}).get("Handler") == HANDLER
    ]
    return dict(found)


@pytest.fixture
def run(template: Template, properties: Mapping[str, Any], settings: dict[str, str]) -> Iterator[Callable[..., Invoke]]:
    """Starts the function with the settings it was deployed with, changed as asked."""
    package, on_path = BUILT / properties["Code"]["S3Key"], layers(template, properties)
    with ExitStack() as running:

        def start(**changed: str) -> Invoke:
            one: AbstractContextManager[Invoke] = started(package, on_path, settings | {"_HANDLER": HANDLER} | changed)
            return running.enter_context(one)

        yield start


def a_case(number: int, patient_id: str) -> dict[str, Any]:
    return a_change(number, an_untold_case(patient_id))


def a_broken_one(number: int) -> dict[str, Any]:
    return a_change(number, {**an_untold_case("P-broken"), "pending": {"B": b"?"}})


def told(audience: Deployment, patient_id: str) -> list[dict[str, Any]]:
    return audience.told("VISIT_WITHOUT_CLAIM", patient_id)


def test_a_record_that_cannot_be_read_fails_alone(run: Callable[..., Invoke], audience: Deployment) -> None:
    answer = run()({"Records": [a_case(1, "P-31"), a_broken_one(2), a_case(3, "P-32")]})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert len(told(audience, "P-31")) == len(told(audience, "P-32")) == 1


def test_a_record_that_never_can_be_read_is_given_up_and_all_others_are_told(
    run: Callable[..., Invoke], audience: Deployment, template: Template
) -> None:
    [retries] = {r["Properties"]["MaximumRetryAttempts"] for r in _stream_mappings(template)}
    broken = a_broken_one(2)

    given_up = deliver([a_case(1, "P-33"), broken, a_case(3, "P-34")], run(), retries)

    assert given_up == [broken]
    assert len(told(audience, "P-33")) == len(told(audience, "P-34")) == 1  # what the trail has is not told again


def _stream_mappings(template: Template) -> list[Mapping[str, Any]]:
    mappings = [r for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::EventSourceMapping"]
    return [mapping for mapping in mappings if "StartingPosition" in mapping["Properties"]]


def test_what_the_topic_does_not_take_comes_again(run: Callable[..., Invoke]) -> None:
    nowhere = f"arn:aws:sns:{REGION}:000000000000:nowhere"

    answer = run(TOPIC_ARN=nowhere)({"Records": [a_case(1, "P-35"), a_case(2, "P-36")]})

    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == ["1", "2"]


def test_without_a_setting_the_whole_batch_comes_again(run: Callable[..., Invoke]) -> None:
    batch = [a_case(1, "P-37")]
    invoke = run(TOPIC_ARN="")

    with pytest.raises(FunctionRaised, match="TOPIC_ARN"):
        invoke({"Records": batch})
    assert deliver(batch, invoke, retries=2) == batch
