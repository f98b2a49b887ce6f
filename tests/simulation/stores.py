"""Bucket, topic and bus in memory: they keep what they were given, in order."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from tests.simulation.answers import service_error
from tests.simulation.table import Pages


@dataclass
class Bucket:
    objects: dict[str, bytes] = field(default_factory=dict)

    def copy(self) -> "Bucket":
        return Bucket(dict(self.objects))

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: ARG002, N803
        self.objects[Key] = Body
        return {"ETag": '"simulated"'}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: ARG002, N803
        if Key not in self.objects:
            raise service_error("GetObject", "NoSuchKey")
        return {"Body": BytesIO(self.objects[Key])}

    def list_objects_v2(self, *, Bucket: str, Prefix: str, **_: Any) -> dict[str, Any]:  # noqa: ARG002, N803
        return {"Contents": [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)]}

    def get_paginator(self, operation: str) -> Pages:
        return Pages(getattr(self, operation))


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
