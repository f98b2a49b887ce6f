"""A look-back from its files to what was found: choose, audit shard by shard in several processes, add up."""

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, pairwise
from multiprocessing import get_context
from pathlib import Path

from local.lookback import refusing
from local.lookback.auditing import Judged, Records, Task, judged
from local.lookback.choosing import Chosen, chosen
from local.lookback.engine import Workshop, opened
from local.lookback.inputs import Inputs, inputs_of
from local.lookback.mapping import Mapping
from local.lookback.paths import Named
from local.lookback.retelling import Retold, Unpacked, retold
from local.lookback.unpacking import NotUnpacked
from shared.core.lookback import Tally
from shared.core.policy import policies

_FEW = 300  # patients for whom another process is not worth its start
_PER_SHARD = 500  # patients: enough that a shard's queries cost little beside its audits
_LEAST_SHARDS, _MOST_SHARDS = 8, 4_096  # so that someone who watches sees it go on
_MANY_OBJECTS = 200_000
_LEAST_MEMORY = 96  # MB, without which DuckDB cannot put a shard in order


@dataclass(frozen=True)
class Asked:
    """What a look-back is asked. `memory`: what all its processes together may take for their data, in MB."""

    as_of: date
    mapping: Mapping | None = None
    leaving_out: frozenset[str] = frozenset()
    processes: int = 1
    memory: int = 600


@dataclass(frozen=True)
class Told:
    """How far it is: a word on what it does, or patients done of all."""

    doing: Callable[[str], None]
    done: Callable[[int, int], None]


@dataclass(frozen=True)
class Result:
    """What was found: files of rows, counts that add up, and where the refused records are, if there are any."""

    rows: tuple[Path, ...]
    tally: Tally
    read: int
    filtered: int
    records: Records
    quarantined: int
    quarantine: Path | None
    noted: int

    @property
    def conserved(self) -> bool:
        """Nothing is lost: what was read is all accounted for, and what is refused is in quarantine."""
        kept = self.records
        told = kept.used + kept.repeated + kept.replaced + kept.refused + self.filtered
        return self.read == told and self.quarantined >= kept.refused


def look_back_at(files: Sequence[Named], asked: Asked, folder: Path, quarantine: Path, told: Told) -> Result:
    """Reads the files; leaves rows in `folder`, and what is refused in `quarantine` or beside it."""
    workshop = Workshop(folder, f"{asked.memory // 2}MB", asked.processes)
    with opened(workshop) as connection:
        told.doing("finding out what the files are")
        inputs = inputs_of(files, asked.mapping, folder, connection)
        inputs.retold = [_retold(source, folder, told) for source in inputs.unpacked]
        picked = chosen(connection, inputs, policies(), folder, told.doing)
    tasks = tasks_of(workshop, picked, inputs, asked)
    outcome = _audited(tasks, picked, asked, told)
    told.doing("writing what was found")
    with opened(replace(workshop, threads=1)) as connection:
        refused = [task.refused for task in tasks]
        entries = refusing.entries(connection, inputs.tables, inputs.names, refused, folder)
        kept = refusing.write(chain(_of_readers(inputs), entries), quarantine)
    return _result(picked, inputs, tasks, outcome, kept)


def _retold(source: Unpacked, folder: Path, told: Told) -> Retold:
    told.doing(f"reading {source.name}")
    return retold(source, folder)


def tasks_of(workshop: Workshop, picked: Chosen, inputs: Inputs, asked: Asked) -> list[Task]:
    few = 1 if picked.patients <= _FEW else _LEAST_SHARDS
    shards = min(max(few, picked.patients // _PER_SHARD), _MOST_SHARDS)
    apiece = replace(workshop, memory=f"{max(asked.memory // (2 * asked.processes), _LEAST_MEMORY)}MB", threads=1)
    tables = tuple(inputs.tables)
    ends = [picked.patients * shard // shards for shard in range(shards + 1)]
    return [
        Task(apiece, tables, shard, before + 1, last, asked.as_of, asked.leaving_out)
        for shard, (before, last) in enumerate(pairwise(ends))
    ]


def _audited(tasks: Sequence[Task], picked: Chosen, asked: Asked, told: Told) -> Judged:
    tally, records, done = Tally(), Records(), 0
    told.done(0, picked.patients)
    for of_shard in _each(tasks, asked.processes if picked.patients > _FEW else 1):
        tally, records = tally + of_shard.tally, records + of_shard.records
        done += of_shard.patients
        told.done(done, picked.patients)
    return Judged(done, tally, records)


def _each(tasks: Sequence[Task], processes: int) -> Iterator[Judged]:
    """As they come. New processes begin anew: DuckDB's threads would not live in a copy of this one."""
    if processes == 1:
        yield from map(judged, tasks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_unhurried) as pool:
        for future in as_completed([pool.submit(judged, task) for task in tasks]):
            yield future.result()


def _unhurried() -> None:
    """A patient leaves little garbage behind that needs looking for; looking for it took a fifth of the time."""
    gc.set_threshold(_MANY_OBJECTS)


def _of_readers(inputs: Inputs) -> Iterator[refusing.Entry]:
    """What could not be unpacked, and what the readers of other formats refused, before anything was an event."""
    yield from map(_of_archive, inputs.refused)
    for each in inputs.retold:
        with each.refused.open() as lines:
            yield from map(json.loads, lines)


def _of_archive(refused: NotUnpacked) -> refusing.Entry:
    place = f"the whole file {refused.why}"
    return {"file": refused.name, "place": place, "reason": refused.reason.value, "records": 1, "raw": ""}


def _result(
    picked: Chosen, inputs: Inputs, tasks: Sequence[Task], outcome: Judged, kept: tuple[int, Path | None]
) -> Result:
    refused_by_readers = len(inputs.refused) + sum(each.not_read for each in inputs.retold)
    _, tally, records = outcome
    return Result(
        rows=tuple(task.found for task in tasks),
        tally=tally,
        read=picked.read + refused_by_readers,
        filtered=picked.filtered,
        records=records + Records(refused=picked.nameless + refused_by_readers),
        quarantined=kept[0],
        quarantine=kept[1],
        noted=sum(each.noted for each in inputs.retold),
    )
