"""What people have heard: of which findings they are still to be told, and when they were told what had to wait."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from shared.core.alerts import alerts_of
from shared.core.trail import Entry


class PutOff(NamedTuple):
    """Which findings of the change with that number people hear later: not before `tell_at`, or at `told_at` they did.

    `digest`: which one told them.
    """

    number: int
    findings: frozenset[str]
    tell_at: datetime | None = None
    told_at: datetime | None = None
    digest: str | None = None

    @property
    def waits(self) -> bool:
        return self.digest is None


def unheard(trail: Iterable[Entry], put_off: Iterable[PutOff]) -> frozenset[str]:
    """The findings of whose last step people are still to hear. `trail`: in order, from the first that waits on."""
    waiting = {one.number: one.findings for one in put_off if one.waits}
    last = dict(_steps(trail, waiting))
    return frozenset(finding_id for finding_id, waits in last.items() if waits)


def _steps(trail: Iterable[Entry], waiting: Mapping[int, frozenset[str]]) -> Iterator[tuple[str, bool]]:
    """Each step that people or machines are told of, and whether people wait for it."""
    for entry in trail:
        for alert in alerts_of(entry.step):
            finding_id = alert.finding.finding_id
            yield finding_id, finding_id in waiting.get(entry.head.seq, ())
