"""An empty table for each test, of the kind it names."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from moto.core.models import botocore_stubber

from local.surroundings import simulated_aws, streams
from shared.aws.runtime import dynamodb
from tests.simulation.index import INDEXES, WHOLE, Index
from tests.simulation.ministack import ministack, reset
from tests.simulation.subject import NAME, Subject
from tests.simulation.table import Table
from tests.simulation.wire import Client, Wire


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    with simulated_aws():
        yield


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    with ministack() as address:
        yield address


@pytest.fixture
def subject(request: pytest.FixtureRequest, account: None) -> Iterator[Subject]:  # noqa: ARG001  # opened first
    match request.param:
        case "memory":
            memory = Table()
            yield Subject(Client(memory, Wire()), None, memory)
        case "moto":
            with simulated_aws():
                _create(dynamodb())
                yield Subject(dynamodb(), streams(), None)
        case "ministack":
            yield from _of_ministack(request.getfixturevalue("emulator"))


def _of_ministack(address: str) -> Iterator[Subject]:
    reset(address)
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    table, stream = (session.client(name, endpoint_url=address) for name in ("dynamodb", "dynamodbstreams"))
    with patch.object(botocore_stubber, "enabled", new=False):  # moto, where it is open, answers for every address
        _create(table)
        yield Subject(table, stream, None)
    table.close()
    stream.close()


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
