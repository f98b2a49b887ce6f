"""The case file: one patient's history with what stands of it, as one value that is read, replaced and written whole.

Its stored form has three parts, each deflated JSON: `records` (the latest snapshots and the digests of older ones),
`conclusions` (periods, open findings and when to judge again) and `life`. The first two are equal, byte for byte, for
equal sets of facts audited as of the same day.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Self

from pydantic import BaseModel, ConfigDict, TypeAdapter

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

Parts = Mapping[str, bytes]


class _Records(BaseModel):
    """How a history is stored: each kind by record id, older versions by reference."""

    model_config = ConfigDict(frozen=True)

    visits: tuple[VisitRecorded, ...] = ()
    claims: tuple[ClaimSubmitted, ...] = ()
    remittances: tuple[RemittanceReceived, ...] = ()
    eligibility: tuple[EligibilityReceived, ...] = ()
    measures: tuple[MeasureRecorded, ...] = ()
    older: tuple[tuple[Reference, str], ...] = ()
    # The source of each record, in the order above; "" for none, and missing where none has one.
    told_by: tuple[str, ...] | None = None

    @classmethod
    def of(cls, history: History) -> "_Records":
        records = cls.model_construct(
            visits=tuple(history.visits),
            claims=tuple(history.claims),
            remittances=tuple(history.remittances),
            eligibility=tuple(history.eligibility),
            measures=tuple(history.measures),
            older=tuple(sorted(history.older.items())),
        )
        sources = tuple(event.told_by or "" for event in records.latest)
        return records.model_copy(update={"told_by": sources}) if any(sources) else records

    @property
    def latest(self) -> tuple[Event, ...]:
        return (*self.visits, *self.claims, *self.remittances, *self.eligibility, *self.measures)

    def history(self) -> History:
        latest = self.latest
        for event, source in zip(latest, self.told_by or (), strict=False):
            event.as_told_by(source or None)
        return History({(event.kind, event.record_id): event for event in latest}, dict(self.older))


class _Conclusions(BaseModel):
    model_config = ConfigDict(frozen=True)

    periods: tuple[PeriodView, ...]
    findings: tuple[Finding, ...]
    due_on: date | None = None


@cache
def _life() -> TypeAdapter[Mapping[str, Life]]:
    return TypeAdapter(Mapping[str, Life])


@dataclass(frozen=True)
class CaseFile:
    """All that is known and concluded of one patient."""

    history: History
    standing: Standing

    @classmethod
    def new(cls, patient_id: str) -> Self:
        return cls(History(), Standing(patient_id))

    @property
    def patient_id(self) -> str:
        return self.standing.patient_id

    def taking(self, event: Event, policies: Policies, as_of: date) -> tuple[Self, Outcome]:
        """The case file after `event`, audited as of `as_of`. A repeat or a conflict leaves it as it is."""
        history, outcome = self.history.taking(event)
        if outcome in (Outcome.DUPLICATE, Outcome.CONFLICT):
            return self, outcome
        return replace(self, history=history).re_audited(policies, as_of), outcome

    def re_audited(self, policies: Policies, as_of: date) -> Self:
        """The same history judged as of another day. No fact is taken in."""
        conclusions = audit(self.patient_id, self.history, policies, as_of)
        return replace(self, standing=self.standing.after(conclusions, as_of))

    def parts(self) -> dict[str, bytes]:
        """The three stored parts."""
        return {
            "records": _deflated(_Records.of(self.history).model_dump_json(exclude_none=True).encode()),
            **stored_standing(self.standing),
        }

    @classmethod
    def from_parts(cls, patient_id: str, parts: Parts) -> Self:
        records = _Records.model_validate_json(zlib.decompress(parts["records"]))
        return cls(records.history(), standing_from_parts(patient_id, parts))


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


def rebuilt(patient_id: str, arrivals: Iterable[tuple[Event, date]], policies: Policies) -> CaseFile:
    """The case file from the archive of facts: each snapshot with the date it was taken in, in the order of arrival."""
    case = CaseFile.new(patient_id)
    for event, as_of in arrivals:
        case, _ = case.taking(event, policies, as_of)
    return case


def _deflated(text: bytes) -> bytes:
    return zlib.compress(text, level=zlib.Z_BEST_COMPRESSION)
