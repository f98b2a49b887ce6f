"""The audit trail: one entry for every change of a patient's conclusions, each bound to the one before by its hash.

An entry says when the conclusions changed, which fact or that the clock alone caused it, under which policy, and every
finding and period before and after. Its hash is of its bytes as they are stored, the hash of the entry before among
them; the first entry follows a hash of the patient's id, so that no entry fits into another trail or another place.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple, Self

from pydantic import AwareDatetime, Field, ValidationError
from pydantic_core import from_json

from shared.core.changes import (
    FindingChange,
    PeriodChange,
    Plain,
    Strict,
    finding_changes,
    finding_of,
    period_changes,
    period_of,
)
from shared.core.errors import TrailUnreadable
from shared.core.events import Event
from shared.core.snapshot import Kind
from shared.core.standing import Standing

_LINE = re.compile(rb'\{"hash":"([0-9a-f]{64})","entry":(\{.*\})\}')


class Cause(Strict):
    """The fact that was taken in when the conclusions changed, and which body of it."""

    kind: Kind
    id: str
    version: int
    digest: str

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(kind=event.kind, id=event.record_id, version=event.version, digest=event.digest())


class Step(Strict):
    """What an entry says. `cause` is None where no fact was taken in: the day alone turned a clock rule."""

    seq: int = Field(ge=1)
    previous: str
    recorded_at: AwareDatetime
    as_of: date
    cause: Cause | None
    policy: str
    findings: tuple[FindingChange, ...]
    periods: tuple[PeriodChange, ...]


class Head(NamedTuple):
    """The last entry of a trail."""

    seq: int
    hash: str


def genesis(patient_id: str) -> Head:
    """What the first entry of a patient's trail follows."""
    return Head(0, _hashed(f"ncd-audit trail 1\n{patient_id}".encode()))


@dataclass(frozen=True)
class Entry:
    """A step as it is stored: `body` is JSON, and `hash` that of these very bytes."""

    body: bytes
    hash: str

    @classmethod
    def of(cls, step: Step) -> Self:
        body = step.model_dump_json().encode()
        entry = cls(body, _hashed(body))
        vars(entry)["step"] = step  # who has just written it need not read it
        return entry

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        if not (parts := _LINE.fullmatch(line)):
            raise TrailUnreadable
        hashed, body = parts.groups()
        return cls(body, hashed.decode())

    @property
    def line(self) -> bytes:
        """The entry as one line of NDJSON."""
        return b'{"hash":"%b","entry":%b}' % (self.hash.encode(), self.body)

    @cached_property
    def said(self) -> Plain:
        """The same as `step`, unchecked: who reads a hundred thousand has no time for more."""
        try:
            said = from_json(self.body)
        except ValueError:
            raise TrailUnreadable from None
        if not isinstance(said, dict):
            raise TrailUnreadable
        return said

    @cached_property
    def step(self) -> Step:
        """What the body says; `TrailUnreadable` if it is no step."""
        try:
            return Step.model_validate_json(self.body)
        except ValidationError:
            raise TrailUnreadable from None

    @property
    def readable(self) -> bool:
        """Whether it says a step, and each finding and period in it is one."""
        try:
            findings = [(change.before, change.after) for change in self.step.findings]
            periods = [(change.before, change.after) for change in self.step.periods]
            _ = [finding_of(plain) for both in findings for plain in both if plain is not None]
            _ = [period_of(plain) for both in periods for plain in both if plain is not None]
        except TrailUnreadable:
            return False
        return True

    @property
    def head(self) -> Head:
        return Head(self.said["seq"], self.hash)

    @property
    def untouched(self) -> bool:
        return _hashed(self.body) == self.hash


class Occasion(NamedTuple):
    """When conclusions are drawn, as of which date, because of which fact, and under which policy."""

    recorded_at: AwareDatetime
    as_of: date
    cause: Cause | None
    policy: str


def entry_of(before: Standing, after: Standing, occasion: Occasion, head: Head) -> Entry | None:
    """The entry that follows `head`, or None where nothing is concluded but what was."""
    findings, periods = tuple(finding_changes(before, after)), tuple(period_changes(before, after))
    if not findings and not periods:
        return None
    step = Step(seq=head.seq + 1, previous=head.hash, findings=findings, periods=periods, **occasion._asdict())
    return Entry.of(step)


def _hashed(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
