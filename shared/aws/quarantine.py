"""What could not be recorded, kept for a person: one object per message, `<day it was sent>/<message id>.json`.

The key depends on the message alone, so a redelivery overwrites its own entry, and so does a replay that is refused
again. What became of the latest replay is said beside it, in `<key>.replayed`; an entry is never deleted.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from shared.aws.runtime import s3, settings
from shared.core.errors import Reason, Unreadable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

    from shared.core.history import Outcome

_ENTRY, _REPLAYED = ".json", ".replayed"


class Message(NamedTuple):
    """What the inbox delivered, byte for byte; `replayed`: out of quarantine, under the id and time it had at first."""

    id: str
    sent_at: datetime
    body: bytes
    replayed: bool = False

    @property
    def key(self) -> str:
        return f"{self.sent_at:%Y-%m-%d}/{self.id}{_ENTRY}"


class Entry(NamedTuple):
    """A message in quarantine, and why it is there."""

    key: str
    message: Message
    reason: str
    where: str
    event_id: str | None
    sha256: str


class Quarantine(NamedTuple):
    client: "S3Client"
    bucket: str

    def keep(self, message: Message, problem: Unreadable) -> None:
        self._put(message.key, _stored(message, problem))

    def listed(self, day: str = "") -> Iterator[str]:
        """The keys of the entries whose day begins so, the oldest day first."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=day)
        keys = (found["Key"] for page in pages for found in page.get("Contents", []))
        yield from (key for key in keys if key.endswith(_ENTRY))

    def entry(self, key: str) -> Entry | None:
        stored = self._get(key) if key.endswith(_ENTRY) else None
        return _entry(key, stored) if stored else None

    def note_replay(self, message: Message, answer: "Outcome | Reason") -> None:
        """Without a time, which S3 knows: the same answer makes the same object."""
        self._put(message.key + _REPLAYED, {"answer": answer})

    def replayed(self, key: str) -> str | None:
        """What the latest replay of the entry came to: an outcome, or the reason of its refusal."""
        noted = self._get(key + _REPLAYED)
        return str(noted["answer"]) if noted else None

    def _put(self, key: str, content: Mapping[str, str | None]) -> None:
        body = json.dumps(content).encode()
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")

    def _get(self, key: str) -> Any:
        try:
            return json.loads(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None


def _stored(message: Message, problem: Unreadable) -> dict[str, str | None]:
    return {
        "reason": problem.reason,
        "where": problem.where,
        "event_id": problem.event_id,
        "message_id": message.id,
        "sha256": hashlib.sha256(message.body).hexdigest(),
        "received_at": message.sent_at.isoformat(),
    } | stored_body(message.body)


def stored_body(body: bytes) -> dict[str, str | None]:
    """Text where it is text, so that a person can read it."""
    try:
        return {"body": body.decode(), "encoding": "text"}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "encoding": "base64"}


def _entry(key: str, stored: Mapping[str, Any]) -> Entry:
    text = stored["body"]
    body = base64.b64decode(text) if stored["encoding"] == "base64" else text.encode()
    message = Message(stored["message_id"], datetime.fromisoformat(stored["received_at"]), body)
    return Entry(key, message, stored["reason"], stored["where"], stored["event_id"], stored["sha256"])


def quarantine() -> Quarantine:
    return Quarantine(s3(), settings().quarantine_bucket)
