"""In the place of Lambda's event source mappings: batches from a queue or a stream to a function, failures tried again.

moto's own mappings lose records that fail, so nothing is left to them.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from moto.events.models import EventPattern

from local.functions import Function, Source
from local.invoking import Invoker
from local.surroundings import sqs, streams
from shared.aws.keys import patient_of

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef

# How often one batch may come back before the simulation gives up; AWS has dead-letter queues for the rest.
_TRIES = 8
_AT_ONCE = 10  # messages a call of SQS
_RECORDS_A_CALL = 1000


class NeverDone(Exception):
    """A function failed on the same records again and again; its own words are in the message."""

    def __init__(self, function: str, records: int, errors: Sequence[str]) -> None:
        super().__init__(f"{function} never finished {records} records: {errors[-1] if errors else 'no error logged'}")


class QueuePump:
    """Feeds one function from one queue."""

    def __init__(self, function: Function, source: Source, invoker: Invoker) -> None:
        self._function, self._source, self._invoker = function, source, invoker
        self._client = sqs()
        self.url = self._client.get_queue_url(QueueName=source.arn.rsplit(":", 1)[1])["QueueUrl"]

    def run(self, seen: Callable[[Mapping[str, Any]], None]) -> None:
        """Until the queue is empty; `seen` is told of every message received."""
        tries = 0
        while messages := self._received():
            for message in messages:
                seen(message)
            failed = self._invoker.failed(
                self._function, [self._record(message) for message in messages], partial=self._source.partial
            )
            tries = tries + 1 if failed else 0
            if tries == _TRIES:
                raise NeverDone(self._function.name, len(failed), self._invoker.errors)
            self._answer(messages, failed)

    def _received(self) -> list[Any]:
        messages: list[Any] = []
        while more := self._source.batch_size - len(messages):
            answer = self._client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=min(more, _AT_ONCE),
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            if not (some := answer.get("Messages")):
                break
            messages += some
        return messages

    def _record(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {
                name: {"dataType": value["DataType"], "stringValue": value["StringValue"]}
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._source.arn,
            "awsRegion": "us-east-1",
        }

    def _answer(self, messages: Sequence[Mapping[str, Any]], failed: set[str]) -> None:
        delete(self.url, [message for message in messages if message["MessageId"] not in failed])
        for message in messages:
            if message["MessageId"] in failed:
                self._client.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )


def delete(url: str, messages: Sequence[Mapping[str, Any]]) -> None:
    """Acknowledge messages of a queue."""
    rest = iter(messages)
    while some := list(islice(rest, _AT_ONCE)):
        entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]} for message in some
        ]
        sqs().delete_message_batch(QueueUrl=url, Entries=entries)


class StreamPump:
    """Feeds one function from a table's stream, from the stream's beginning on."""

    def __init__(self, function: Function, source: Source, invoker: Invoker) -> None:
        self._function, self._source, self._invoker = function, source, invoker
        self._client = streams()
        self.patients: set[str] = set()  # everyone whose case file the stream spoke of
        self._patterns = [EventPattern(None, pattern) for pattern in source.patterns]
        [shard] = self._client.describe_stream(StreamArn=source.arn)["StreamDescription"]["Shards"]
        self._iterator = self._client.get_shard_iterator(
            StreamArn=source.arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]

    def run(self) -> None:
        """Until the stream has nothing new."""
        while records := self._read():
            wanted = [record for record in map(self._record, records) if self._wants(record)]
            for first in range(0, len(wanted), self._source.batch_size):
                self._deliver(wanted[first : first + self._source.batch_size])

    def _read(self) -> Sequence[Mapping[str, Any]]:
        answer = self._client.get_records(ShardIterator=self._iterator, Limit=_RECORDS_A_CALL)
        self._iterator = answer["NextShardIterator"]
        return answer["Records"]

    def _record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = _as_lambda_passes(record)
        if made["dynamodb"]["Keys"]["sk"]["S"] == "case":
            self.patients.add(patient_of(made["dynamodb"]["Keys"]["pk"]["S"]))
        return made | {"eventSourceARN": self._source.arn}

    def _wants(self, record: Any) -> bool:
        return not self._patterns or any(pattern.matches_event(record) for pattern in self._patterns)

    def _deliver(self, batch: list[dict[str, Any]]) -> None:
        """Lambda goes on from the first record that failed."""
        for _ in range(_TRIES):
            failed = self._invoker.failed(self._function, batch, partial=self._source.partial)
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            if not failed:
                return
            batch = batch[min(map(numbers.index, failed)) :]
        raise NeverDone(self._function.name, len(batch), self._invoker.errors)


def _as_lambda_passes(value: Any) -> Any:
    """JSON has no bytes and no dates."""
    match value:
        case dict():
            return {key: _as_lambda_passes(part) for key, part in value.items()}
        case list():
            return [_as_lambda_passes(part) for part in value]
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return value.timestamp()
    return value
