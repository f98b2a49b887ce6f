"""An operator, by hand -> entries of the quarantine sent through the inbox once more, the same door as for everything.

Asked with {"keys": ["DAY/ID.json", ...]}, or with {"reason": ..., "day": "2026-06-01"} (either alone, and a beginning
of a day, will do). To ask twice is the same as once. A body is never mended here: its sender mends and resends it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.errors import UnclearReplay
from shared.aws.inbox import Inbox, inbox
from shared.aws.quarantine import Quarantine, quarantine
from shared.aws.runtime import logger
from shared.core.errors import Reason

LEFT_TO_ANSWER = 5_000  # milliseconds
ANSWERS = ("sent", "not_there", "not_sendable", "not_reached")


def wanted(asked: Mapping[str, Any], store: Quarantine) -> tuple[Iterable[str], str | None]:
    """The keys to go through, and the only reason that counts (None: any)."""
    match asked:
        case {"keys": [*keys]}:
            return map(str, keys), None
        case {"reason": reason} if reason not in set(Reason):
            raise UnclearReplay
        case {"reason": _} | {"day": _}:
            return store.listed(str(asked.get("day", ""))), asked.get("reason")
    raise UnclearReplay


def replay(key: str, reason: str | None, store: Quarantine, queue: Inbox) -> str | None:
    """One of ANSWERS, or None for an entry of another reason."""
    entry = store.entry(key)
    if entry is None:
        return "not_there"
    if reason not in (None, entry.reason):
        return None
    return "sent" if queue.send_again(entry.message) else "not_sendable"


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[str]]:
    """The keys by what was done with them. What became of those sent, `<key>.replayed` will say."""
    store, queue = quarantine(), inbox()
    keys, reason = wanted(event, store)
    done: dict[str, list[str]] = {answer: [] for answer in ANSWERS}
    for key in keys:
        in_time = context.get_remaining_time_in_millis() > LEFT_TO_ANSWER
        if answer := replay(key, reason, store, queue) if in_time else "not_reached":
            done[answer].append(key)
    logger.info("replayed", extra={answer: len(found) for answer, found in done.items()})
    return done
