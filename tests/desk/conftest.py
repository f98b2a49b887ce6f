"""A cloud for each test of the desk, with what is known of three patients taken in."""

import json
from collections.abc import Iterable, Iterator
from datetime import date

import pytest

from local.cloud import Cloud
from local.surroundings import simulated_aws
from tests.builders import Envelope, a_claim_for, a_visit, an_eligibility

AS_OF = date(2026, 3, 1)


@pytest.fixture(scope="session")
def account() -> Iterator[None]:
    with simulated_aws():
        yield


@pytest.fixture
def cloud(account: None) -> Iterator[Cloud]:  # noqa: ARG001  # pytest opens it first
    with simulated_aws():
        yield Cloud(AS_OF)


def taken_in(cloud: Cloud, events: Iterable[Envelope]) -> Cloud:
    for event in events:
        cloud.send(json.dumps(event).encode())
    cloud.settle()
    return cloud


THIRTEENTH = a_visit(13, on=date(2025, 3, 31))


@pytest.fixture
def desk(cloud: Cloud) -> Cloud:
    """P-1 had twelve sessions elsewhere and lacks KX on the 13th, P-2's pain is of the neck, P-3 was never measured."""
    elsewhere = {"count": 12, "first_on": "2025-01-06", "last_on": "2025-03-24"}
    visits = [THIRTEENTH, a_visit(1, patient_id="P-2", diagnoses=["M54.2"]), a_visit(1, patient_id="P-3")]
    told = [event for visit in visits for event in (visit, a_claim_for(visit))]
    return taken_in(cloud, [an_eligibility(as_of=date(2025, 3, 30), external_sessions=elsewhere), *told])
