"""The set of latest snapshots of one patient: the whole state, whatever the order and number of deliveries.

A snapshot is identified by its kind, its record id and its version. The highest version of a record stands. Of lower
versions only the digest is kept, to tell a repeat from a body never seen.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Self, TypeVar

from shared.core.events import (
    ClaimSubmitted,
    EligibilityReceived,
    Event,
    Kind,
    MeasureRecorded,
    Reference,
    RemittanceReceived,
    VisitRecorded,
)

RecordKey = tuple[Kind, str]
E = TypeVar("E", bound=Event)


class Outcome(StrEnum):
    """What became of a snapshot that arrived."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class History:
    """`latest` by record; `older` holds the digests of the lower versions seen."""

    latest: Mapping[RecordKey, Event] = field(default_factory=dict)
    older: Mapping[Reference, str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> tuple[Self, tuple[Outcome, ...]]:
        """What `taking` one after the other comes to, in time linear in the events; what became of each beside it."""
        latest: dict[RecordKey, Event] = {}
        older: dict[Reference, str] = {}
        history = cls(latest, older)
        outcomes: list[Outcome] = []
        for event in events:
            outcome, key = history.outcome_of(event), (event.kind, event.record_id)
            passed = event if outcome is Outcome.SUPERSEDED else None
            if outcome is Outcome.RECORDED:
                passed, latest[key] = latest.get(key), event
            if passed is not None:
                older[passed.reference] = passed.digest()
            outcomes.append(outcome)
        return history, tuple(outcomes)

    @property
    def size(self) -> int:
        """How many distinct snapshots were taken in."""
        return len(self.latest) + len(self.older)

    @property
    def digests(self) -> Mapping[Reference, str]:
        """Of every snapshot that was taken in."""
        return {**self.older, **{event.reference: event.digest() for event in self.latest.values()}}

    def outcome_of(self, event: Event) -> Outcome:
        """What `event` would be to this history; two bodies under one id and version are a conflict."""
        standing = self.latest.get((event.kind, event.record_id))
        if standing is None or event.version > standing.version:
            return Outcome.RECORDED
        seen = standing.digest() if event.version == standing.version else self.older.get(event.reference)
        if seen is None:
            return Outcome.SUPERSEDED
        return Outcome.DUPLICATE if seen == event.digest() else Outcome.CONFLICT

    def holds(self, reference: Reference) -> bool:
        """Whether that version of the record was taken in."""
        standing = self.latest.get((reference.kind, reference.id))
        return reference in self.older or (standing is not None and standing.reference == reference)

    def taking(self, event: Event) -> tuple[Self, Outcome]:
        """The history after `event`. Arrival order does not matter; a repeat or a conflict changes nothing."""
        outcome = self.outcome_of(event)
        if outcome is Outcome.SUPERSEDED:
            return replace(self, older={**self.older, event.reference: event.digest()}), outcome
        if outcome is not Outcome.RECORDED:
            return self, outcome
        key = (event.kind, event.record_id)
        before = self.latest.get(key)
        older = self.older if before is None else {**self.older, before.reference: before.digest()}
        return replace(self, latest={**self.latest, key: event}, older=older), outcome

    def all_of(self, kind: type[E]) -> list[E]:
        """The standing snapshots of one kind, by record id."""
        return self._by_kind[kind.kind]

    @cached_property
    def _by_kind(self) -> defaultdict[Kind, list[Any]]:
        kinds: defaultdict[Kind, list[Any]] = defaultdict(list)
        for key in sorted(self.latest):
            kinds[key[0]].append(self.latest[key])
        return kinds

    @cached_property
    def visits(self) -> list[VisitRecorded]:
        return self.all_of(VisitRecorded)

    @cached_property
    def claims(self) -> list[ClaimSubmitted]:
        return self.all_of(ClaimSubmitted)

    @cached_property
    def remittances(self) -> list[RemittanceReceived]:
        return self.all_of(RemittanceReceived)

    @cached_property
    def eligibility(self) -> list[EligibilityReceived]:
        return self.all_of(EligibilityReceived)

    @cached_property
    def measures(self) -> list[MeasureRecorded]:
        return self.all_of(MeasureRecorded)
