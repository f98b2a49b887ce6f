"""Which line each message of a simulation came from: the bus and the inbox give ids of their own."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.aws.inbox import FIRST_ID
from shared.aws.quarantine import Entry


@dataclass(frozen=True)
class Origin:
    """The line a message came from, and the id it had there: the bus gives its own."""

    line: int
    event_id: str | None


class Origins:
    """What was sent, by the ids of the bus and by those of the inbox."""

    def __init__(self) -> None:
        self._by_event: dict[str, Origin] = {}
        self._by_message: dict[str, Origin] = {}

    def events(self, sent: Iterable[tuple[str, Origin]]) -> None:
        self._by_event |= sent

    def message(self, message_id: str, origin: Origin) -> None:
        self._by_message[message_id] = origin

    def trace(self, message: Mapping[str, Any]) -> None:
        """A message of the bus carries the bus's id inside; one sent to the inbox is known by its own, or its first."""
        if message["MessageId"] not in self._by_message and FIRST_ID not in message.get("MessageAttributes", {}):
            self._by_message[message["MessageId"]] = self._by_event[json.loads(message["Body"])["id"]]

    def told(self, entries: Iterable[Entry]) -> list[Entry]:
        """What lies in quarantine, in the order of the lines, under the ids the lines had."""
        in_order = sorted(entries, key=lambda entry: self._by_message[entry.message.id].line)
        return [entry._replace(event_id=self._own_id(entry)) for entry in in_order]

    def _own_id(self, entry: Entry) -> str | None:
        origin = self._by_event.get(entry.event_id or "")
        return origin.event_id if origin else entry.event_id
