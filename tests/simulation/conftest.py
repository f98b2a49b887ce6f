"""An empty table for each test, of the kind it names."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.surroundings import simulated_aws
from shared.aws.runtime import dynamodb
from tests.simulation.index import INDEXES, WHOLE, Index
from tests.simulation.subject import NAME, Subject
from tests.simulation.table import Table
from tests.simulation.wire import Client, Wire


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    with simulated_aws():
        yield


@pytest.fixture
def subject(request: pytest.FixtureRequest, account: None) -> Iterator[Subject]:  # noqa: ARG001  # opened first
    if request.param == "memory":
        memory = Table()
        yield Subject(Client(memory, Wire()), memory)
        return
    with simulated_aws():
        _create(dynamodb())
        yield Subject(dynamodb(), None)


def _create(client: Any) -> None:
    names = sorted({name for index in (WHOLE, *INDEXES.values()) for name in (index.hash, index.range)})
    client.create_table(
        TableName=NAME,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=_schema(WHOLE),
        GlobalSecondaryIndexes=[
            {"IndexName": name, "KeySchema": _schema(index), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for name, index in INDEXES.items()
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def _schema(index: Index) -> list[dict[str, str]]:
    return [{"AttributeName": index.hash, "KeyType": "HASH"}, {"AttributeName": index.range, "KeyType": "RANGE"}]
