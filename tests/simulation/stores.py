"""Bucket, topic and bus in memory: they keep what they were given, in order."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Bucket:
    objects: dict[str, bytes] = field(default_factory=dict)

    def copy(self) -> "Bucket":
        return Bucket(dict(self.objects))

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: ARG002, N803
        self.objects[Key] = Body
        return {"ETag": '"simulated"'}


@dataclass
class Topic:
    messages: list[dict[str, Any]] = field(default_factory=list)

    def copy(self) -> "Topic":
        return Topic(list(self.messages))

    def publish(self, *, TopicArn: str, **message: Any) -> dict[str, Any]:  # noqa: ARG002, N803
        self.messages.append(message)
        return {"MessageId": f"topic-{len(self.messages)}"}


@dataclass
class Bus:
    events: list[dict[str, Any]] = field(default_factory=list)

    def copy(self) -> "Bus":
        return Bus(list(self.events))

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        if not 1 <= len(Entries) <= 10:
            raise ValueError("PutEvents takes one to ten entries")
        self.events += Entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "simulated"} for _ in Entries]}
