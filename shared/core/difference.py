"""Re-audit: the same records under two laws, and which verdicts differ between them.

A verdict is known by its finding id: patient, rule and subject. It opens, goes, becomes graver or milder, or is said
in other words or of other money. One that goes while the same rule says the same date of another subject has moved.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from shared.core.events import Event
from shared.core.lookback import LookedBack, Row, Tally, look_back
from shared.core.policy import Policies
from shared.core.settings import SETTINGS
from shared.core.severity import Severity

_NOTHING = Decimal(0)


class Change(StrEnum):
    OPENED = "opened"
    GONE = "gone"
    GRAVER = "graver"
    MILDER = "milder"
    MOVED = "moved"
    RESTATED = "restated"


class Difference(NamedTuple):
    """One verdict that differs: what was said of it under the old law, and under the new. One of them can be None."""

    change: Change
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """What is said now, or else was."""
        row = self.after or self.before
        assert row is not None  # noqa: S101 - an invariant: there is no difference of nothing
        return row

    @property
    def money(self) -> Decimal:
        """How much more hangs on this verdict under the new law."""
        return _amount(self.after) - _amount(self.before)


class SettingChanged(NamedTuple):
    """A setting whose dated values differ; each value with the day it holds from."""

    name: str
    before: tuple[tuple[date, Any], ...]
    after: tuple[tuple[date, Any], ...]


@dataclass
class OfRule:
    """What differs of one rule, over all patients."""

    changes: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    patients: int = 0
    money: Decimal = _NOTHING


@dataclass
class ReAudit:
    """The sums of patients audited twice. `before` and `after` count each line's money once."""

    old: Policies
    new: Policies
    as_of: date
    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)
    touched: int = 0
    rules: defaultdict[str, OfRule] = field(default_factory=lambda: defaultdict(OfRule))

    def take(self, patient_id: str, events: Iterable[Event]) -> tuple[Difference, ...]:
        """Audit one patient under both laws; what differs, in the order of output.md."""
        told = tuple(events)
        before = look_back(patient_id, told, self.old, self.as_of)
        after = look_back(patient_id, told, self.new, self.as_of)
        differing = differences(before.rows, after.rows)
        self._count(before, after, differing)
        return differing

    def _count(self, before: LookedBack, after: LookedBack, differing: tuple[Difference, ...]) -> None:
        self.before += before.tally
        self.after += after.tally
        self.touched += bool(differing)
        for difference in differing:
            of_rule = self.rules[difference.row.rule]
            of_rule.changes[difference.change] += 1
            of_rule.money += difference.money
        for rule in {difference.row.rule for difference in differing}:
            self.rules[rule].patients += 1


def differences(before: Iterable[Row], after: Iterable[Row]) -> tuple[Difference, ...]:
    """Which of one patient's verdicts differ."""
    old, new = ({row.finding_id: row for row in rows} for rows in (before, after))
    gone = [row for key, row in old.items() if key not in new]
    opened = [row for key, row in new.items() if key not in old]
    both = (_changed(row, new[key]) for key, row in old.items() if key in new)
    found = [*filter(None, both), *_come_and_gone(gone, opened)]
    return tuple(sorted(found, key=lambda difference: _order(difference.row)))


def _changed(before: Row, after: Row) -> Difference | None:
    if before._replace(policy="", amount_once=None) == after._replace(policy="", amount_once=None):
        return None
    return Difference(_kind(before, after, Change.RESTATED), before, after)


def _come_and_gone(gone: Iterable[Row], opened: Iterable[Row]) -> Iterator[Difference]:
    arisen: defaultdict[tuple[str, date | None], list[Row]] = defaultdict(list)
    for row in opened:
        arisen[row.rule, row.date_of_service].append(row)
    for before in gone:
        # Claims have no date of service: another claim is another verdict.
        there = arisen[before.rule, before.date_of_service] if before.date_of_service else []
        after = there.pop(0) if there else None
        yield Difference(_kind(before, after, Change.MOVED) if after else Change.GONE, before, after)
    yield from (Difference(Change.OPENED, None, row) for rows in arisen.values() for row in rows)


def _kind(before: Row, after: Row, alike: Change) -> Change:
    step = Severity(after.severity).gravity - Severity(before.severity).gravity
    if step == 0:
        return alike
    return Change.GRAVER if step > 0 else Change.MILDER


def _order(row: Row) -> tuple[object, ...]:
    return row.date_of_service or date.min, row.rule, str(row.claim_id), row.line_number or 0, row.finding_id


def _amount(row: Row | None) -> Decimal:
    return (row.amount if row else None) or _NOTHING


def settings_changed(old: Policies, new: Policies) -> list[SettingChanged]:
    """The settings that say something else on some day."""
    compared = ((name, _values(old, name), _values(new, name)) for name in SETTINGS)
    return [SettingChanged(name, before, after) for name, before, after in compared if before != after]


def _values(law: Policies, name: str) -> tuple[tuple[date, Any], ...]:
    entries = sorted(law.document[name], key=lambda entry: entry["from"])
    return tuple((entry["from"], getattr(law.on(entry["from"]), name).plain) for entry in entries)
