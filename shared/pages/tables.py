"""The list as tables for spreadsheets, in which no cell can become a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from shared.core.row import Row

COLUMNS = (
    "due_on",
    "severity",
    "rule",
    "patient_id",
    "date_of_service",
    "claim_id",
    "line_number",
    "procedure_code",
    "visit_id",
    "amount",
    "known_from",
    "workflow",
    "message",
    "since",
    "finding_id",
    "revision",
)
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "|", "%")


def cells(rows: Iterable[Row], today: date) -> Iterator[list[str]]:
    """The head, then a line a row; what is not stated is empty."""
    yield list(COLUMNS)
    for row in rows:
        said = {**row.model_dump(mode="json"), "workflow": row.on_day(today).value}
        yield ["" if said[name] is None else neutral(str(said[name])) for name in COLUMNS]


def neutral(text: str) -> str:
    """Text that a spreadsheet shows as it is: an apostrophe before what would start a formula (OWASP ASVS 1.2.10)."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def as_csv(rows: Iterable[Row], today: date) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(cells(rows, today))
    return text.getvalue()


def as_xlsx(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """Every cell is written as a string: no formula, no link, no number made of an id."""
    from xlsxwriter import Workbook  # a cold start has no time for it

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, neutral(cell))
    return out.getvalue()
