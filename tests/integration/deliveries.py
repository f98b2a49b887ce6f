"""Deliveries as Lambda makes them, and faults as botocore meets them."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from local.cloud import Cloud
from shared.aws.items import Item
from shared.aws.runtime import dynamodb
from shared.core.events import Event
from shared.core.intake import parse_event


def line(envelope: Mapping[str, Any]) -> bytes:
    return json.dumps(envelope).encode()


def snapshot(envelope: Mapping[str, Any]) -> Event:
    return parse_event(line(envelope)).detail


def a_message(envelope: Mapping[str, Any], message_id: str = "m-1") -> dict[str, Any]:
    """A record of an SQS batch."""
    return {
        "messageId": message_id,
        "body": json.dumps(envelope),
        "attributes": {"SentTimestamp": "1750000000123", "ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }


def a_change(number: int, item: Item) -> dict[str, Any]:
    """A record of the table's stream: a new case file."""
    image = {name: _as_lambda_passes(value) for name, value in item.items()}
    return {
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {name: item[name] for name in ("pk", "sk")},
            "NewImage": image,
            "SequenceNumber": str(number),
        },
    }


def _as_lambda_passes(value: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: base64.b64encode(said).decode() if kind == "B" else said for kind, said in value.items()}


def recorded(cloud: Cloud, *messages: dict[str, Any]) -> set[str]:
    """Give the messages to record_event; the ids it names as failed."""
    return cloud.invoker.failed(cloud.recorder, messages, partial=True)


def messages_of(cloud: Cloud, rule: str) -> list[dict[str, Any]]:
    """What people heard of one rule, the clock rules speaking too."""
    return [message for message in cloud.heard.messages if attribute(message, "rule") == rule]


def attribute(message: Mapping[str, Any], name: str) -> str:
    """Of a message as SNS delivers it; empty where it has none of that name."""
    return str(message["MessageAttributes"].get(name, {}).get("Value", ""))


def events_of(cloud: Cloud, rule: str) -> list[dict[str, Any]]:
    return [event for event in cloud.heard.events if event["detail"]["rule"] == rule]


def metrics(cloud: Cloud) -> dict[str, int]:
    return {name: count for name, count in cloud.invoker.metrics.items() if count}


@contextmanager
def hooked(client: Any, event: str, hook: Callable[..., Any], *, last: bool = False) -> Iterator[None]:
    """`hook` is called at that point of botocore's way; `last` is after the effect."""
    (client.meta.events.register_last if last else client.meta.events.register_first)(event, hook)
    try:
        yield
    finally:
        client.meta.events.unregister(event, hook)


@contextmanager
def requests_counted() -> Iterator[Counter[str]]:
    """Every request to DynamoDB, by the name of the operation."""
    counter: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        counter[model.name] += 1

    with hooked(dynamodb(), "before-call.dynamodb", count):
        yield counter


def answer_of_200(body: Mapping[str, Any]) -> Callable[..., Any]:
    """A hook for `before-call` that answers in the place of AWS."""
    return lambda **_: (AWSResponse("", 200, HTTPHeaders(), None), body)
