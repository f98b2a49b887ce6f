"""What an event asks of DynamoDB on all its way, as docs/OPERATIONS.md counts it: recorded, announced, on the list."""

from collections import Counter

import pytest

from local.cloud import Cloud
from shared.aws.runtime import dynamodb
from tests.builders import a_visit
from tests.integration.deliveries import line, requests_counted
from tests.simulation.values import size

RECORDED = Counter(GetItem=1, PutItem=2)
ANNOUNCED = Counter(Query=1, PutItem=2)
PUT_OFF = Counter(PutItem=1)  # where people hear something of it later
LISTED = Counter(GetItem=1, Query=2)  # for each patient of a batch of changes
UNHEARD = Counter(Query=2)  # where something stands: what people hear later, and if there is any, of which step


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        # Two findings, which the list learns of after people did; the other way round each row is written twice.
        # One batch brings both writings of the case file, and a patient's rows are made once of a batch.
        ("completed", RECORDED + ANNOUNCED + PUT_OFF + LISTED + UNHEARD + Counter(PutItem=2)),
        # Nothing is concluded of it, so that nothing is announced.
        ("cancelled", RECORDED + LISTED),
    ],
)
def test_an_event_asks_what_the_guide_says(cloud: Cloud, status: str, asked: Counter[str]) -> None:
    with requests_counted() as requests:
        cloud.send(line(a_visit(1, status=status)))
        cloud.settle()

    assert requests == asked


def test_a_row_of_the_list_costs_two_write_units(cloud: Cloud) -> None:
    """One, and one for its place in the order, of 1 KB each."""
    cloud.send(line(a_visit(1)))
    cloud.settle()
    name = cloud.keeper.environment["WORKLIST_TABLE"]

    rows = dynamodb().scan(TableName=name)["Items"]

    assert rows
    assert max(map(size, rows)) <= 1024
