"""The inbox in memory: visibility, receive counts, repeats, no order, and dead letters."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from shared.aws.inbox import FIRST_ID

MAX_RECEIVES = 5
VISIBILITY = 180


@dataclass(frozen=True)
class Message:
    id: str
    body: str
    sent_at: int
    visible_at: int
    received: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Queue:
    """`repeats` is how likely a message that was deleted comes once more."""

    random: Random
    repeats: float = 0.0
    waiting: dict[str, Message] = field(default_factory=dict)
    dead: dict[str, Message] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)  # by which name quarantine knows it
    sent: int = 0
    names: int = 0

    def send(self, body: str, now: int, delay: int = 0, attributes: Mapping[str, Any] | None = None) -> str:
        self.sent += 1
        message = Message(f"m-{self.sent}", body, now, now + delay, attributes=attributes or {})
        self.waiting[message.id] = message
        return message.id

    def visible(self, now: int) -> list[Message]:
        return [message for message in self.waiting.values() if message.visible_at <= now]

    def receive(self, most: int, now: int) -> list[Message]:
        """Some of what is visible, in any order; who came too often goes to the dead letters instead."""
        seen = self.visible(now)
        chosen = self.random.sample(seen, min(most, len(seen)))
        given = []
        for message in chosen:
            if message.received == MAX_RECEIVES:
                self.dead[message.id] = self.waiting.pop(message.id)
                continue
            taken = replace(message, received=message.received + 1, visible_at=now + VISIBILITY)
            self.waiting[message.id] = taken
            given.append(taken)
        return given

    def delete(self, id: str, now: int) -> None:
        message = self.waiting.pop(id)
        again = id not in self.acknowledged and self.random.random() < self.repeats
        self.acknowledged[id] = message.body
        self.first[id] = str(message.attributes.get(FIRST_ID, {}).get("stringValue", id))
        if again:
            self.waiting[id] = replace(message, visible_at=now + VISIBILITY)

    def redrive(self, now: int) -> None:
        """Every dead letter back into the queue; SQS gives each a new id."""
        dead = list(self.dead.values())
        self.dead.clear()
        for message in dead:
            self.names += 1
            self.waiting[f"r-{self.names}"] = replace(message, id=f"r-{self.names}", visible_at=now, received=0)
