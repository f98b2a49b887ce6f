"""Tables of claim lines as DuckDB reads them: CSV, Parquet and fixed width, every value as text under our field's name.

Nothing is judged here: what cannot be turned into our form goes on as it is, and the one door refuses it.
"""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Literal

from local.lookback.engine import BETWEEN, NOTHING, listed, literal, quoted
from local.lookback.mapping import DATES, Mapping, Several, Single

LONGEST_LINE = 2 * 1024 * 1024
_SINGLES: tuple[Single, ...] = Single.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Table:
    """Files of one kind, one mapping and one header. `types`: their columns in order, as DuckDB calls their types."""

    mapping: Mapping
    kind: Literal["csv", "parquet", "fixed"]
    paths: tuple[str, ...]
    types: Dictionary[str, str] = field(default_factory=dict)
    delimiter: str = ","

    def has(self, column: str) -> bool:
        return not self.types or column in self.types

    def tells(self, name: Single) -> bool:
        return any(map(self.has, self.mapping.columns_of(name)))


def lines_of(paths: list[str] | tuple[str, ...], *, rejects: bool) -> str:
    """Text files line by line, as `line` and, beyond a control character, `rest`. Blank lines are left out."""
    return (
        f"read_csv({listed(paths)}, delim={literal(BETWEEN)}, columns={{'line': 'VARCHAR', 'rest': 'VARCHAR'}}, "
        "header=false, quote='', escape='', comment='', auto_detect=false, strict_mode=false, null_padding=true, "
        f"nullstr={literal(NOTHING)}, max_line_size={LONGEST_LINE}, {_rejecting(rejects=rejects)})"
    )


def _rejecting(*, rejects: bool) -> str:
    """The first pass over a file keeps what cannot be read at all, the second need not keep it again."""
    return "store_rejects=true, rejects_limit=0" if rejects else "ignore_errors=true"


def scan(table: Table, *, rejects: bool = False) -> str:
    """What to select from: the table's own columns."""
    paths = listed(table.paths)
    match table.kind:
        case "parquet":
            return f"read_parquet({paths})"
        case "csv":
            columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in table.types)
            form = f"columns={{{columns}}}, delim={literal(table.delimiter)}, quote='\"', escape='\"', nullstr=''"
            return f"read_csv({paths}, header=true, auto_detect=false, {form}, {_rejecting(rejects=rejects)})"
        case "fixed":
            places = table.mapping.layout.items()
            cut = ", ".join(f"line[{first}:{last}] AS {quoted(name)}" for name, (first, last) in places)
            return f"(SELECT {cut} FROM {lines_of(table.paths, rejects=rejects)})"


def patient(table: Table) -> str:
    return _single("patient_id", table)


def patient_key(table: Table) -> str:
    """The column that tells the patient, as it is: DuckDB looks for it while it reads. NULL where there is none."""
    told = [*filter(table.has, table.mapping.columns_of("patient_id"))]
    return quoted(told[0]) if told else "NULL"


def procedure(table: Table) -> str:
    return _single("procedure_code", table)


def selected(table: Table) -> str:
    """Every field under its name, and the order of tellings where the payer adjusts claims."""
    singles = [f"{_single(name, table)} AS {name}" for name in _SINGLES if name != "patient_id"]
    several = [f"{_several(name, table)} AS {name}" for name in ("diagnoses", "modifiers")]
    adjusted = table.mapping.adjustments
    if adjusted:
        order = ", ".join(f"coalesce({_text(name, table)}, '')" for name in adjusted.order)
        cancelled = (
            f"coalesce({_text(adjusted.type, table)}, '') IN ({', '.join(map(literal, adjusted.cancellations))})"
        )
        several += [f"[{order}] AS telling", f"{cancelled} AS cancelled"]
    return ", ".join((*singles, *several))


def _text(column: str, table: Table) -> str:
    """A column as text without the blanks around it; NULL for nothing. Moments are dates: claims know no hours."""
    name = quoted(column)
    kind = table.types.get(column, "VARCHAR")
    plain = f"CAST({name} AS DATE)" if _is_day(kind) else name
    return f"nullif(trim({plain if kind == 'VARCHAR' else f'CAST({plain} AS VARCHAR)'}), '')"


def _is_day(kind: str) -> bool:
    return kind == "DATE" or kind.startswith("TIMESTAMP")


def _single(name: Single, table: Table) -> str:
    mapping = table.mapping
    told = [column for column in mapping.columns_of(name) if table.has(column)]
    said = _text(told[0], table) if told else "NULL"
    if told and (values := mapping.values.get(name)):
        said = _translated(said, values)
    if told and name in DATES and not _is_day(table.types.get(told[0], "")):
        said = f"coalesce(strftime(try_strptime({said}, {literal(mapping.date_format)}), '%Y-%m-%d'), {said})"
    if name == "line_diagnosis" and told:
        said = _dotted(said)
    otherwise = mapping.value_without(name)
    return f"coalesce({said}, {literal(otherwise)})" if otherwise else f"CAST({said} AS VARCHAR)"


def _translated(said: str, values: Dictionary[str, str]) -> str:
    """The table's codes as ours; "*" is any other that is said. One we know nothing of goes on as it is."""
    known = " ".join(f"WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in values.items() if theirs != "*")
    other = f"CASE WHEN {said} IS NOT NULL THEN {literal(values['*'])} END" if "*" in values else said
    return f"CASE {said} {known} ELSE {other} END" if known else other


def _several(name: Several, table: Table) -> str:
    columns = [column for column in table.mapping.columns_of(name) if table.has(column)]
    texts = [_dotted(_text(column, table)) if name == "diagnoses" else _text(column, table) for column in columns]
    return f"list_filter(CAST([{', '.join(texts)}] AS VARCHAR[]), lambda code: code IS NOT NULL)"


def _dotted(code: str) -> str:
    """Claims leave out the dot of ICD-10-CM."""
    bare = f"length({code}) > 3 AND NOT contains({code}, '.')"
    return f"CASE WHEN {bare} THEN {code}[:3] || '.' || {code}[4:] ELSE {code} END"
