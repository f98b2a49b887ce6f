"""A look-back shared out to many functions: what each of them did, added up, and whether anything is missing.

Archives are split by patient into shards, and each shard is audited for itself: no patient's records lie in two. What
was split of an archive counts once it was split whole. What no archive and no shard answers for is missing, and a
look-back of which something is missing says so: an absent claim can be an absent violation.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from shared.core.lookback import LookedBack, Tally


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Split(_Said):
    """An archive that was split whole: its events by shard, and how many pieces of it were refused or noted."""

    events: Mapping[int, int]
    refused: int = 0
    noted: int = 0


class Audited(_Said):
    """A shard that was audited whole; `rules`: findings by rule."""

    tally: Tally
    rules: Mapping[str, int]

    @classmethod
    def of(cls, patients: Iterable[LookedBack]) -> "Audited":
        tally, rules = Tally(), Counter[str]()
        for patient in patients:
            tally += patient.tally
            rules.update(row.rule for row in patient.rows)
        return cls(tally=tally, rules=dict(sorted(rules.items())))


class Summary(_Said):
    """`lost`: events that were split and not audited, or audited and not split. `whole`: nothing of it is missing."""

    archives: int
    archives_missing: tuple[str, ...]
    shards: int
    shards_missing: tuple[int, ...]
    events: int
    refused: int
    noted: int
    lost: int
    tally: Tally
    rules: Mapping[str, int]

    @property
    def whole(self) -> bool:
        return not (self.archives_missing or self.shards_missing or self.lost)


def summary(
    archives: Sequence[str], split: Mapping[str, Split], shards: int, audited: Mapping[int, Audited]
) -> Summary:
    """`archives`: all there are to split; what was split and is gone since counts too."""
    by_shard, rules = Counter[int](), Counter[str]()
    for one in split.values():
        by_shard.update(one.events)
    for shard in audited.values():
        rules.update(shard.rules)
    return Summary(
        archives=len(archives),
        archives_missing=tuple(archive for archive in archives if archive not in split),
        shards=shards,
        shards_missing=tuple(shard for shard in range(shards) if shard not in audited),
        events=by_shard.total(),
        refused=sum(one.refused for one in split.values()),
        noted=sum(one.noted for one in split.values()),
        lost=sum(abs(by_shard[number] - shard.tally.read) for number, shard in audited.items()),
        tally=sum((shard.tally for shard in audited.values()), Tally()),
        rules=dict(sorted(rules.items())),
    )
