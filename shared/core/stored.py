"""How a case file is stored: three parts, each deflated JSON.

`records` are the latest snapshots and the digests of older ones, `conclusions` the periods, the open findings and when
to judge again, `life` how the findings came to stand. The first two are equal, byte for byte, for equal sets of facts
audited as of the same day.

Each record and finding is written by a schema of its own, which is there already when it is written. Schemas of the
whole parts are made only to read them: a function that starts with a patient's first event need not make any.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from pydantic import TypeAdapter
from pydantic_core import to_json

from shared.core.changes import finding_json, period_json
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
from shared.core.history import History
from shared.core.standing import Life, PeriodView, Standing

Parts = Mapping[str, bytes]


class _Records(NamedTuple):
    """How a history is stored: each kind by record id, older versions by reference."""

    visits: tuple[VisitRecorded, ...] = ()
    claims: tuple[ClaimSubmitted, ...] = ()
    remittances: tuple[RemittanceReceived, ...] = ()
    eligibility: tuple[EligibilityReceived, ...] = ()
    measures: tuple[MeasureRecorded, ...] = ()
    older: tuple[tuple[Reference, str], ...] = ()
    # The source of each record, in the order above; "" for none, and missing where none has one.
    told_by: tuple[str, ...] | None = None

    def history(self) -> History:
        latest: tuple[Event, ...] = (*self.visits, *self.claims, *self.remittances, *self.eligibility, *self.measures)
        for event, source in zip(latest, self.told_by or (), strict=False):
            event.as_told_by(source or None)
        return History({(event.kind, event.record_id): event for event in latest}, dict(self.older))


class _Conclusions(NamedTuple):
    periods: tuple[PeriodView, ...]
    findings: tuple[Finding, ...]
    due_on: date | None = None


@cache
def _records() -> TypeAdapter[_Records]:
    return TypeAdapter(_Records)


@cache
def _conclusions() -> TypeAdapter[_Conclusions]:
    return TypeAdapter(_Conclusions)


@cache
def _life() -> TypeAdapter[Mapping[str, Life]]:
    return TypeAdapter(Mapping[str, Life])


def stored_history(history: History) -> dict[str, bytes]:
    kinds: dict[str, Sequence[Event]] = {
        "visits": history.visits,
        "claims": history.claims,
        "remittances": history.remittances,
        "eligibility": history.eligibility,
        "measures": history.measures,
    }
    latest = [event for events in kinds.values() for event in events]
    said = {name: _list(event.canonical() for event in events) for name, events in kinds.items()}
    said["older"] = to_json(sorted(history.older.items()))
    if any(event.told_by for event in latest):
        said["told_by"] = to_json([event.told_by or "" for event in latest])
    return {"records": _deflated(_object(said))}


def history_from(parts: Parts) -> History:
    return _records().validate_json(zlib.decompress(parts["records"])).history()


def stored_standing(standing: Standing) -> dict[str, bytes]:
    conclusions = {
        "periods": _list(map(period_json, standing.periods)),
        "findings": _list(map(finding_json, standing.findings.values())),
        "due_on": to_json(standing.due_on),
    }
    life = {finding_id: _life_json(life) for finding_id, life in standing.life.items()}
    return {"conclusions": _deflated(_object(conclusions)), "life": _deflated(_object(life))}


def standing_from(patient_id: str, parts: Parts) -> Standing:
    """What stands, without the records: all that alerts need of a stored case file."""
    stored = _conclusions().validate_json(zlib.decompress(parts["conclusions"]))
    findings = {finding.finding_id: finding for finding in stored.findings}
    life = _life().validate_json(zlib.decompress(parts["life"]))
    return Standing(patient_id, stored.periods, findings, life, stored.due_on)


def _life_json(life: Life) -> bytes:
    *steps, last = life
    return _list([*map(to_json, steps), finding_json(last) if last else b"null"])


def _list(items: Iterable[bytes]) -> bytes:
    return b"[%b]" % b",".join(items)


def _object(members: Mapping[str, bytes]) -> bytes:
    return b"{%b}" % b",".join(b'"%b":%b' % (name.encode(), value) for name, value in members.items())


def _deflated(text: bytes) -> bytes:
    return zlib.compress(text, level=zlib.Z_BEST_COMPRESSION)
