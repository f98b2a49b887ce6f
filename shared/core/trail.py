"""The audit trail: one entry for every change of a patient's conclusions, each bound to the one before by its hash.

An entry says when the conclusions changed, which fact or that the clock alone caused it, under which policy, and every
finding and period before and after. Its hash is of its bytes as they are stored, the hash of the entry before among
them; the first entry follows a hash of the patient's id, so that no entry fits into another trail or another place.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from shared.core.errors import TrailUnreadable
from shared.core.events import Event
from shared.core.findings import Finding, Severity
from shared.core.snapshot import Kind, Reference
from shared.core.standing import PeriodView, Standing, Transition, sessions_at

_LINE = re.compile(rb'\{"hash":"([0-9a-f]{64})","entry":(\{.*\})\}')


T = TypeVar("T")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cause(_Strict):
    """The fact that was taken in when the conclusions changed, and which body of it."""

    kind: Kind
    id: str
    version: int
    digest: str

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(kind=event.kind, id=event.record_id, version=event.version, digest=event.digest())

    @property
    def reference(self) -> Reference:
        return Reference(self.kind, self.id, self.version)


# A finding or period as the JSON that is stored: most are read to be compared and never become more than that.
Plain = dict[str, Any]


@cache
def _findings() -> TypeAdapter[Finding]:
    return TypeAdapter(Finding)


@cache
def _views() -> TypeAdapter[PeriodView]:
    return TypeAdapter(PeriodView)


def finding_of(plain: Plain) -> Finding:
    return _read(_findings(), plain)


def period_of(plain: Plain) -> PeriodView:
    return _read(_views(), plain)


def _read(adapter: TypeAdapter[T], plain: Plain) -> T:
    try:
        return adapter.validate_python(plain)
    except ValidationError:
        raise TrailUnreadable from None


class FindingChange(_Strict):
    """One step of a finding, with all that the step is announced by. `sessions`: how many stood at its date then."""

    finding_id: str
    revision: int
    transition: Transition
    gravest: Severity
    sessions: str
    before: Plain | None
    after: Plain | None

    @property
    def finding(self) -> Finding:
        """What it says now, or said last."""
        return finding_of(self.after or self.before or {})


def change_of(plain: Plain) -> FindingChange:
    try:
        return FindingChange.model_validate(plain)
    except ValidationError:
        raise TrailUnreadable from None


class PeriodChange(_Strict):
    """A period that began, ended to be one, or is counted otherwise; it is known by its first day."""

    started_on: date
    before: Plain | None
    after: Plain | None


class Step(_Strict):
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
        return cls(body, _hashed(body))

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
        try:
            return bool(self.step)
        except TrailUnreadable:
            return False

    @property
    def head(self) -> Head:
        return Head(self.said["seq"], self.hash)

    @property
    def untouched(self) -> bool:
        return _hashed(self.body) == self.hash


@dataclass(frozen=True)
class Occasion:
    """When conclusions are drawn, as of which date, because of which fact, and under which policy."""

    recorded_at: AwareDatetime
    as_of: date
    cause: Cause | None
    policy: str


def entry_of(before: Standing, after: Standing, occasion: Occasion, head: Head) -> Entry | None:
    """The entry that follows `head`, or None where nothing is concluded but what was."""
    findings, periods = tuple(finding_changes(before, after)), tuple(_periods(before, after))
    if not findings and not periods:
        return None
    step = Step(seq=head.seq + 1, previous=head.hash, findings=findings, periods=periods, **vars(occasion))
    return Entry.of(step)


def finding_changes(before: Standing, after: Standing) -> Iterator[FindingChange]:
    """The steps that findings took, each with what it said before it."""
    for finding_id, life in after.life.items():
        if before.life.get(finding_id) != life:
            was, now = before.findings.get(finding_id) or life.last, after.findings.get(finding_id)
            spoken_of = now or was
            yield FindingChange(
                finding_id=finding_id,
                revision=life.revision,
                transition=life.transition,
                gravest=life.gravest,
                sessions=sessions_at(spoken_of.subject.date_of_service, after.periods) if spoken_of else "",
                before=_plain(_findings(), was),
                after=_plain(_findings(), now),
            )


def _plain(adapter: TypeAdapter[T], value: T | None) -> Plain | None:
    return None if value is None else adapter.dump_python(value, mode="json")


def _periods(old: Standing, new: Standing) -> Iterator[PeriodChange]:
    was, now = _by_start(old.periods), _by_start(new.periods)
    for start in sorted({*was, *now}):
        if was.get(start) != now.get(start):
            before, after = _plain(_views(), was.get(start)), _plain(_views(), now.get(start))
            yield PeriodChange(started_on=start, before=before, after=after)


def _by_start(periods: Iterable[PeriodView]) -> dict[date, PeriodView]:
    return {period.started_on: period for period in periods}


def _hashed(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
