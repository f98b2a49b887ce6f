"""One shard of patients in a process of its own: their records through the one door, their histories through the audit.

What is found and what is refused goes to files of the work folder, a line each; only counts come back.
"""

import json
from collections import Counter
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Self, TextIO

from pydantic_core import to_json

from local.lookback.claims import rows_of
from local.lookback.engine import Connection, Workshop, opened
from local.lookback.messages import Message, histories
from local.lookback.tables import Table
from shared.core.errors import Reason, Unreadable
from shared.core.events import Event
from shared.core.history import Outcome
from shared.core.lookback import LookedBack, Tally, look_back
from shared.core.policy import policies


@dataclass(frozen=True)
class Task:
    """What a process needs to know of its shard: the patients of these numbers."""

    workshop: Workshop
    tables: tuple[Table, ...]
    shard: int
    first: int
    last: int
    as_of: date
    leaving_out: frozenset[str]

    @property
    def found(self) -> Path:
        return self.workshop.folder / f"found-{self.shard:05}.ndjson"

    @property
    def refused(self) -> Path:
        return self.workshop.folder / f"refused-{self.shard:05}.ndjson"

    @property
    def which(self) -> dict[str, int]:
        """The patients of the shard, for SQL."""
        return {"first": self.first, "last": self.last}


@dataclass(frozen=True)
class Records:
    """What became of the records of patients that matter: lines of a table, messages of a stream."""

    used: int = 0
    repeated: int = 0
    replaced: int = 0
    refused: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))


class Judged(NamedTuple):
    """What came of a shard. `patients`: how many were looked at, also those of whom nothing could be read."""

    patients: int
    tally: Tally
    records: Records


def judged(task: Task) -> Judged:
    """The whole shard, patient by patient."""
    with (
        opened(task.workshop, reading=True) as connection,
        task.found.open("wb") as found,
        task.refused.open("w") as refused,
    ):
        patients, tally, records = 0, Tally(), Counter(replaced=_replaced(connection, task))
        for patient_id, messages in histories(connection, task.tables, task.which):
            looked = _looked_back(patient_id, messages, task, records, refused)
            found.writelines(to_json(row._asdict() | {"place": at}) + b"\n" for at, row in enumerate(looked.rows))
            patients, tally = patients + 1, tally + looked.tally
    return Judged(patients, tally, Records(**records))


def _replaced(connection: Connection, task: Task) -> int:
    """Rows of claims that the payer told anew or cancelled: they do not stand."""
    return sum(
        _of_table(connection, task, number) for number, table in enumerate(task.tables) if table.mapping.adjustments
    )


def _of_table(connection: Connection, task: Task, number: int) -> int:
    table = task.tables[number]
    all_of = f"SELECT count(*) FROM rows_{number} WHERE patient BETWEEN $first AND $last"
    ((told,),) = connection.execute(all_of, task.which).fetchall()
    ((standing,),) = connection.execute(f"SELECT count(*) FROM ({rows_of(number, table)})", task.which).fetchall()
    return int(told - standing)


def _looked_back(
    patient_id: str, messages: list[Message], task: Task, records: Counter[str], refused: TextIO
) -> LookedBack:
    """One patient; what becomes of the records is counted and, of what is refused, kept."""
    read: list[tuple[Message, Event]] = []
    for message in messages:
        try:
            read.append((message, message.event()))
        except Unreadable as refusal:
            _refuse(message, refusal.reason, refusal.where, records, refused)
    if not read:
        return LookedBack((), (), Tally())
    told = (event for _, event in read)
    looked = look_back(patient_id, told, policies(), task.as_of, task.leaving_out)
    for (message, _), outcome in zip(read, looked.outcomes, strict=True):
        _count(message, outcome, records, refused)
    return looked


def _count(message: Message, outcome: Outcome, records: Counter[str], refused: TextIO) -> None:
    match outcome:
        case Outcome.CONFLICT:
            _refuse(message, Reason.CONFLICT, "detail.version", records, refused)
        case Outcome.DUPLICATE:
            records["repeated"] += message.told
        case _:
            records["used"] += message.once
            records["repeated"] += message.told - message.once


def _refuse(message: Message, reason: Reason, where: str, records: Counter[str], refused: TextIO) -> None:
    records["refused"] += message.told
    refused.write(json.dumps(message.refused() | {"reason": reason.value, "where": where}) + "\n")


def plain(tally: Tally) -> dict[str, Any]:
    """For JSON."""
    return {name: value if isinstance(value, int) else f"{value:.2f}" for name, value in asdict(tally).items()}
