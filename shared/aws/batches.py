"""A batch whose records fail alone: Lambda is told which, and brings only those again.

Powertools has a processor for batches, with which a function loads asyncio and the classes of some fifty kinds of
event: a tenth of what a client of DynamoDB takes to start.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.aws.runtime import log_failure

Record = Mapping[str, Any]
Answer = dict[str, list[dict[str, str]]]


def answer_to_messages(messages: Iterable[Record], handle: Callable[[Record], object]) -> Answer:
    """Of a queue: those that failed are delivered again."""
    return _naming([message["messageId"] for message in messages if not _done(handle, message)])


def answer_to_changes(changes: Iterable[Record], handle: Callable[[Record], object]) -> Answer:
    """Of a table's stream: from the first that failed all come again."""
    return _naming([change["dynamodb"]["SequenceNumber"] for change in changes if not _done(handle, change)])


def _done(handle: Callable[[Record], object], record: Record) -> bool:
    try:
        handle(record)
    except Exception as error:  # noqa: BLE001  # whatever it is, the other records are none the worse
        log_failure("record failed", error)
        return False
    return True


def _naming(failed: list[str]) -> Answer:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
