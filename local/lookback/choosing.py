"""The first pass: which patients matter (an NCD code billed, or a visit recorded), and their records set aside on disk.

Streams of events are kept whole, tables are read twice: once for who matters, once for the rows of those. Every record
is counted, so that what is used, filtered and refused adds up to what was read.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.identity import identity
from local.lookback.engine import BETWEEN, NOTHING, Connection, batches, json_lines, literal, quoted
from local.lookback.inputs import Inputs
from local.lookback.tables import Table, lines_of, patient, patient_key, procedure, scan, selected
from shared.core.policy import Policies

Told = Callable[[str], None]

_EVENTS = """
CREATE TABLE unsplit (file_path VARCHAR, line BIGINT, error_type VARCHAR, csv_line VARCHAR);
CREATE TABLE files (file INTEGER, name VARCHAR, path VARCHAR);
CREATE TABLE events (
    patient_id VARCHAR, matters BOOLEAN, file INTEGER, row BIGINT, place VARCHAR, body VARCHAR);
"""
_SHAPE = (
    """'{"detail-type": "VARCHAR", "detail": {"patient_id": "VARCHAR", "lines": [{"procedure_code": "VARCHAR"}]}}'"""
)
# No table has columns of these names.
_KEY, _ROWS, _MATTERS, _WHOLE = (quoted(BETWEEN + name) for name in ("key", "rows", "matters", "whole"))
# Where DuckDB keeps what it could not split is gone with the connection.
_UNSPLIT = """
INSERT INTO unsplit
SELECT DISTINCT ON (file_path, line) file_path, line, CAST(error_type AS VARCHAR), csv_line
FROM reject_errors JOIN reject_scans USING (scan_id, file_id)
"""


@dataclass(frozen=True)
class Chosen:
    """How many patients matter; what was read, how much of it names nobody or cannot be split, and is of others."""

    patients: int
    read: int
    nameless: int
    filtered: int


def codes_of(law: Policies) -> list[str]:
    """Every code that the NCD ever covered."""
    return sorted({code for entry in law.document["covered_codes"] for code in entry["value"]})


def chosen(connection: Connection, inputs: Inputs, law: Policies, folder: Path, told: Told) -> Chosen:
    """Leaves the tables `patients`, `events`, and `rows_N` of each table of claim lines."""
    connection.execute(_EVENTS)
    codes = ", ".join(map(literal, codes_of(law)))
    for number, (name, path, own) in enumerate(_streams(inputs)):
        told(f"reading {name}")
        connection.execute("INSERT INTO files VALUES (?, ?, ?)", [number, name, str(path)])
        connection.execute(_events_in(number, path, codes, own=own))
    for number, table in enumerate(inputs.tables):
        told(f"reading {table.mapping.title}: who matters")
        _seen(connection, number, table, codes, folder)
    _patients(connection, inputs.tables)
    for number, table in enumerate(inputs.tables):
        told(f"reading {table.mapping.title}: their records")
        connection.execute(_rows(number, table))
    if connection.execute("FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall():
        connection.execute(_UNSPLIT)
    return _counted(connection, inputs.tables)


def _streams(inputs: Inputs) -> list[tuple[str, Path, bool]]:
    """Each with whether its lines are places and events, as we wrote them ourselves."""
    plain = [(inputs.names[str(path)], path, False) for path in inputs.streams]
    return plain + [(each.name, each.events, True) for each in inputs.retold]


def _events_in(number: int, path: Path, codes: str, *, own: bool) -> str:
    """Place and body of each line; whose it is and whether it matters, as far as DuckDB can make it out."""
    line = f"concat(coalesce(line, {literal(NOTHING)}), {literal(BETWEEN)} || rest)"
    place, body = ("line", "rest") if own else ("NULL", line)
    return f"""
        INSERT INTO events
        SELECT whose, kind = 'VisitRecorded' OR list_has_any(billed, [{codes}]), {number},
               row, place, body
        FROM (SELECT said.detail.patient_id AS whose, said."detail-type" AS kind, row, place, body,
                     list_transform(said.detail.lines, lambda line: line.procedure_code) AS billed
              FROM (SELECT CASE WHEN json_valid(body) THEN json_transform(body, {_SHAPE}) END AS said, row, place, body
                    FROM (SELECT row_number() OVER () AS row, {place} AS place, {body} AS body
                          FROM {lines_of([str(path)], rejects=True)})))
        WHERE trim(body) <> ''"""


def _seen(connection: Connection, number: int, table: Table, codes: str, folder: Path) -> None:
    """The table's patients with their rows, and the pseudonym under which other sources know them.

    `key` is how the table writes a patient, `raw` the same as text without blanks around it.
    """
    # Of CSV every column is looked at, or a row that is broken in another would be lost only later.
    whole = f"max(length(concat({', '.join(map(quoted, table.types))})))" if table.kind == "csv" else "0"
    key = patient_key(table)
    connection.execute(f"""
        CREATE TABLE raw_{number} AS
        SELECT {key} AS key, {patient(table)} AS raw, {_ROWS} AS rows, {_MATTERS} AS matters, {_WHOLE} AS whole
        FROM (SELECT {key}, count(*) AS {_ROWS}, bool_or({procedure(table)} IN ({codes})) AS {_MATTERS},
                     {whole} AS {_WHOLE}
              FROM {scan(table, rejects=True)} GROUP BY {key})""")
    named = "raw AS patient_id FROM"
    if system := table.mapping.patient_system:
        named = f"patient_id FROM {_pseudonyms(connection, number, system, folder)} RIGHT JOIN"
    using = " USING (raw)" if system else ""
    connection.execute(f"CREATE TABLE seen_{number} AS SELECT key, raw, rows, matters, {named} raw_{number}{using}")


def _pseudonyms(connection: Connection, number: int, system: str, folder: Path) -> str:
    """A table of every patient's own number and the pseudonym that goes with it."""
    file = folder / f"pseudonyms-{number}.ndjson"
    with file.open("w") as names:
        for (raw,) in batches(connection, f"SELECT DISTINCT raw FROM raw_{number} WHERE raw IS NOT NULL"):
            names.write(json.dumps({"raw": raw, "patient_id": identity(system, raw)}) + "\n")
    columns = "{raw: 'VARCHAR', patient_id: 'VARCHAR'}"
    return json_lines([file], columns)


