"""Fact first, then conclusions: how one event gets into its patient's case file.

Nothing here is undone. A crash after the fact leaves a fact that the redelivered event finds and goes on from;
a lost race or a lost reply is answered by reading again, and a case file that holds the event needs no writing.
"""

import time
from collections.abc import Callable
from datetime import date
from random import SystemRandom
from typing import TypeVar

from shared.aws.errors import CaseChanged
from shared.aws.runtime import now
from shared.aws.table import CaseTable
from shared.core.errors import Reason, Unreadable
from shared.core.events import Event
from shared.core.history import Outcome
from shared.core.policy import Policies

Answer = TypeVar("Answer")

TRIES = 5
_FIRST_WAIT = 0.05  # seconds; doubled with every try, of which a random part is waited


def record(event: Event, event_id: str | None, table: CaseTable, policies: Policies, as_of: date) -> Outcome:
    """Record the event; `Unreadable` (conflict) if its version is taken, `CaseChanged` if others always came first."""
    table.keep_fact(event, event_id, as_of)
    return take_in(event, event_id, table, policies, as_of)


def take_in(event: Event, event_id: str | None, table: CaseTable, policies: Policies, as_of: date) -> Outcome:
    """The same of an event whose fact is kept."""
    return persisting(lambda: _take_in(event, event_id, table, policies, as_of))


def persisting(attempt: Callable[[], Answer]) -> Answer:
    """`attempt` reads and writes; it begins again while others write in between, and gives up after some tries."""
    for tried in range(TRIES):
        try:
            return attempt()
        except CaseChanged:
            if tried == TRIES - 1:
                raise
            time.sleep(SystemRandom().uniform(0, _FIRST_WAIT * 2**tried))
    raise AssertionError


def _take_in(event: Event, event_id: str | None, table: CaseTable, policies: Policies, as_of: date) -> Outcome:
    read = table.case(event.patient_id)
    case, outcome = read.case.taking(event, policies, as_of, now())
    if outcome is Outcome.CONFLICT:
        raise Unreadable(Reason.CONFLICT, "detail.version", event_id)
    if outcome is not Outcome.DUPLICATE:
        table.save(case, read.writes)
    return outcome
