"""A cloud for each module of tests of the desk, with what is known of three patients; who acts has a patient alone."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count
from typing import Any

import pytest

from local.cloud import Cloud
from local.surroundings import simulated_aws
from tests.builders import Envelope, a_claim_for, a_visit, an_eligibility
from tests.desk.asking import ask

AS_OF = date(2026, 3, 1)
_numbers = count(100)


@pytest.fixture(scope="session")
def account() -> Iterator[None]:
    with simulated_aws():
        yield


def taken_in(cloud: Cloud, events: Iterable[Envelope]) -> Cloud:
    for event in events:
        cloud.send(json.dumps(event).encode())
    cloud.settle()
    return cloud


def thirteenth(patient_id: str) -> Envelope:
    return a_visit(13, patient_id=patient_id, on=date(2025, 3, 31))


def without_kx(patient_id: str) -> list[Envelope]:
    """Twelve sessions elsewhere, and a 13th whose claim lacks KX."""
    elsewhere = {"count": 12, "first_on": "2025-01-06", "last_on": "2025-03-24"}
    known = an_eligibility(patient_id=patient_id, as_of=date(2025, 3, 30), external_sessions=elsewhere)
    return [known, thirteenth(patient_id), a_claim_for(thirteenth(patient_id))]


@pytest.fixture(scope="module")
def desk(account: None) -> Iterator[Cloud]:  # noqa: ARG001  # pytest opens it first
    """P-1 lacks KX on the 13th session, P-2's pain is of the neck, P-3 was never measured."""
    visits = [a_visit(1, patient_id="P-2", diagnoses=["M54.2"]), a_visit(1, patient_id="P-3")]
    told = [event for visit in visits for event in (visit, a_claim_for(visit))]
    with simulated_aws():
        yield taken_in(Cloud(AS_OF), [*without_kx("P-1"), *told])


@pytest.fixture(scope="module")
def untouched(desk: Cloud) -> dict[str, Any]:
    """The missing KX of P-1, which nobody acts on: for tests that only read, or are refused."""
    [found] = rows_of(desk, "P-1")
    return found


@pytest.fixture
def row(desk: Cloud) -> dict[str, Any]:
    """The same of a patient whom no other test knows."""
    patient_id = f"P-{next(_numbers)}"
    taken_in(desk, without_kx(patient_id))
    [found] = rows_of(desk, patient_id)
    return found


def rows_of(cloud: Cloud, patient_id: str, rule: str = "KX_MISSING", **query: Any) -> list[dict[str, Any]]:
    rows = ask(cloud, "/worklist", rule=rule, limit=200, **query).json["rows"]
    return [row for row in rows if row["patient_id"] == patient_id]
