"""What a look-back found as one table: Parquet, CSV or NDJSON, in the same order however many processes made it."""

from collections.abc import Sequence
from pathlib import Path

from local.cannot_read import CannotRead
from local.lookback.engine import Connection, json_lines, literal
from shared.core.lookback import Row
from shared.pages.tables import STARTS_A_FORMULA

_TYPES = {
    "date_of_service": "DATE",
    "line_number": "BIGINT",
    "amount": "DECIMAL(18, 2)",
    "amount_once": "DECIMAL(18, 2)",
}
_FORMATS = {".parquet": "parquet", ".csv": "csv", ".ndjson": "json", ".jsonl": "json"}


def format_of(out: Path) -> str:
    try:
        return _FORMATS[out.suffix.lower()]
    except KeyError:
        known = ", ".join(_FORMATS)
        raise CannotRead(str(out), "no format is known by this ending", f"let it end in one of {known}") from None


def laid_out(connection: Connection, rows: Sequence[Path]) -> None:
    """The table `findings`, by patient and in each patient's order."""
    columns = ", ".join(f"{name}: {literal(_TYPES.get(name, 'VARCHAR'))}" for name in Row._fields)
    connection.execute(f"""
        CREATE TABLE findings AS
        FROM {json_lines(rows, f"{{{columns}, place: 'INTEGER'}}")}
        ORDER BY patient_id, place""")


def write(connection: Connection, out: Path) -> None:
    kind = format_of(out)
    options = "format csv, header true, force_quote *" if kind == "csv" else f"format {kind}"
    connection.execute(f"COPY (SELECT {_columns(kind)} FROM findings) TO {literal(str(out))} ({options})")


def _columns(kind: str) -> str:
    match kind:
        case "csv":
            return ", ".join(_cell(name) for name in Row._fields)
        case "json":  # money is a string in JSON (events.md)
            return ", ".join(f"CAST({name} AS VARCHAR) AS {name}" if "amount" in name else name for name in Row._fields)
    return ", ".join(Row._fields)


def _cell(name: str) -> str:
    """No cell of a spreadsheet becomes a formula; see shared/pages/tables.py."""
    if name in _TYPES:
        return name
    starts = ", ".join(literal(start) for start in STARTS_A_FORMULA if start != "\0")
    return f"CASE WHEN {name}[:1] IN ({starts}) THEN '''' || {name} ELSE {name} END AS {name}"
