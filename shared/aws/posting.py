"""Events of files on their way to the bus, by which they come to the inbox like everybody's.

PutEvents answers 200 and says inside which entries it did not take: those that may pass another time are tried again,
and what the bus will never take is given back by itself.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from random import SystemRandom
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.aws.errors import EventsNotTaken
from shared.aws.runtime import events, settings

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

# What PutEvents takes in one call: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
_ENTRIES = 10
_BYTES = 256 * 1024
_OF_AN_ENTRY = 14  # what the time counts for
_LATER = {"ThrottlingException", "InternalFailure", "InternalException"}
TOO_LARGE = "TooLarge"  # ours: the bus answers no code for it, but refuses the whole call
_TRIES = 5
_FIRST_WAIT = 0.1  # seconds; doubled with every try, of which a random part is waited

Envelope = Mapping[str, Any]


class Post(NamedTuple):
    """The bus as those who send to it see it."""

    client: "EventBridgeClient"
    bus: str

    def send(self, envelopes: Sequence[Envelope]) -> dict[int, str]:
        """Put them all on the bus; which of them it will never take, by place, with its word for why."""
        refused = {place: TOO_LARGE for place, envelope in enumerate(envelopes) if _size(envelope) > _BYTES}
        places = [place for place in range(len(envelopes)) if place not in refused]
        for batch in _batches(places, envelopes):
            refused |= self._put(batch, envelopes)
        return refused

    def _put(self, batch: Sequence[int], envelopes: Sequence[Envelope]) -> dict[int, str]:
        refused: dict[int, str] = {}
        for tried in range(_TRIES):
            answer = self.client.put_events(Entries=[self._entry(envelopes[place]) for place in batch])
            codes = {p: e["ErrorCode"] for p, e in zip(batch, answer["Entries"], strict=True) if "ErrorCode" in e}
            refused |= {place: code for place, code in codes.items() if code not in _LATER}
            batch = [place for place, code in codes.items() if code in _LATER]
            if not batch:
                return refused
            time.sleep(SystemRandom().uniform(0, _FIRST_WAIT * 2**tried))
        raise EventsNotTaken([codes[place] for place in batch])

    def _entry(self, envelope: Envelope) -> "PutEventsRequestEntryTypeDef":
        entry: PutEventsRequestEntryTypeDef = {
            "EventBusName": self.bus,
            "Source": envelope["source"],
            "DetailType": envelope["detail-type"],
            "Detail": _detail(envelope),
        }
        return entry | {"Time": at} if (at := _time(envelope)) else entry


def _batches(places: Iterable[int], envelopes: Sequence[Envelope]) -> Iterator[list[int]]:
    """So many at once as one call takes, in their order."""
    batch: list[int] = []
    size = 0
    for place in places:
        more = _size(envelopes[place])
        if batch and (len(batch) == _ENTRIES or size + more > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(place)
        size += more
    if batch:
        yield batch


def _size(envelope: Envelope) -> int:
    named = len(envelope["source"].encode()) + len(envelope["detail-type"].encode())
    return named + len(_detail(envelope)) + _OF_AN_ENTRY


def _detail(envelope: Envelope) -> str:
    return json.dumps(envelope["detail"], separators=(",", ":"))  # ASCII: a character is a byte


def _time(envelope: Envelope) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(envelope.get("time")))
    except ValueError:
        return None
    return at if at.tzinfo else None


def post() -> Post:
    return Post(events(), settings().bus_name)
