"""What a simulation asks of moto often, of values of every kind; `python -m` prints what moto alone answers."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

import boto3

from local import surroundings

_NOT_ALIKE = {"ApproximateCreationDateTime", "ResponseMetadata", "SizeBytes", "eventID"}  # of one run and the next
_VALUES: dict[str, Any] = {
    "binary": {"B": b"\x00\xff"},
    "binaries": {"BS": [b"\x00", b"\x01"]},
    "list": {"L": [{"N": "1.50"}, {"M": {"in": {"B": b"x"}}}, {"NULL": True}]},
    "map": {"M": {"S": {"S": "named as a kind is"}, "none": {"L": []}, "not": {"BOOL": False}}},
    "numbers": {"NS": ["1", "2"]},
    "text": {"S": "é \u2028"},
    "texts": {"SS": ["a", "b"]},
    "version": {"N": "7"},
}


def answers() -> list[Any]:
    return [_plain(answer) for answer in (*_of_the_table(), *_of_the_topic())]


def _of_the_table() -> Iterator[Any]:
    table: Any = boto3.client("dynamodb")
    named = {"TableName": "t"}
    made = table.create_table(
        **named,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "text")],
        KeySchema=_keys("pk", "sk"),
        GlobalSecondaryIndexes=[
            {"IndexName": "by-text", "KeySchema": _keys("text", "sk"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    for place in (3, 1, 2, 10):
        yield table.put_item(**named, Item={"pk": {"S": "p"}, "sk": {"S": f"{place}"}, **_VALUES})
    yield table.put_item(**named, Item={"pk": {"S": "p"}, "sk": {"S": "1"}}, ReturnValues="ALL_OLD")
    yield table.get_item(**named, Key={"pk": {"S": "p"}, "sk": {"S": "2"}})
    yield table.get_item(**named, Key={"pk": {"S": "p"}, "sk": {"S": "4"}})
    for index, key, value in (({}, "pk", {"S": "p"}), ({"IndexName": "by-text"}, "text", _VALUES["text"])):
        asked = {"KeyConditionExpression": f"{key} = :k", "ExpressionAttributeValues": {":k": value}, "Limit": 2}
        yield table.query(**named, **index, **asked)
    yield from _of_the_stream(made["TableDescription"]["LatestStreamArn"])


def _keys(one: str, other: str) -> Any:
    return [{"AttributeName": one, "KeyType": "HASH"}, {"AttributeName": other, "KeyType": "RANGE"}]


def _of_the_stream(arn: str) -> Iterator[Any]:
    stream: Any = surroundings.streams()
    [shard] = stream.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    begin = stream.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
    yield stream.get_records(ShardIterator=begin["ShardIterator"])["Records"]


def _of_the_topic() -> Iterator[Any]:
    queue, topic = surroundings.sqs(), boto3.client("sns")
    url = queue.create_queue(QueueName="q")["QueueUrl"]
    attributes = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    yield {name: value for name, value in attributes.items() if "Timestamp" not in name}
    arn = topic.create_topic(Name="n")["TopicArn"]
    topic.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=attributes["QueueArn"])
    for told in ("one", "other"):
        topic.publish(TopicArn=arn, Subject=told, Message="said")
    for message in queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]:
        said = json.loads(message["Body"])
        yield said["Subject"], said["Message"], len(said["Signature"]), sorted(said), sorted(message)


def _plain(answer: Any) -> Any:
    match answer:
        case dict():
            return {name: _plain(value) for name, value in answer.items() if name not in _NOT_ALIKE}
        case list() | tuple():
            return [_plain(value) for value in answer]
        case bytes():
            return answer.hex()
    return answer


if __name__ == "__main__":
    with patch.object(surroundings, "quick_moto", nullcontext), surroundings.simulated_aws():
        print(json.dumps(answers()))  # noqa: T201
