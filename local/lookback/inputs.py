"""What PATH names: files, folders with all that is in them, patterns, prefixes of S3. What a file is, it says itself.

Tables and streams of our events DuckDB reads where they lie. All else (archives, X12, FHIR, HL7 v2, lists of events) is
unpacked first.
"""

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from local.lookback.engine import Connection, literal
from local.lookback.mapping import Mapping, shipped
from local.lookback.tables import Table
from local.lookback.unpacking import Unpacked, unpacked
from local.reading import CannotRead
from shared.formats.detect import HEAD, format_of

_PARQUET = b"PAR1"
_ISO_DATE = 10


@dataclass
class Inputs:
    """`streams`: files of an event a line. `names`: what a person calls each file."""

    tables: list[Table] = field(default_factory=list)
    streams: list[Path] = field(default_factory=list)
    unpacked: list[Unpacked] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def local_files(path: str) -> list[Path]:
    """The files that a path or a pattern names, in order; in a folder all but the hidden ones."""
    named = Path(path)
    if named.is_dir():
        inside = (file for file in named.rglob("*") if file.is_file())
        found = [file for file in inside if not any(part.startswith(".") for part in file.relative_to(named).parts)]
    else:
        found = [named] if named.is_file() else [Path(name) for name in glob.glob(path, recursive=True)]  # noqa: PTH207
        found = [file for file in found if file.is_file()]
    if not found:
        raise CannotRead(
            path, "no such file, or an empty folder", "name files, folders, patterns or s3://bucket/prefix"
        )
    return sorted(found)


def inputs_of(files: Iterable[tuple[Path, str]], given: Mapping | None, folder: Path, connection: Connection) -> Inputs:
    """Every file by its kind; `given` is the mapping that tables must follow."""
    inputs = Inputs()
    tables: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[str]] = {}
    for file, name in _plain(files, folder):
        inputs.names[str(file)] = name
        head = _head(file)
        known = None if head.startswith(_PARQUET) else format_of(head)
        if known is None:
            kind, mapping, types = _table(file, name, head, given, connection)
            tables.setdefault((kind, mapping.title, tuple(types.items())), []).append(str(file))
        elif known.ours and _is_stream(head):
            inputs.streams.append(file)
        else:
            inputs.unpacked.append(Unpacked(file, name))
    inputs.tables = [_as_table(key, paths, given) for key, paths in tables.items()]
    return inputs


def _plain(files: Iterable[tuple[Path, str]], folder: Path) -> Iterator[tuple[Path, str]]:
    """Files as they are, and what is inside those that are packed."""
    for file, name in files:
        yield from unpacked(file, name, folder)


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(HEAD)
    except OSError as error:
        raise CannotRead(str(file), str(error.strerror).lower(), "name files that you may read") from None


def _is_stream(head: bytes) -> bool:
    """Whether the first line is an event of its own; else the file is one event over many lines, or a list."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].rstrip()
    return first.startswith(b"{") and first.endswith(b"}")


def _table(
    file: Path, name: str, head: bytes, given: Mapping | None, connection: Connection
) -> tuple[str, Mapping, dict[str, str]]:
    candidates = (given,) if given else shipped()
    fixed = next((mapping for mapping in candidates if mapping.layout and _is_laid_out(head, mapping)), None)
    if fixed:
        return "fixed", fixed, {}
    kind = "parquet" if head.startswith(_PARQUET) else "csv"
    types = _columns(file, name, kind, connection)
    plain = [mapping for mapping in candidates if not mapping.layout]
    for mapping in plain:
        if not mapping.missing_in(types):
            return kind, mapping, types
    raise _unknown(name, plain, types)


def _unknown(name: str, candidates: Sequence[Mapping], header: Iterable[str]) -> CannotRead:
    if not candidates:
        return CannotRead(name, "does not follow the layout", "name a mapping that fits with --map FILE.toml")
    missing = ", ".join(candidates[0].missing_in(header))
    why = f"neither events nor {candidates[0].title}: it has no column {missing}"
    return CannotRead(name, why, "say with --map FILE.toml which of its columns is which")


def _is_laid_out(head: bytes, mapping: Mapping) -> bool:
    """A first line as long as the needed columns, with dates where dates must stand."""
    line = head.partition(b"\n")[0].rstrip(b"\r").decode(errors="replace")
    dates = [mapping.layout[column] for column in mapping.columns_of("date_of_service")]
    return all(_is_date(line[first - 1 : last].strip()) for first, last in dates)


def _is_date(text: str) -> bool:
    return len(text) == _ISO_DATE and text[4] == text[7] == "-" and text.replace("-", "").isdecimal()


def _columns(file: Path, name: str, kind: str, connection: Connection) -> dict[str, str]:
    reader = "read_parquet" if kind == "parquet" else "read_csv"
    options = "" if kind == "parquet" else ", header=true, all_varchar=true, ignore_errors=true"
    try:
        told = connection.execute(f"DESCRIBE SELECT * FROM {reader}({literal(str(file))}{options})").fetchall()
    except duckdb.Error:
        why = "neither events, X12, FHIR or HL7 v2, nor a table"
        raise CannotRead(name, why, "name files of claims or events; ncd-audit audit --help says which") from None
    return {column: str(type_) for column, type_, *_ in told}


def _as_table(key: tuple[str, str, tuple[tuple[str, str], ...]], paths: Sequence[str], given: Mapping | None) -> Table:
    kind, title, types = key
    mapping = given or next(mapping for mapping in shipped() if mapping.title == title)
    return Table(mapping, kind, tuple(paths), dict(types))  # type: ignore[arg-type]
