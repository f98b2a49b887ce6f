"""What changed from one standing to the next: each finding and period before and after, as the audit trail holds it."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from shared.core.errors import TrailUnreadable
from shared.core.findings import Finding
from shared.core.severity import Severity
from shared.core.standing import PeriodView, Standing, Transition, sessions_at

T = TypeVar("T")


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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


def finding_json(finding: Finding) -> bytes:
    """As it is stored."""
    return _findings().dump_json(finding)


def period_json(period: PeriodView) -> bytes:
    """As it is stored."""
    return _views().dump_json(period)


def _read(adapter: TypeAdapter[T], plain: Plain) -> T:
    try:
        return adapter.validate_python(plain)
    except ValidationError:
        raise TrailUnreadable from None


class FindingChange(Strict):
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


class PeriodChange(Strict):
    """A period that began, ended to be one, or is counted otherwise; it is known by its first day."""

    started_on: date
    before: Plain | None
    after: Plain | None


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


def period_changes(old: Standing, new: Standing) -> Iterator[PeriodChange]:
    was, now = _by_start(old.periods), _by_start(new.periods)
    for start in sorted({*was, *now}):
        if was.get(start) != now.get(start):
            before, after = _plain(_views(), was.get(start)), _plain(_views(), now.get(start))
            yield PeriodChange(started_on=start, before=before, after=after)


def _by_start(periods: Iterable[PeriodView]) -> dict[date, PeriodView]:
    return {period.started_on: period for period in periods}
