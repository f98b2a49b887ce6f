"""One shard of patients in a process of its own: their records through the one door, their histories through the audit.

What is found and what is refused goes to files of the work folder, a line each; only counts come back.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, Self, TextIO

from local.lookback.claims import envelopes_of, rows_of
from local.lookback.engine import Connection, Workshop, batches, opened
from local.lookback.tables import Table
from shared.core.errors import Reason, Unreadable
from shared.core.events import Event
from shared.core.history import Outcome
from shared.core.intake import parse_event
from shared.core.lookback import LookedBack, Tally, look_back
from shared.core.policy import policies


@dataclass(frozen=True)
class Task:
    """What a process needs to know of its shard."""

    workshop: Workshop
    tables: tuple[Table, ...]
    shard: int
    shards: int
    as_of: date
    leaving_out: frozenset[str]

    @property
    def found(self) -> Path:
        return self.workshop.folder / f"found-{self.shard:05}.ndjson"

    @property
    def refused(self) -> Path:
        return self.workshop.folder / f"refused-{self.shard:05}.ndjson"


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


class _Message(NamedTuple):
    """A message of the shard: where it stands, how many records make it, and how many of them are told once."""

    patient_id: str
    source: int
    row: int | None
    place: str | None
    claim_id: str | None
    version: str | None
    header: str | None
    told: int
    once: int
    body: str


def judged(task: Task) -> Judged:
    """The whole shard, patient by patient."""
    with (
        opened(task.workshop, reading=True) as connection,
        task.found.open("w") as found,
        task.refused.open("w") as refused,
    ):
        patients, tally, records = 0, Tally(), Counter(replaced=_replaced(connection, task))
        for _, messages in groupby(messages_of(connection, task), attrgetter("patient_id")):
            looked = _looked_back([*messages], task, records, refused)
            found.writelines(json.dumps(row.plain() | {"place": at}) + "\n" for at, row in enumerate(looked.rows))
            patients, tally = patients + 1, tally + looked.tally
    return Judged(patients, tally, Records(**records))


def messages_of(connection: Connection, task: Task) -> Iterator[_Message]:
    """Events in the order of their files, then claims; those of a patient together."""
    shard = {"shard": task.shard, "shards": task.shards}
    told = "patient_id, -1 - source, NULL, NULL, claim_id, version, header, rows_told, lines_told, body"
    claims = "".join(
        f" UNION ALL SELECT {told} FROM ({envelopes_of(number, table)})" for number, table in enumerate(task.tables)
    )
    sql = f"""
        FROM (SELECT patient_id, file, row, place, NULL AS claim_id, NULL AS version, NULL AS header, 1, 1, body
              FROM events WHERE mark % $shards = $shard AND patient_id IN (SELECT patient_id FROM patients){claims})
        ORDER BY patient_id, file < 0, file, row, claim_id, version, body"""
    return map(_Message._make, batches(connection, sql, shard))


def _replaced(connection: Connection, task: Task) -> int:
    """Rows of claims that the payer told anew or cancelled: they do not stand."""
    return sum(
        _of_table(connection, task, number) for number, table in enumerate(task.tables) if table.mapping.adjustments
    )


def _of_table(connection: Connection, task: Task, number: int) -> int:
    table = task.tables[number]
    shard = {"shard": task.shard, "shards": task.shards}
    all_of = (
        f"SELECT count(*) FROM rows_{number} r JOIN patients p ON r.patient = p.number WHERE p.mark % $shards = $shard"
    )
    ((told,),) = connection.execute(all_of, shard).fetchall()
    ((standing,),) = connection.execute(f"SELECT count(*) FROM ({rows_of(number, table)})", shard).fetchall()
    return int(told - standing)


def _looked_back(messages: list[_Message], task: Task, records: Counter[str], refused: TextIO) -> LookedBack:
    """One patient; what becomes of the records is counted and, of what is refused, kept."""
    read: list[tuple[_Message, Event]] = []
    for message in messages:
        try:
            read.append((message, parse_event(message.body.encode()).detail))
        except Unreadable as refusal:
            _refuse(message, refusal.reason, refusal.where, records, refused)
    if not read:
        return LookedBack((), (), Tally())
    told = (event for _, event in read)
    looked = look_back(messages[0].patient_id, told, policies(), task.as_of, task.leaving_out)
    for (message, _), outcome in zip(read, looked.outcomes, strict=True):
        _count(message, outcome, records, refused)
    return looked


def _count(message: _Message, outcome: Outcome, records: Counter[str], refused: TextIO) -> None:
    match outcome:
        case Outcome.CONFLICT:
            _refuse(message, Reason.CONFLICT, "detail.version", records, refused)
        case Outcome.DUPLICATE:
            records["repeated"] += message.told
        case _:
            records["used"] += message.once
            records["repeated"] += message.told - message.once


def _refuse(message: _Message, reason: Reason, where: str, records: Counter[str], refused: TextIO) -> None:
    records["refused"] += message.told
    refused.write(json.dumps(message._asdict() | {"reason": reason.value, "where": where}) + "\n")


def plain(tally: Tally) -> dict[str, Any]:
    """For JSON."""
    return {name: value if isinstance(value, int) else f"{value:.2f}" for name, value in asdict(tally).items()}
