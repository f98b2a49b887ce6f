"""A cloud for each test: what template.yaml describes, empty, on moto."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from local.cloud import Cloud
from local.surroundings import simulated_aws

AS_OF = date(2026, 6, 1)
RECORDED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def account() -> Iterator[None]:
    """Open for all tests, since clients take longer to make than all else."""
    with simulated_aws():
        yield


@pytest.fixture
def cloud(account: None) -> Iterator[Cloud]:  # noqa: ARG001  # pytest opens it first
    with simulated_aws():
        yield Cloud(AS_OF)


@pytest.fixture
def inside(cloud: Cloud) -> Iterator[Cloud]:
    """The same, with the settings of record_event in the environment."""
    with cloud.invoker.inside(cloud.recorder):
        yield cloud
