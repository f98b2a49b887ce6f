"""What each file is, as it says itself: a table, a stream of our events, or something to be told as events first.

Tables and streams DuckDB reads where they lie. Of files that a folder or a pattern brought along and nobody knows each
is refused as a whole; one that was named must be what the look-back can read.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NamedTuple

import duckdb

from local.cannot_read import CannotRead
from local.lookback.engine import Connection, literal
from local.lookback.mapping import Mapping, shipped
from local.lookback.paths import Named
from local.lookback.retelling import Retold, Unpacked
from local.lookback.tables import Table
from local.lookback.unpacking import NotUnpacked, Unpacking
from shared.formats.detect import HEAD, format_of

_PARQUET = b"PAR1"
_ISO_DATE = 10
_DELIMITERS = ",;\t|"


class _Kind(NamedTuple):
    """Files of one kind are read as one table."""

    kind: Literal["csv", "parquet", "fixed"]
    mapping: Mapping
    header: tuple[tuple[str, str], ...]
    delimiter: str


@dataclass
class Inputs:
    """`streams`: files of an event a line. `unpacked`: what is to be told as such, `retold` once it is. `names`: what a
    person calls each file.
    """

    tables: list[Table] = field(default_factory=list)
    streams: list[Path] = field(default_factory=list)
    unpacked: list[Unpacked] = field(default_factory=list)
    retold: list[Retold] = field(default_factory=list)
    refused: list[NotUnpacked] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def inputs_of(files: Iterable[Named], given: Mapping | None, folder: Path, connection: Connection) -> Inputs:
    """Every file by its kind; `given` is the mapping that tables must follow."""
    inputs = Inputs()
    for named in files:
        unpacking = Unpacking(named, folder)
        for file, name in unpacking.files():
            inputs.names[str(file)] = name
            _put(Named(file, name, alone=named.alone), given, inputs, connection)
        inputs.refused += unpacking.refused
    return inputs


def _put(named: Named, given: Mapping | None, inputs: Inputs, connection: Connection) -> None:
    head = _head(named)
    known = None if head.startswith(_PARQUET) else format_of(head)
    if known and known.ours and _is_stream(head):
        inputs.streams.append(named.file)
    elif known is None and head.strip() and (kind := _table(named, head, given, connection)):
        _join(kind, str(named.file), inputs.tables)
    else:
        inputs.unpacked.append(Unpacked(named.file, named.name))


def _join(kind: _Kind, path: str, tables: list[Table]) -> None:
    alone = Table(kind.mapping, kind.kind, (path,), dict(kind.header), kind.delimiter)
    for number, table in enumerate(tables):
        if replace(table, paths=()) == replace(alone, paths=()) and [*table.types] == [*alone.types]:
            tables[number] = replace(table, paths=(*table.paths, path))
            return
    tables.append(alone)


def _head(named: Named) -> bytes:
    try:
        with named.file.open("rb") as stream:
            return stream.read(HEAD)
    except OSError as error:
        raise CannotRead(named.name, str(error.strerror).lower(), "name files that you may read") from None


def _is_stream(head: bytes) -> bool:
    """Whether the first line is an event of its own; else the file is one event over many lines, or a list."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].rstrip()
    return first.startswith(b"{") and first.endswith(b"}")


def _table(named: Named, head: bytes, given: Mapping | None, connection: Connection) -> _Kind | None:
    """Which table it is; None for what a folder brought along and is none."""
    candidates = (given,) if given else shipped()
    kind: Literal["csv", "parquet"]
    for mapping in candidates:
        if mapping.layout and _is_laid_out(head, mapping):
            return _Kind("fixed", mapping, (), "")
    if head.startswith(_PARQUET):
        kind, types, delimiter = "parquet", _columns(named.file, connection), ""
    else:
        kind, (types, delimiter) = "csv", _header(head)
    plain = [mapping for mapping in candidates if not mapping.layout]
    for mapping in plain:
        if types and not mapping.missing_in(types):
            return _Kind(kind, mapping, tuple(types.items()), delimiter)
    if named.alone or len(types) > 1:
        raise _unknown(named.name, plain, types)
    return None


def _unknown(name: str, candidates: Sequence[Mapping], header: Iterable[str]) -> CannotRead:
    if not candidates:
        return CannotRead(name, "does not follow the layout", "name a mapping that fits with --map FILE.toml")
    missing = ", ".join(candidates[0].missing_in(header))
    why = f"neither events, X12, FHIR or HL7 v2 nor {candidates[0].title}, for it has no column {missing}"
    return CannotRead(
        name, why, "say with --map FILE.toml which of its columns is which, and under [otherwise] what holds"
    )


def _is_laid_out(head: bytes, mapping: Mapping) -> bool:
    """A first line as long as the needed columns, with dates where dates must stand."""
    line = head.partition(b"\n")[0].rstrip(b"\r").decode(errors="replace")
    dates = [mapping.layout[column] for column in mapping.columns_of("date_of_service")]
    return all(_is_date(line[first - 1 : last].strip()) for first, last in dates)


def _is_date(text: str) -> bool:
    return len(text) == _ISO_DATE and text[4] == text[7] == "-" and text.replace("-", "").isdecimal()


def _columns(file: Path, connection: Connection) -> dict[str, str]:
    """The columns of a Parquet file with DuckDB's types; nothing for what DuckDB cannot read."""
    try:
        told = connection.execute(f"DESCRIBE FROM read_parquet({literal(str(file))})").fetchall()
    except duckdb.Error:
        return {}
    return {column: str(type_) for column, type_, *_ in told}


def _header(head: bytes) -> tuple[dict[str, str], str]:
    """The columns that the first line of a CSV file names, and what stands between them: what makes the most of it.

    DuckDB would guess both from the rows, and guess otherwise where some of them are broken.
    """
    line = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].rstrip(b"\r").decode(errors="replace")
    columns, delimiter = max(((next(csv.reader([line], delimiter=each), []), each) for each in _DELIMITERS), key=_width)
    names: dict[str, str] = {}
    for number, column in enumerate(columns):
        name = column.strip() or f"column {number}"
        names[name if name not in names else f"{name} {number}"] = "VARCHAR"
    return names, delimiter


def _width(told: tuple[list[str], str]) -> int:
    return len(told[0])
