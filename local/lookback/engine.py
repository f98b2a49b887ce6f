"""DuckDB as the look-back uses it: so much memory and no more, the rest on disk, and nothing fetched from elsewhere."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

Connection = duckdb.DuckDBPyConnection

# A control character that no text of ours holds: a line of a file stays one column, what follows it is kept beside it.
BETWEEN = "\x01"
# What stands for NULL must be something; no line of text is this one.
NOTHING = "\x02\x03\x02"


@dataclass(frozen=True)
class Workshop:
    """Where intermediate results lie, and how much memory each process's DuckDB may take."""

    folder: Path
    memory: str
    threads: int

    @property
    def database(self) -> Path:
        return self.folder / "lookback.duckdb"


@contextmanager
def opened(workshop: Workshop, *, reading: bool = False) -> Iterator[Connection]:
    settings: dict[str, Any] = {
        "memory_limit": workshop.memory,
        "temp_directory": str(workshop.folder / "spilled"),
        "threads": workshop.threads,
        "autoinstall_known_extensions": "false",  # a laptop with patient data asks nobody for code
    }
    with duckdb.connect(str(workshop.database), read_only=reading, config=settings) as connection:
        connection.execute("SET enable_progress_bar = false")  # after two seconds it would write on standard output
        yield connection


def quoted(name: str) -> str:
    """The name of a column."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def listed(texts: list[str] | tuple[str, ...]) -> str:
    return "[" + ", ".join(map(literal, texts)) + "]"


def json_lines(paths: Sequence[Path], columns: str) -> str:
    """Files of ours, an object a line; DuckDB sets aside memory for the longest, sixteen megabytes unless told."""
    told = f"format='newline_delimited', maximum_object_size={_LONGEST}, columns={columns}"
    return f"read_json({listed([str(path) for path in paths])}, {told})"


def batches(connection: Connection, sql: str, values: dict[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a query one by one; never all at once in memory."""
    result = connection.execute(sql, values)
    while rows := result.fetchmany(_AT_ONCE):
        yield from rows


_AT_ONCE = 2_048
_LONGEST = 6 * 1024 * 1024  # a line of two megabytes, every letter escaped in the end
