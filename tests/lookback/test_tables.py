"""Plain tables of claim lines: whatever their columns are called, every row is used, filtered, netted or refused."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from local.lookback.engine import Workshop, opened
from local.lookback.mapping import mapping_named, shipped
from shared.core.lookback import Row, shard_of
from tests.builders import FIRST_DAY
from tests.lookback.archives import Cells, audited, refused, write_csv
from tests.unit.conftest import Run

AS_OF = date(2026, 3, 1)
OPTIONS = ("--leave-out", "CLAIM_WITHOUT_VISIT", "--processes", "1")


def a_row(session: int = 1, **told: Any) -> Cells:
    """A needling line of a claim of its own, a week after the one before."""
    on = FIRST_DAY + timedelta(weeks=session - 1)
    row: Cells = {
        "patient_id": "P-1",
        "claim_id": f"C-{session:02}",
        "received_on": on + timedelta(days=3),
        "billing_npi": "1234567893",
        "rendering_npi": "1200000010",
        "dx_1": "M5459",
        "line_number": 1,
        "procedure_code": "20560",
        "units": 1,
        "date_of_service": on,
        "diagnosis_pointers": "1",
        "charge": "40.00",
    }
    return row | told


def course(sessions: int = 13, **told: Any) -> list[Cells]:
    return [a_row(number, **told) for number in range(1, sessions + 1)]


def found(folder: Path, rows: list[Cells], *options: str) -> tuple[dict[str, Any], list[Cells]]:
    write_csv(rows, folder / "claims.csv")
    return audited(folder / "claims.csv", as_of=AS_OF, folder=folder, options=[*OPTIONS, *options])


def said(rows: list[Cells]) -> set[tuple[str, str | None]]:
    return {(row["rule"], row["claim_id"]) for row in rows}


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    """A bad line refuses its whole claim; an unknown procedure is fine; a row of nobody is refused."""
    bad = a_row(14, date_of_service="13/31/2025")
    beside = a_row(14, line_number=2, procedure_code="99213", date_of_service="2025-04-07")
    unknown, nobodys = a_row(15, procedure_code="ZZZZZ"), a_row(16, patient_id="")
    others = [a_row(17, patient_id=f"P-{number}", procedure_code="99213") for number in range(2, 5)]
    summary, rows = found(tmp_path, [*course(), bad, a_row(1), unknown, nobodys, *others, beside])
    assert ("KX_MISSING", "C-13") in said(rows)
    assert summary["records"] == {
        "read": 21,
        "used": 14,
        "repeated": 1,
        "replaced": 0,
        "filtered": 3,
        "refused": 3,
        "conserved": True,
        "notes": 0,
    }
    told = [(entry["place"], entry["reason"]) for entry in refused(tmp_path)]
    assert told == [
        ("row 14: detail.lines.0.date_of_service", "not_a_date"),
        ("row 17: patient_id", "missing_field"),
        ("row 21: detail.lines.0.date_of_service", "not_a_date"),
    ]
    assert json.loads(refused(tmp_path)[0]["raw"])["date_of_service"] == "13/31/2025"


def test_rows_of_one_claim_that_do_not_agree_are_a_conflict(tmp_path: Path) -> None:
    """Which of the two stays does not hang on the order of the rows."""
    other = a_row(1, received_on="2025-02-02")
    summary, _ = found(tmp_path, [other, *course(2)])
    [entry] = refused(tmp_path)
    assert (entry["place"], entry["reason"]) == ("row 1: detail.version", "conflict")
    assert (summary["records"]["used"], summary["records"]["conserved"]) == (2, True)
    again, _ = found(tmp_path, [*course(2), other])
    assert again["totals"] == summary["totals"]


def test_void_and_replacement_net_what_they_name(tmp_path: Path) -> None:
    void = a_row(20, frequency_code="8", replaces_claim_id="C-01", date_of_service=FIRST_DAY)
    assert ("KX_MISSING", "C-13") not in said(found(tmp_path, [*course(), void])[1])
    again = a_row(20, frequency_code="7", replaces_claim_id="C-01", date_of_service=FIRST_DAY)
    assert ("KX_MISSING", "C-13") in said(found(tmp_path, [*course(), again])[1])


def test_the_highest_version_stands(tmp_path: Path) -> None:
    newer = a_row(13, version=2, modifier_1="KX")
    assert ("KX_MISSING", "C-13") not in said(found(tmp_path, [newer, *course(13, version=1)])[1])


def test_what_the_payer_paid_is_at_stake(tmp_path: Path) -> None:
    paid = a_row(13, paid="22.10", paid_on="2025-05-01")
    _, rows = found(tmp_path, [*course(12), paid])
    [row] = [row for row in rows if row["rule"] == "KX_MISSING"]
    assert (row["amount"], row["known_from"]) == ("22.10", "remittance")


def test_parquet_of_typed_columns_says_the_same_as_csv(tmp_path: Path) -> None:
    _, from_csv = found(tmp_path, course())
    typed = "* REPLACE (CAST(date_of_service AS TIMESTAMP) AS date_of_service, CAST(charge AS DECIMAL(9, 2)) AS charge)"
    duckdb.read_csv(str(tmp_path / "claims.csv")).select(typed).write_parquet(str(tmp_path / "claims.parquet"))
    _, from_parquet = audited(tmp_path / "claims.parquet", as_of=AS_OF, folder=tmp_path, options=OPTIONS)
    assert from_csv == from_parquet != []


def test_a_mapping_names_the_columns(tmp_path: Path) -> None:
    """Another name for every column, dates as Americans write them, codes of their own, one number for all pointers."""
    columns = {name: f"{name}_x" for name in a_row() if name not in {"dx_1", "diagnosis_pointers"}}
    lines = [f'{name} = "{column}"' for name, column in columns.items()]
    mapping = tmp_path / "ours.toml"
    mapping.write_text(
        'title = "our warehouse"\ndate_format = "%m/%d/%Y"\n[columns]\ndiagnoses = ["dx"]\nmodifiers = ["mod"]\n'
        'payer = "plan"\n' + "\n".join(lines) + '\n[otherwise]\nclaim_type = "professional"\nfrequency_code = "1"\n'
        'diagnosis_pointers = "all"\n[values.payer]\nMB = "medicare_ffs"\n'
    )
    rows = [
        {
            columns[name]: f"{value:%m/%d/%Y}" if isinstance(value, date) else value
            for name, value in row.items()
            if name in columns
        }
        | {"dx": "M54.59", "mod": "", "plan": "MB"}
        for row in course()
    ]
    _, rows_found = found(tmp_path, rows, "--map", str(mapping))
    assert said(rows_found) == said(found(tmp_path, course())[1])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "is no TOML"),
        ('title = "x"\ncolumns = {patient_id = "p"}', "nothing tells claim_id"),
        ('title = "x"\nnonsense = 1\ncolumns = {}', "nonsense"),
    ],
)
def test_a_mapping_that_is_none_is_said(text: str, why: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "ours.toml").write_text(text)
    ran = run("audit", tmp_path, "--map", tmp_path / "ours.toml")
    assert ran.status == 2
    assert why in ran.err


def test_the_mappings_that_are_shipped_tell_all_that_a_claim_needs() -> None:
    assert [mapping.title for mapping in shipped()] == ["a table of claim lines", "CMS CCLF5, Part B physicians"]
    assert mapping_named("cclf5") is shipped()[1]


def test_the_result_is_written_as_it_is_named_and_no_cell_becomes_a_formula(tmp_path: Path, run: Run) -> None:
    write_csv(course(patient_id="=1+1"), tmp_path / "claims.csv")
    _, expected = audited(tmp_path / "claims.csv", as_of=AS_OF, folder=tmp_path, options=OPTIONS)
    for name in ("found.csv", "found.parquet"):
        run("audit", tmp_path / "claims.csv", "--as-of", AS_OF, "--out", tmp_path / name, *OPTIONS)
    with (tmp_path / "found.csv").open(newline="") as stream:
        head, *cells = csv.reader(stream)
    assert tuple(head) == Row._fields
    assert {cell[0] for cell in cells} == {"'=1+1"}
    told = duckdb.read_parquet(str(tmp_path / "found.parquet")).select("rule, CAST(amount AS VARCHAR)").fetchall()
    assert told == [(row["rule"], row["amount"]) for row in expected]
    assert [cell[1] for cell in cells] == [row["rule"] for row in expected]


def test_the_page_sums_up_and_says_nothing_of_elsewhere(tmp_path: Path, run: Run) -> None:
    write_csv(course(patient_id="<b>P-1</b>"), tmp_path / "claims.csv")
    ran = run("audit", tmp_path / "claims.csv", "--as-of", AS_OF, "--html", tmp_path / "page.html", *OPTIONS)
    page = (tmp_path / "page.html").read_text()
    assert "&lt;b&gt;P-1&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")
    assert "$40.00" in page
    assert "13 used, 0 told twice" in ran.out
    assert ran.status == 1


def test_without_notes_a_word_says_what_to_leave_out(tmp_path: Path, run: Run) -> None:
    write_csv(course(1), tmp_path / "claims.csv")
    ran = run("audit", tmp_path / "claims.csv", "--as-of", AS_OF, "--processes", "1")
    assert "--leave-out CLAIM_WITHOUT_VISIT" in ran.err
    assert ran.status == 1
    ran = run("audit", tmp_path / "claims.csv", "--as-of", AS_OF, *OPTIONS)
    assert "leave-out" not in ran.err
    assert ran.status == 0


def test_a_database_says_the_same_shard(tmp_path: Path) -> None:
    from local.lookback.choosing import mark

    with opened(Workshop(tmp_path, "64MB", 1)) as connection:
        for patient in ("P-1", "é", "P-" + "f" * 64):
            told = connection.execute(f"SELECT {mark('$1')} % 97", [patient]).fetchall()
            assert told == [(shard_of(patient, 97),)]


@pytest.mark.slow  # processes of their own start in seconds
def test_the_same_whatever_the_number_of_processes_and_the_memory(tmp_path: Path) -> None:
    rows = [row for patient in range(1_200) for row in course(14, patient_id=f"P-{patient}")]
    write_csv(rows, tmp_path / "claims.csv")
    results = [
        audited(
            tmp_path / "claims.csv", as_of=AS_OF, folder=tmp_path, options=["--processes", count, "--memory", memory]
        )
        for count, memory in (("1", "600"), ("2", "600"), ("3", "256"))
    ]
    assert results[0] == results[1] == results[2]
    assert results[0][0]["totals"]["patients"] == 1_200
