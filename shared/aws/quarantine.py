"""What could not be recorded, kept for a person: one object per message, `<day it was sent>/<message id>.json`.

The key depends on the message alone, so a redelivery overwrites its own entry.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.aws.runtime import s3, settings
from shared.core.errors import Unreadable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True)
class Message:
    """What the inbox delivered, byte for byte."""

    id: str
    sent_at: datetime
    body: bytes


@dataclass(frozen=True)
class Quarantine:
    client: "S3Client"
    bucket: str

    def keep(self, message: Message, problem: Unreadable) -> None:
        self.client.put_object(
            Bucket=self.bucket,
            Key=f"{message.sent_at:%Y-%m-%d}/{message.id}.json",
            Body=json.dumps(_entry(message, problem)).encode(),
            ContentType="application/json",
        )


def _entry(message: Message, problem: Unreadable) -> dict[str, str | None]:
    return {
        "reason": problem.reason,
        "where": problem.where,
        "event_id": problem.event_id,
        "message_id": message.id,
        "sha256": hashlib.sha256(message.body).hexdigest(),
        "received_at": message.sent_at.isoformat(),
    } | _body(message.body)


def _body(body: bytes) -> dict[str, str | None]:
    try:
        return {"body": body.decode(), "encoding": "text"}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "encoding": "base64"}


def quarantine() -> Quarantine:
    return Quarantine(s3(), settings().quarantine_bucket)
