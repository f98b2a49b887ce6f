"""The surroundings of a simulated run: moto in place of AWS, and an environment that leads nowhere else."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

import boto3
from moto import mock_aws
from moto.moto_api._internal.models import moto_api_backend

from local.quick_moto import quick_moto
from shared.aws import runtime

if TYPE_CHECKING:
    from types_boto3_dynamodbstreams import DynamoDBStreamsClient
    from types_boto3_sqs import SQSClient

_open: ContextVar[bool] = ContextVar("open", default=False)
_ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # moto does not know the account's own address of the table's stream
    "POWERTOOLS_METRICS_DISABLED": "false",
    "POWERTOOLS_DEV": "false",
}
_ABSENT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


# A client takes 30 ms to make, longer than the rest of a small simulation takes to set up.
@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs")


@cache
def streams() -> "DynamoDBStreamsClient":
    return boto3.client("dynamodbstreams")


@contextmanager
def environment(values: Mapping[str, str], absent: tuple[str, ...] = ()) -> Iterator[None]:
    """`os.environ` with these values and without those names, put back afterwards."""
    before = {name: os.environ.pop(name, None) for name in (*values, *absent)}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})


@contextmanager
def simulated_aws() -> Iterator[None]:
    """An empty account of moto. No call leaves the process, and no client made inside is used outside.

    Inside another one it empties the account and keeps the clients: who simulates often opens one around all.
    """
    if _open.get():
        moto_api_backend.reset()
        yield
        return
    with environment(_ENVIRONMENT, _ABSENT), mock_aws(), quick_moto():
        _forget_clients()
        before = _open.set(True)
        try:
            yield
        finally:
            _open.reset(before)
            _forget_clients()


def _forget_clients() -> None:
    runtime.start_afresh()
    sqs.cache_clear()
    streams.cache_clear()