def _patients(connection: Connection, tables: Sequence[Table]) -> None:
    seen = "".join(
        f" UNION SELECT patient_id FROM seen_{number} WHERE matters AND raw IS NOT NULL"
        for number in range(len(tables))
    )
    connection.execute(f"""
        CREATE TABLE patients AS
        SELECT row_number() OVER () AS number, patient_id
        FROM (SELECT DISTINCT patient_id FROM events WHERE matters AND patient_id IS NOT NULL{seen})""")


def _rows(number: int, table: Table) -> str:
    """In the order of the patients: every shard then reads its own part alone."""
    return f"""
        CREATE TABLE rows_{number} AS
        SELECT p.number AS patient, {selected(table)}
        FROM {scan(table)}
        JOIN (SELECT key AS {_KEY}, number FROM seen_{number} JOIN patients USING (patient_id)) p
            ON {patient_key(table)} IS NOT DISTINCT FROM p.{_KEY}
        ORDER BY p.number"""


def _counted(connection: Connection, tables: Sequence[Table]) -> Chosen:
    known = "patient_id IN (SELECT patient_id FROM patients)"
    sums = [f"SELECT count(*), count(*) FILTER (patient_id IS NULL), count(*) FILTER (NOT {known}) FROM events"]
    sums += [
        f"SELECT sum(rows), sum(rows) FILTER (raw IS NULL), sum(rows) FILTER (NOT {known}) FROM seen_{number}"
        for number in range(len(tables))
    ]
    sums.append("SELECT count(*), count(*), 0 FROM unsplit")
    rows = connection.execute(" UNION ALL ".join(sums)).fetchall()
    read, nameless, filtered = (sum(int(count or 0) for count in column) for column in zip(*rows, strict=True))
    ((patients,),) = connection.execute("SELECT count(*) FROM patients").fetchall()
    return Chosen(patients, read, nameless, filtered)
