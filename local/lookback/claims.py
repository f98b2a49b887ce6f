"""Claim lines as claims: DuckDB nets what was told twice or adjusted and sorts the rest, here the rows of a claim meet.

A claim is judged whole or not at all: a line that cannot be read refuses its claim.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from local.lookback.engine import Connection, batches
from local.lookback.mapping import Several, Single
from local.lookback.tables import Table

Fields = tuple[Single | Several, ...]
# What is told of a claim, of each of its lines, and by the payer of a line: in this order everywhere.
HEADER: Fields = (
    "claim_type",
    "type_of_bill",
    "frequency_code",
    "replaces_claim_id",
    "received_on",
    "payer",
    "billing_npi",
    "diagnoses",
)
BILLED: Fields = (
    "line_number",
    "procedure_code",
    "modifiers",
    "units",
    "date_of_service",
    "diagnosis_pointers",
    "rendering_npi",
    "place_of_service",
    "charge",
)
_ANSWERED: Fields = ("status", "allowed", "paid", "patient_responsibility", "paid_on")
_LINE: Fields = (*BILLED, "line_diagnosis", *_ANSWERED)
_LISTS = frozenset({"diagnoses", "modifiers"})

# Tells apart two claims of one number whose rows do not agree in what they say of the whole.
HEADER_MARK = f"hash({', '.join(HEADER)})"

Row = tuple[Any, ...]

# Where in a row they stand.
_WHICH = itemgetter(0, 1, 2)
_mark, _place = itemgetter(3), itemgetter(4)
OF_LINE = slice(5, 5 + len(_LINE))
DIAGNOSIS = OF_LINE.start + _LINE.index("line_diagnosis")
OF_HEADER = slice(OF_LINE.stop, OF_LINE.stop + len(HEADER))


class Claim(NamedTuple):
    """The rows of one claim, which agree on the whole: each line once, in order; `told` is how many there were."""

    rows: Sequence[Row]
    told: int

    @property
    def which(self) -> tuple[str, str | None, str]:
        """Whose it is, its number, its version."""
        patient_id, claim_id, version, *_ = self.rows[0]
        return patient_id, claim_id, version

    @property
    def mark(self) -> str:
        return str(_mark(self.rows[0]))


def rows_of(number: int, table: Table) -> str:
    """The rows of the table that stand, of the patients of one shard."""
    told = (
        f"SELECT r.*, p.patient_id FROM rows_{number} r JOIN patients p ON r.patient = p.number "
        "WHERE r.patient BETWEEN $first AND $last"
    )
    return told if table.mapping.adjustments is None else _last_tellings(told)


def _last_tellings(told: str) -> str:
    """Of each claim number the last telling, numbered as its version, received when the first was; no cancelled one."""
    return f"""
        SELECT * EXCLUDE (place_in_order, telling, cancelled)
            REPLACE (CAST(place_in_order AS VARCHAR) AS version,
                     min(received_on) OVER (PARTITION BY patient, claim_id) AS received_on)
        FROM (SELECT *, dense_rank() OVER (PARTITION BY patient, claim_id ORDER BY telling) AS place_in_order
              FROM ({told}))
        QUALIFY claim_id IS NULL
            OR (place_in_order = max(place_in_order) OVER (PARTITION BY patient, claim_id) AND NOT cancelled)"""


def claims_of(connection: Connection, number: int, table: Table, shard: dict[str, Any]) -> Iterator[list[Claim]]:
    """By patient, claim number and version; more than one where the rows of a number do not agree on the whole."""
    sql = f"""
        SELECT patient_id, claim_id, version, {HEADER_MARK}, try_cast(line_number AS BIGINT),
               {", ".join(map(_read, (*_LINE, *HEADER)))}
        FROM ({rows_of(number, table)}) ORDER BY patient_id, claim_id, version"""
    for _, rows in groupby(batches(connection, sql, shard), _WHICH):
        yield _together([*rows])


def _read(name: str) -> str:
    """Lists come as JSON: as text they are read once, however many rows tell them."""
    return f"CAST(to_json({name}) AS VARCHAR)" if name in _LISTS else name


def _together(rows: list[Row]) -> list[Claim]:
    if len(rows) == 1:
        return [Claim(rows, 1)]
    alike = groupby(sorted(rows, key=_mark), _mark)
    return [Claim(_in_order(same), len(same)) for same in ([*each] for _, each in alike)]


def _in_order(rows: list[Row]) -> list[Row]:
    """By the number of the line; what was told twice is one line."""
    places = {*map(_place, rows)}
    if len(places) == len(rows) and None not in places:
        return sorted(rows, key=_place)
    return sorted({*rows}, key=_all_of)


def _all_of(row: Row) -> list[tuple[bool, Any]]:
    """What is not told comes last."""
    number, code, modifiers, *rest = row[OF_LINE]
    said = (_place(row), number, code, json.loads(modifiers), *rest)
    return [(value is None, 0 if value is None else value) for value in said]
