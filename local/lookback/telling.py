"""The patients of a look-back with what is told of each, for who judges them otherwise: `ncd-audit diff`.

What is refused is counted on standard error; `ncd-audit audit` says which records and why.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from local.arguments import tell_refused
from local.lookback.auditing import Task
from local.lookback.choosing import chosen
from local.lookback.engine import Workshop, opened
from local.lookback.inputs import inputs_of
from local.lookback.mapping import Mapping
from local.lookback.messages import Message, histories
from local.lookback.paths import files_of
from local.lookback.retelling import retold
from local.lookback.running import Asked, tasks_of
from shared.core.errors import Unreadable
from shared.core.events import Event
from shared.core.policy import Policies

_MEMORY = 600  # MB


def told_in(
    paths: Iterable[str], laws: Iterable[Policies], mapping: Mapping | None = None
) -> Iterator[tuple[str, list[Event]]]:
    """One patient after the other; of those alone who have a visit, or a code that one of the laws covers."""
    with TemporaryDirectory(prefix="ncd-audit-") as name:
        tasks, refused = _chosen(paths, _covering_all(laws), mapping, Path(name))
        for task in tasks:
            for patient_id, events, lost in _of_shard(task):
                refused += lost
                if events:
                    yield patient_id, events
    tell_refused(refused, "ncd-audit audit")


def _covering_all(laws: Iterable[Policies]) -> Policies:
    """A law that covers whatever one of them does."""
    first, *others = laws
    entries = [entry for law in (first, *others) for entry in law.document["covered_codes"]]
    return Policies({**first.document, "covered_codes": entries})


def _chosen(paths: Iterable[str], law: Policies, mapping: Mapping | None, folder: Path) -> tuple[list[Task], int]:
    """The shards to go through, and how many records name nobody or are no event."""
    files = [named for path in paths for named in files_of(path, folder)]
    workshop = Workshop(folder, f"{_MEMORY // 2}MB", 1)
    with opened(workshop) as connection:
        inputs = inputs_of(files, mapping, folder, connection)
        inputs.retold = [retold(source, folder) for source in inputs.unpacked]
        picked = chosen(connection, inputs, law, folder, lambda _doing: None)
    not_read = len(inputs.refused) + sum(each.not_read for each in inputs.retold)
    return tasks_of(workshop, picked, inputs, Asked(date.min, mapping)), picked.nameless + not_read


def _of_shard(task: Task) -> Iterator[tuple[str, list[Event], int]]:
    with opened(task.workshop, reading=True) as connection:
        for patient_id, messages in histories(connection, task.tables, task.which):
            read = [_event(message) for message in messages]
            events = [event for event in read if event]
            yield patient_id, events, len(read) - len(events)


def _event(message: Message) -> Event | None:
    try:
        return message.event()
    except Unreadable:
        return None
