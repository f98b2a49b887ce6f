"""How a line of a stream file gets into the cloud: by the bus, by the inbox, or not at all.

A bus takes well-formed envelopes only, and gives each a new id. A line it would refuse, or whose content it could
change on the way (a key twice, a number that no float holds), goes to the inbox as it is, as from a sender that writes
to the queue; what no queue carries goes straight to where the inbox would have put it.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from shared.aws.announcing import SOURCE
from shared.core.intake import MAX_EVENT_BYTES

if TYPE_CHECKING:
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

# EventBridge adds account, region, version, an id of 36 characters and resources.
_ENVELOPE_BYTES = 512
_PLACEHOLDER = re.compile(r"<[a-z.-]+>")


def read_envelope(line: bytes) -> dict[str, Any] | None:
    """The envelope that the bus would deliver unchanged but for its id, or None."""
    try:
        envelope = json.loads(
            line.decode(), object_pairs_hook=_no_key_twice, parse_float=_exact, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        return None
    return envelope if isinstance(envelope, dict) and _fits(envelope, line) else None


def entry(bus: str, envelope: dict[str, Any]) -> "PutEventsRequestEntryTypeDef":
    """What PutEvents wants of the envelope."""
    made: PutEventsRequestEntryTypeDef = {
        "EventBusName": bus,
        "Source": envelope["source"],
        "DetailType": envelope["detail-type"],
        "Detail": json.dumps(envelope["detail"]),
    }
    if time := _time(envelope.get("time")):
        made["Time"] = time
    return made


def _fits(envelope: dict[str, Any], line: bytes) -> bool:
    source, kind, detail = (envelope.get(name) for name in ("source", "detail-type", "detail"))
    named = isinstance(source, str) and source and isinstance(kind, str) and kind
    # AWS keeps aws.* for itself; and the rule leaves out what comes from us.
    if not named or not isinstance(detail, dict) or source == SOURCE or str(source).startswith("aws."):
        return False
    if not _survives_moto(envelope):
        return False
    return max(len(line), len(json.dumps(envelope)) + _ENVELOPE_BYTES) <= MAX_EVENT_BYTES


def _survives_moto(envelope: Mapping[str, Any]) -> bool:
    """Moto writes the event into a text with placeholders, and would take such words in it for its own."""
    texts = [json.dumps(envelope[name]) for name in ("source", "detail-type", "detail")]
    return not any(_PLACEHOLDER.search(text) for text in texts) and not any("\\" in text for text in texts[:2])


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(made := dict(pairs)) != len(pairs):
        raise ValueError
    return made


def _exact(text: str) -> float:
    number = float(text)
    if Decimal(repr(number)) != Decimal(text):
        raise ValueError
    return number


def _no_number(_: str) -> NoReturn:
    raise ValueError


def _time(text: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo and time >= datetime.fromtimestamp(0, UTC) else None
