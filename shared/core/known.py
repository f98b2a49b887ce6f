"""What was known on a day, from the trail alone: its entries folded, first to last, into what stood after them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from itertools import takewhile

from shared.core.changes import Plain, change_of, finding_of, period_of
from shared.core.standing import Life, Standing, Transition
from shared.core.trail import Entry, Step


@dataclass
class Fold:
    """What stands after the steps taken so far."""

    findings: dict[str, Plain] = field(default_factory=dict)
    periods: dict[str, Plain] = field(default_factory=dict)
    steps: dict[str, tuple[Plain, str]] = field(default_factory=dict)

    def take(self, entry: Entry) -> bool:
        """Whether all that the entry says was there before is what stood."""
        said = entry.said
        self.steps |= {change["finding_id"]: (change, said["as_of"]) for change in said["findings"]}
        findings = [_replaced(self.findings, change["finding_id"], change) for change in said["findings"]]
        periods = [_replaced(self.periods, change["started_on"], change) for change in said["periods"]]
        return all(findings) and all(periods)

    def standing(self, patient_id: str) -> Standing:
        """All but the next day to judge on, which the trail does not hold."""
        periods = tuple(period_of(self.periods[start]) for start in sorted(self.periods))
        findings = {finding_id: finding_of(plain) for finding_id, plain in self.findings.items()}
        in_order = dict(sorted(findings.items(), key=lambda known: known[1].order))
        life = {finding_id: _life(*self.steps[finding_id]) for finding_id in sorted(self.steps)}
        return Standing(patient_id, periods, in_order, life)


def _life(plain: Plain, as_of: str) -> Life:
    change = change_of(plain)
    last = change.finding if change.transition is Transition.WITHDRAWN else None
    return Life(change.revision, change.transition, date.fromisoformat(as_of), change.gravest, last)


def _replaced(standing: dict[str, Plain], key: str, change: Plain) -> bool:
    stood = standing.pop(key, None)
    if change["after"] is not None:
        standing[key] = change["after"]
    return bool(stood == change["before"])


@dataclass(frozen=True)
class Known:
    """What stood at the end of a day (UTC). `last` made it so, `later` has changed it since."""

    on: date
    standing: Standing
    last: Step | None
    later: Sequence[Step]


def known_on(patient_id: str, entries: Iterable[Entry], day: date) -> Known:
    trail = list(entries)
    early = list(takewhile(lambda entry: entry.step.recorded_at.astimezone(UTC).date() <= day, trail))
    last = early[-1].step if early else None
    return Known(day, folded(early).standing(patient_id), last, [entry.step for entry in trail[len(early) :]])


def folded(entries: Iterable[Entry]) -> Fold:
    fold = Fold()
    for entry in entries:
        fold.take(entry)
    return fold
