"""The quarantine of a look-back: every record that could not be read, with the reason and its place, as it came.

Places are looked up at the end and only of what was refused: numbering the lines of every file would cost every run.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from local.lookback.claims import HEADER_MARK
from local.lookback.engine import BETWEEN, Connection, batches, json_lines, quoted
from local.lookback.tables import LONGEST_LINE, Table, patient, scan, selected
from local.refused_file import RefusedFile
from shared.core.errors import Reason, Unreadable
from shared.core.intake import parse_event

Entry = dict[str, Any]
_ROW, _PATIENT, _WHOLE = (quoted(BETWEEN + name) for name in ("row", "patient", "whole"))
_REASONS = {"LINE SIZE OVER MAXIMUM": Reason.TOO_LARGE, "INVALID ENCODING": Reason.NOT_JSON}
_COLUMNS = """{patient_id: 'VARCHAR', source: 'INTEGER', row: 'BIGINT', place: 'VARCHAR', claim_id: 'VARCHAR',
    version: 'VARCHAR', header: 'VARCHAR', told: 'BIGINT', body: 'VARCHAR', reason: 'VARCHAR', "where": 'VARCHAR'}"""


def entries(
    connection: Connection, tables: Sequence[Table], names: Mapping[str, str], refused: Sequence[Path], folder: Path
) -> Iterator[Entry]:
    """What DuckDB could not split into records, what names nobody, and what the door refused."""
    yield from _unsplit(connection, names)
    nobodys = folder / "refused-nobodys.ndjson"
    with nobodys.open("w") as kept:
        kept.writelines(json.dumps(entry) + "\n" for entry in _nobodys(connection))
    connection.execute(f"CREATE TABLE refused AS FROM {json_lines([*refused, nobodys], _COLUMNS)}")
    yield from _of_streams(connection)
    for number, table in enumerate(tables):
        yield from _of_table(connection, number, table, names)


def _unsplit(connection: Connection, names: Mapping[str, str]) -> Iterator[Entry]:
    """A line too long, in no encoding, or with other columns than the table has."""
    for path, line, why, raw in batches(connection, "FROM unsplit ORDER BY ALL"):
        yield _entry(names.get(path, path), f"line {line}", _REASONS.get(why, Reason.BAD_FORM).value, raw or "")


def _nobodys(connection: Connection) -> Iterator[Entry]:
    """Messages that DuckDB could make nobody's: the door says why; one that it alone can read a person must see."""
    rows = batches(connection, "SELECT file, row, place, body FROM events WHERE patient_id IS NULL")
    for file, row, place, body in rows:
        reason, where = Reason.AMBIGUOUS, "detail.patient_id"
        try:
            parse_event(body.encode())
        except Unreadable as refusal:
            reason, where = refusal.reason, refusal.where
        told = {"source": file, "row": row, "place": place, "told": 1, "body": body}
        yield told | {"reason": reason.value, "where": where}


def _of_streams(connection: Connection) -> Iterator[Entry]:
    for number, name, path in connection.execute("FROM files ORDER BY file").fetchall():
        sql = f'SELECT row, place, reason, "where", body FROM refused WHERE source = {number} ORDER BY row, body'
        lines = _line_numbers(Path(path))
        row, line = 0, 0
        for wanted, place, reason, where, body in batches(connection, sql):
            while not place and row < wanted:
                row, line = next(lines)
            yield _entry(name, f"{place or f'line {line}'}: {where}", reason, body)


def _line_numbers(path: Path) -> Iterator[tuple[int, int]]:
    """Where each line stands that DuckDB could read: it counts neither blank lines nor those it cannot."""
    rows = count(1)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if _counted(line.rstrip(b"\r\n")):
                yield next(rows), number


def _counted(line: bytes) -> bool:
    try:
        return len(line) <= LONGEST_LINE and bool(line.decode())
    except UnicodeDecodeError:
        return False


def _of_table(connection: Connection, number: int, table: Table, names: Mapping[str, str]) -> Iterator[Entry]:
    """Every row of each refused claim, every row that names no patient, and answers of the payer that are none."""
    if connection.execute(_any_row(number)).fetchall():
        for path in table.paths:
            for row, reason, where, raw in batches(connection, _numbered(number, table, path)):
                yield _entry(names[path], f"row {row}: {where}", reason, raw)
    answers = f'SELECT reason, "where", body FROM refused WHERE source = {-1 - number} AND told = 0 ORDER BY ALL'
    for reason, where, body in batches(connection, answers):
        yield _entry(table.mapping.title, f"the payer's answer: {where}", reason, body) | {"records": 0}


def _any_row(number: int) -> str:
    """Whether any row must be looked up: the files are not read once more for nothing."""
    return f"""
        (FROM seen_{number} SELECT 1 WHERE raw IS NULL LIMIT 1)
        UNION ALL (FROM refused SELECT 1 WHERE source = {-1 - number} AND told > 0 LIMIT 1)"""


def _numbered(number: int, table: Table, path: str) -> str:
    """The rows of a file that belong to refused claims, or to nobody, with their number among the file's rows.

    Only the rows of patients of whom a claim is refused are taken apart. Names that begin with a control character are
    no columns of theirs.
    """
    alone = replace(table, paths=(path,))
    same = "" if table.mapping.adjustments else "AND (f.version, f.header) IS NOT DISTINCT FROM (t.version, t.header)"
    return f"""
        WITH wanted AS (
            SELECT DISTINCT ON (patient_id, claim_id, version, header) * FROM refused
            WHERE source = {-1 - number} AND told > 0),
        theirs AS (
            SELECT DISTINCT raw, patient_id FROM seen_{number}
            WHERE patient_id IN (SELECT patient_id FROM wanted)),
        numbered AS (
            SELECT row_number() OVER () AS {_ROW}, {patient(alone)} AS {_PATIENT}, t AS {_WHOLE}, *
            FROM {scan(alone)} t),
        told AS (
            SELECT *, CAST({HEADER_MARK} AS VARCHAR) AS header
            FROM (SELECT {_ROW}, {_PATIENT}, {_WHOLE}, {selected(alone)}
                  FROM numbered WHERE {_PATIENT} IS NULL OR {_PATIENT} IN (SELECT raw FROM theirs)))
        SELECT {_ROW}, coalesce(f.reason, '{Reason.MISSING_FIELD.value}'), coalesce(f."where", 'patient_id'),
               CAST(to_json({_WHOLE}) AS VARCHAR)
        FROM told t
        LEFT JOIN theirs s ON t.{_PATIENT} = s.raw
        LEFT JOIN wanted f ON f.patient_id = s.patient_id AND f.claim_id IS NOT DISTINCT FROM t.claim_id {same}
        WHERE t.{_PATIENT} IS NULL OR f.reason IS NOT NULL
        ORDER BY t.{_ROW}"""


def _entry(file: str, place: str, reason: str, raw: str) -> Entry:
    return {"file": file, "place": place, "reason": reason, "records": 1, "raw": raw}


def write(told: Iterable[Entry], file: Path) -> tuple[int, Path | None]:
    """A line each; how many records they are, and where they are, if there are any."""
    records = 0
    with RefusedFile(file) as kept:
        for entry in told:
            records += entry["records"]
            kept.keep(entry)
    return records, kept.path
