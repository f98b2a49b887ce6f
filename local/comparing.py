"""Records from whatever reads them, held against two policies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from local.named_policy import NamedPolicy
from shared.core.difference import Difference, ReAudit
from shared.core.events import Event

# Patients one after the other, each with all that is told of it: the seam to every source of records.
Told = Iterable[tuple[str, Iterable[Event]]]


@dataclass(frozen=True)
class Compared:
    """The sums of both audits, and every verdict that differs."""

    old: NamedPolicy
    new: NamedPolicy
    known_on: date | None
    sums: ReAudit
    differences: list[Difference]


def compare(old: NamedPolicy, new: NamedPolicy, told: Told, as_of: date, known_on: date | None = None) -> Compared:
    """One patient at a time is in memory, and what differs of all."""
    sums = ReAudit(old.law, new.law, as_of)
    differing = [difference for patient_id, events in told for difference in sums.take(patient_id, events)]
    return Compared(old, new, known_on, sums, differing)
