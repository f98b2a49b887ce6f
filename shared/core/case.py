"""The case file: one patient's history with what stands of it, as one value that is read, replaced and written whole.

Its stored form has three parts, each deflated JSON: `records` (the latest snapshots and the digests of older ones),
`conclusions` (periods, open findings and when to judge again) and `life`. The first two are equal, byte for byte, for
equal sets of facts audited as of the same day.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic_core import to_json

from shared.core.audit import audit
from shared.core.events import (
    ClaimSubmitted,
    EligibilityReceived,
    Event,
    MeasureRecorded,
    Reference,
    RemittanceReceived,
    VisitRecorded,
)
from shared.core.findings import Finding
from shared.core.history import History, Outcome
from shared.core.policy import Policies
from shared.core.standing import Life, PeriodView, Standing
from shared.core.trail import Cause, Entry, Head, Occasion, entry_of, genesis

Parts = Mapping[str, bytes]


class _Records(BaseModel):
    """How a history is stored: each kind by record id, older versions by reference."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    visits: tuple[VisitRecorded, ...] = ()
    claims: tuple[ClaimSubmitted, ...] = ()
    remittances: tuple[RemittanceReceived, ...] = ()
    eligibility: tuple[EligibilityReceived, ...] = ()
    measures: tuple[MeasureRecorded, ...] = ()
    older: tuple[tuple[Reference, str], ...] = ()
    # The source of each record, in the order above; "" for none, and missing where none has one.
    told_by: tuple[str, ...] | None = None

    @property
    def latest(self) -> tuple[Event, ...]:
        return (*self.visits, *self.claims, *self.remittances, *self.eligibility, *self.measures)

    def history(self) -> History:
        latest = self.latest
        for event, source in zip(latest, self.told_by or (), strict=False):
            event.as_told_by(source or None)
        return History({(event.kind, event.record_id): event for event in latest}, dict(self.older))


class _Conclusions(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)

    periods: tuple[PeriodView, ...]
    findings: tuple[Finding, ...]
    due_on: date | None = None


@cache
def _life() -> TypeAdapter[Mapping[str, Life]]:
    return TypeAdapter(Mapping[str, Life])


class CaseFile(NamedTuple):
    """All that is known and concluded of one patient.

    `head` is the last entry of the patient's trail (None: it has none yet), `pending` are its last entries as long as
    they are stored nowhere else. An entry is made with the conclusions it speaks of and must be written with them.
    """

    history: History
    standing: Standing
    head: Head | None = None
    pending: tuple[Entry, ...] = ()

    @classmethod
    def new(cls, patient_id: str) -> Self:
        return cls(History(), Standing(patient_id))

    @property
    def patient_id(self) -> str:
        return self.standing.patient_id

    def taking(self, event: Event, policies: Policies, as_of: date, recorded_at: datetime) -> tuple[Self, Outcome]:
        """The case file after `event`, audited as of `as_of`. A repeat or a conflict leaves it as it is."""
        history, outcome = self.history.taking(event)
        if outcome in (Outcome.DUPLICATE, Outcome.CONFLICT):
            return self, outcome
        occasion = Occasion(recorded_at, as_of, Cause.of(event), policies.version)
        return self._judging(history, policies, occasion), outcome

    def re_audited(self, policies: Policies, as_of: date, recorded_at: datetime) -> Self:
        """The same history judged as of another day. No fact is taken in."""
        return self._judging(self.history, policies, Occasion(recorded_at, as_of, None, policies.version))

    def _judging(self, history: History, policies: Policies, occasion: Occasion) -> Self:
        conclusions = audit(self.patient_id, history, policies, occasion.as_of)
        standing = self.standing.after(conclusions, occasion.as_of)
        entry = entry_of(self.standing, standing, occasion, self.head or genesis(self.patient_id))
        if entry is None:
            return self._replace(history=history, standing=standing)
        return type(self)(history, standing, entry.head, (*self.pending, entry))

    def carried(self) -> Self:
        """The same with every entry of its trail stored elsewhere."""
        return self._replace(pending=())

    def parts(self) -> dict[str, bytes]:
        """The three stored parts. The trail is stored beside them: it, too, remembers the order of arrival."""
        return {
            "records": _deflated(stored_records(self.history)),
            **stored_standing(self.standing),
        }

    @classmethod
    def from_parts(
        cls, patient_id: str, parts: Parts, head: Head | None = None, pending: tuple[Entry, ...] = ()
    ) -> Self:
        records = _Records.model_validate_json(zlib.decompress(parts["records"]))
        return cls(records.history(), standing_from_parts(patient_id, parts), head, pending)


def stored_records(history: History) -> bytes:
    """What `_Records` reads. Each record says itself: to start, no function needs the schemas of all kinds for one."""
    kinds: dict[str, Sequence[Event]] = {
        "visits": history.visits,
        "claims": history.claims,
        "remittances": history.remittances,
        "eligibility": history.eligibility,
        "measures": history.measures,
    }
    latest = [event for events in kinds.values() for event in events]
    said = {name: b"[%b]" % b",".join(event.canonical() for event in events) for name, events in kinds.items()}
    said["older"] = to_json(sorted(history.older.items()))
    if any(event.told_by for event in latest):
        said["told_by"] = to_json([event.told_by or "" for event in latest])
    return b"{%b}" % b",".join(b'"%b":%b' % (name.encode(), value) for name, value in said.items())


def stored_standing(standing: Standing) -> dict[str, bytes]:
    conclusions = _Conclusions.model_construct(
        periods=standing.periods, findings=tuple(standing.findings.values()), due_on=standing.due_on
    )
    return {
        "conclusions": _deflated(conclusions.model_dump_json().encode()),
        "life": _deflated(_life().dump_json(standing.life)),
    }


def standing_from_parts(patient_id: str, parts: Parts) -> Standing:
    """What stands, without the records: all that alerts need of a stored case file."""
    stored = _Conclusions.model_validate_json(zlib.decompress(parts["conclusions"]))
    findings = {finding.finding_id: finding for finding in stored.findings}
    life = _life().validate_json(zlib.decompress(parts["life"]))
    return Standing(patient_id, stored.periods, findings, life, stored.due_on)


class Arrival(NamedTuple):
    """A fact of the archive: which day it was judged as of, and when it was recorded."""

    event: Event
    as_of: date
    recorded_at: datetime


def rebuilt(patient_id: str, arrivals: Iterable[Arrival], policies: Policies) -> CaseFile:
    """The case file from the archive of facts, in the order of their arrival."""
    case = CaseFile.new(patient_id)
    for event, as_of, recorded_at in arrivals:
        case, _ = case.taking(event, policies, as_of, recorded_at)
    return case


def _deflated(text: bytes) -> bytes:
    return zlib.compress(text, level=zlib.Z_BEST_COMPRESSION)
