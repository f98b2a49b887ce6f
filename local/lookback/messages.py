"""What a shard tells of each of its patients: events in the order of their files, then the claims of tables.

The values of a table recur, so its claims are made in bulk; what does not pass there the one door reads, and says why.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from local.lookback.claims import Claim, claims_of
from local.lookback.engine import Connection, batches
from local.lookback.envelopes import (
    ANSWER,
    ANSWER_LINE,
    CLAIM,
    CLAIM_LINE,
    SOURCE,
    Kind,
    Told,
    answer_told,
    claim_told,
    envelope,
)
from local.lookback.tables import Table
from shared.core.events import ClaimLine, ClaimSubmitted, Event, RemittanceLine, RemittanceReceived
from shared.core.in_bulk import InBulk
from shared.core.intake import parse_event


class OfStream(NamedTuple):
    """A line of a stream, and where it stands."""

    patient_id: str
    source: int
    row: int
    place: str | None
    body: str

    @property
    def told(self) -> int:
        """How many records it is."""
        return 1

    @property
    def once(self) -> int:
        """How many of them are told once."""
        return 1

    def event(self) -> Event:
        """Raises `Unreadable`."""
        return parse_event(self.body.encode()).detail

    def refused(self) -> dict[str, Any]:
        return {**self._asdict(), "told": 1}


class OfTable(NamedTuple):
    """A claim that rows of a table tell, or what the payer made of it. `source` is -1 - the number of the table."""

    source: int
    claim: Claim
    kind: Kind

    @property
    def told(self) -> int:
        return self.claim.told if self.kind == "ClaimSubmitted" else 0

    @property
    def once(self) -> int:
        return len(self.claim.rows) if self.kind == "ClaimSubmitted" else 0

    def event(self) -> Event:
        """Raises `Unreadable`."""
        said = _SAID[self.kind](self.claim)
        made = _in_bulk(self.kind).made(*said)
        return made.as_told_by(SOURCE) if made else parse_event(self.body.encode()).detail

    @property
    def body(self) -> str:
        return envelope(self.claim.which[1], self.kind, _SAID[self.kind](self.claim))

    def refused(self) -> dict[str, Any]:
        patient_id, claim_id, version = self.claim.which
        which = {"patient_id": patient_id, "claim_id": claim_id, "version": version, "header": self.claim.mark}
        return {**which, "source": self.source, "told": self.told, "body": self.body}


Message = OfStream | OfTable
_SAID: dict[Kind, Callable[[Claim], Told]] = {"ClaimSubmitted": claim_told, "RemittanceReceived": answer_told}


@cache
def _in_bulk(kind: Kind) -> InBulk[Any]:
    if kind == "ClaimSubmitted":
        return InBulk(ClaimSubmitted, CLAIM, ClaimLine, CLAIM_LINE)
    return InBulk(RemittanceReceived, ANSWER, RemittanceLine, ANSWER_LINE)


def histories(
    connection: Connection, tables: Sequence[Table], shard: dict[str, Any]
) -> Iterator[tuple[str, list[Message]]]:
    """Patient by patient. Each source is read with a cursor of its own, and no further than to the patient at hand."""
    sources = [_of_streams(connection.cursor(), shard)]
    numbers = reversed(range(len(tables)))
    sources += [_of_table(connection.cursor(), number, tables[number], shard) for number in numbers]
    for patient_id, told in groupby(merge(*sources, key=itemgetter(0)), itemgetter(0)):
        yield patient_id, [message for _, messages in told for message in messages]


def _of_streams(connection: Connection, shard: dict[str, Any]) -> Iterator[tuple[str, list[Message]]]:
    sql = """
        SELECT patient_id, file, row, place, body
        FROM events WHERE patient_id IN (SELECT patient_id FROM patients WHERE number BETWEEN $first AND $last)
        ORDER BY patient_id, file, row"""
    for patient_id, told in groupby(batches(connection, sql, shard), itemgetter(0)):
        yield patient_id, [*map(OfStream._make, told)]


def _of_table(
    connection: Connection, number: int, table: Table, shard: dict[str, Any]
) -> Iterator[tuple[str, list[Message]]]:
    answers = table.tells("paid")
    claims = claims_of(connection, number, table, shard)
    for patient_id, told in groupby(claims, lambda alike: alike[0].which[0]):
        yield patient_id, [message for alike in told for message in _in_order(alike, -1 - number, answers=answers)]


def _in_order(claims: list[Claim], source: int, *, answers: bool) -> list[OfTable]:
    """Of claims of one number and version the order is that of what they say, wherever the table says it."""
    told = [OfTable(source, claim, "ClaimSubmitted") for claim in claims]
    if answers:
        answered = (OfTable(source, claim, "RemittanceReceived") for claim in claims)
        told += [message for message in answered if answer_told(message.claim)[1]]
    return sorted(told, key=_body) if len(claims) > 1 else told


def _body(message: OfTable) -> str:
    return message.body
