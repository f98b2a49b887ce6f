"""Whether a trail is whole: every entry as it was written, in its place, up to the head, and true of what it tells.

Who can write all of the table can write all of it anew, entries, head and case file; only a head that was kept
elsewhere tells that. Anything less is found without.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from shared.core.changes import Plain
from shared.core.errors import TrailUnreadable
from shared.core.known import Fold
from shared.core.snapshot import Reference
from shared.core.standing import Standing
from shared.core.trail import Entry, Head, genesis

# What it comes to when an entry whose hash is right has not the form of one.
_OF_ANOTHER_FORM = (TrailUnreadable, LookupError, TypeError, AttributeError, ValueError)


class Fault(StrEnum):
    EDITED = "edited"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    OUT_OF_ORDER = "out_of_order"
    UNLINKED = "unlinked"
    CUT = "cut"
    BEYOND_HEAD = "beyond_head"
    NOT_THE_HEAD = "not_the_head"
    WRITTEN_ANEW = "written_anew"
    FACT_MISSING = "fact_missing"
    FACT_DIFFERS = "fact_differs"
    CONTRADICTS = "contradicts"
    STANDS_OTHERWISE = "stands_otherwise"


class Flaw(NamedTuple):
    """What is wrong, from which entry on."""

    seq: int
    fault: Fault


def verify(  # noqa: PLR0913 - all that an entry can be compared with, each by its name
    patient_id: str,
    entries: Sequence[Entry],
    head: Head | None,
    *,
    facts: Mapping[Reference, str] | None = None,
    standing: Standing | None = None,
    earlier: Head | None = None,
) -> list[Flaw]:
    """Every flaw of the chain; where it has none, those of what it tells.

    `facts` are the digests of the archive, `standing` what the case file concludes, `earlier` a head that the trail
    once had; what is not given is not compared.
    """
    try:
        broken = [*_Chain(entries, genesis(patient_id)).flaws(head), *_anew(entries, earlier)]
        return broken or [*_causes(entries, facts), *_told(patient_id, entries, standing)]
    except _OF_ANOTHER_FORM:
        unreadable = [place for place, entry in enumerate(entries, 1) if not entry.readable] or [len(entries)]
        return [Flaw(place, Fault.UNREADABLE) for place in unreadable]


class _Chain:
    """Goes along the entries. `hash` is of the last one in its place, None where that is spoilt and binds nothing."""

    def __init__(self, entries: Sequence[Entry], start: Head) -> None:
        self.entries = entries
        self.start = start
        self.seq: int = start.seq
        self.hash: str | None = start.hash

    def flaws(self, head: Head | None) -> Iterator[Flaw]:
        for entry in self.entries:
            if not entry.untouched:
                self.seq, self.hash = self.seq + 1, None
                yield Flaw(self.seq, Fault.EDITED)
                continue
            if flaw := self._misplaced(entry.said):
                yield flaw
            if entry.said["seq"] > self.seq:
                self.seq, self.hash = entry.head
        yield from self._end(head or self.start)

    def _misplaced(self, said: Plain) -> Flaw | None:
        seq, due = said["seq"], self.seq + 1
        if seq < due:
            return Flaw(seq, Fault.OUT_OF_ORDER)
        if seq > due:  # one that stands elsewhere is told of there
            return None if due in self._there else Flaw(due, Fault.MISSING)
        return None if self.hash in (None, said["previous"]) else Flaw(seq, Fault.UNLINKED)

    @cached_property
    def _there(self) -> frozenset[int]:
        return frozenset(entry.said["seq"] for entry in self.entries if entry.untouched)

    def _end(self, head: Head) -> Iterator[Flaw]:
        if head.seq > self.seq:
            yield Flaw(self.seq + 1, Fault.CUT)
        elif head.seq < self.seq:
            yield Flaw(head.seq + 1, Fault.BEYOND_HEAD)
        elif self.hash not in (None, head.hash):
            yield Flaw(head.seq, Fault.NOT_THE_HEAD)


def _anew(entries: Sequence[Entry], earlier: Head | None) -> Iterator[Flaw]:
    """A trail only grows: whatever was its head is among its entries for ever."""
    if earlier and earlier.seq and earlier not in {entry.head for entry in entries if entry.untouched}:
        yield Flaw(earlier.seq, Fault.WRITTEN_ANEW)


def _causes(entries: Sequence[Entry], facts: Mapping[Reference, str] | None) -> Iterator[Flaw]:
    for cause, seq in ((entry.said["cause"], entry.said["seq"]) for entry in entries):
        if facts is not None and cause is not None:
            kept = facts.get(Reference(cause["kind"], cause["id"], cause["version"]))
            if kept != cause["digest"]:
                yield Flaw(seq, Fault.FACT_DIFFERS if kept else Fault.FACT_MISSING)


def _told(patient_id: str, entries: Sequence[Entry], standing: Standing | None) -> Iterator[Flaw]:
    fold = Fold()
    for entry in entries:
        if not fold.take(entry):
            yield Flaw(entry.said["seq"], Fault.CONTRADICTS)
    if standing and standing._replace(due_on=None) != fold.standing(patient_id):
        yield Flaw(len(entries), Fault.STANDS_OTHERWISE)
