"""Trails for tests: case files that took in one event a day, and entries as a forger would write them."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.core.case import CaseFile
from shared.core.events import Event
from shared.core.policy import Policies, policies
from shared.core.trail import Entry, Head, Step

BEGUN = datetime(2025, 3, 31, 12, tzinfo=UTC)
Edit = Callable[[dict[str, Any]], object]


def day_by_day(events: Iterable[Event], law: Policies | None = None) -> list[CaseFile]:
    """The case file after each event, the first taken in at BEGUN and judged as of that day."""
    told = list(events)
    cases = [CaseFile.new(told[0].patient_id)]
    for number, event in enumerate(told):
        at = BEGUN + timedelta(days=number)
        cases.append(cases[-1].taking(event, law or policies(), at.date(), at)[0])
    return cases[1:]


def forged(entry: Entry, edit: Edit) -> Entry:
    """The entry with other words and the hash that fits them."""
    said = json.loads(entry.body)
    edit(said)
    return Entry.of(Step.model_validate(said))


def rewritten(entries: Sequence[Entry], start: Head) -> list[Entry]:
    """The entries bound to each other anew, from `start` on: what it takes to hide a change from the chain."""
    bound: list[Entry] = []
    for entry in entries:
        seq, previous = bound[-1].head if bound else start
        bound.append(forged(entry, lambda said, to=(seq + 1, previous): said.update(seq=to[0], previous=to[1])))  # type: ignore[misc]
    return bound
