"""The inbox from both ends: a delivery as a message, and a message out of quarantine sent in once more.

One that is sent again says by its attributes what it was called and when it was sent at first: refused again, it is
kept as the entry that it already is.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.aws.quarantine import Message
from shared.aws.runtime import inbox_url, sqs

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

FIRST_ID, FIRST_SENT = "first_message_id", "first_sent_at"
MAX_MESSAGE_BYTES = 1024 * 1024  # of SQS
_ATTRIBUTES_BYTES = 256  # they count as the message's
_AN_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
# What SQS refuses: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
# Compiled by who asks first: it takes milliseconds, and few starts of a function come to ask.
_NO_TEXT = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def message_text(body: bytes, limit: int = MAX_MESSAGE_BYTES) -> str | None:
    """The body of an SQS message, or None if SQS would not take it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if text and len(body) <= limit and not re.search(_NO_TEXT, text) else None


def delivered(record: Mapping[str, Any]) -> Message:
    """What the queue delivered, under the name it had at first."""
    # A lone surrogate, should one arrive, becomes bytes that no reader takes for UTF-8.
    body = record["body"].encode(errors="surrogatepass")
    if first := _first(record.get("messageAttributes") or {}):
        return Message(*first, body, replayed=True)
    sent_at = datetime.fromtimestamp(int(record["attributes"]["SentTimestamp"]) / 1000, UTC)
    return Message(record["messageId"], sent_at, body)


def _first(attributes: dict[str, Any]) -> tuple[str, datetime] | None:
    """Only what we ourselves would write: the words become the name of an object."""
    message_id, sent_at = (str(attributes.get(name, {}).get("stringValue")) for name in (FIRST_ID, FIRST_SENT))
    try:
        return (message_id, datetime.fromisoformat(sent_at)) if _AN_ID.fullmatch(message_id) else None
    except ValueError:
        return None


class Inbox(NamedTuple):
    client: "SQSClient"
    url: str

    def send_again(self, message: Message) -> bool:
        """Whether the queue carries it; what it does not only the sender can send again."""
        text = message_text(message.body, MAX_MESSAGE_BYTES - _ATTRIBUTES_BYTES)
        if text is None:
            return False
        self.client.send_message(
            QueueUrl=self.url,
            MessageBody=text,
            MessageAttributes={
                FIRST_ID: {"DataType": "String", "StringValue": message.id},
                FIRST_SENT: {"DataType": "String", "StringValue": message.sent_at.isoformat()},
            },
        )
        return True


def inbox() -> Inbox:
    return Inbox(sqs(), inbox_url())
