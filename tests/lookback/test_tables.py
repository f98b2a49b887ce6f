"""Plain tables of claim lines: whatever their columns are called, every row is used, filtered, netted or refused."""

import csv
import json
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from local.cli import main
from local.lookback.mapping import mapping_named, shipped
from shared.core.lookback import Row
from tests.builders import FIRST_DAY
from tests.lookback.archives import Cells, audited, refused, write_csv
from tests.unit.conftest import Run

AS_OF = date(2026, 3, 1)
SHIPPED = files("local.lookback").joinpath("claims.toml").read_text(encoding="utf-8")
OPTIONS = ("--leave-out", "CLAIM_WITHOUT_VISIT", "--processes", "1")


def claims_without_pointers(otherwise: str) -> str:
    """The shipped map of a table that does not know what its lines point to."""
    return SHIPPED.replace('diagnosis_pointers = "diagnosis_pointers"\n', "") + otherwise


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


VOID = {"replaces_claim_id": "C-01", "date_of_service": FIRST_DAY}

# One table for all: each patient is a test.
TOLD: dict[str, list[Cells]] = {
    "P-bad": [*course(), a_row(14, date_of_service="13/31/2025"), a_row(14, line_number=2, procedure_code="99213")],
    "P-unknown": [a_row(1), a_row(2, procedure_code="ZZZZZ"), a_row(1)],
    "": [a_row(1)],
    "P-other": [a_row(1, procedure_code="99213"), a_row(2, procedure_code="99214")],
    "P-conflict": [a_row(1, received_on="2025-02-02"), *course(2)],
    "P-void": [*course(), a_row(20, frequency_code="8", **VOID)],
    "P-replaced": [*course(), a_row(20, frequency_code="7", **VOID)],
    "P-newer": [a_row(13, version=2, modifier_1="KX"), *course(version=1)],
    "P-paid": [*course(12), a_row(13, paid="22.10", paid_on="2025-05-01")],
    "=1+1<b>": course(),
}


class Found(NamedTuple):
    file: Path
    summary: dict[str, Any]
    rows: list[Cells]
    refused: list[Cells]
    page: str

    def of(self, patient_id: str) -> dict[str, Cells]:
        """The findings of one by rule; the last of each."""
        return {row["rule"]: row for row in self.rows if row["patient_id"] == patient_id}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("table")
    file, page = folder / "claims.csv", folder / "page.html"
    write_csv([row | {"patient_id": patient} for patient, rows in TOLD.items() for row in rows], file)
    summary, rows = audited(file, as_of=AS_OF, folder=folder, options=[*OPTIONS, "--html", str(page)])
    return Found(file, summary, rows, refused(folder), page.read_text())


def place(patient: str, number: int) -> int:
    """The number in the table of the so-manieth row of a patient."""
    names = list(TOLD)
    return sum(len(TOLD[name]) for name in names[: names.index(patient)]) + number


def test_every_row_is_accounted_for(found: Found) -> None:
    """A bad line refuses its whole claim; an unknown procedure is fine; a row of nobody is refused."""
    read = sum(map(len, TOLD.values()))
    assert found.summary["records"] == {
        "read": read,
        "used": read - 1 - 2 - 4,
        "repeated": 1,
        "replaced": 0,
        "filtered": 2,
        "refused": 4,
        "conserved": True,
        "notes": 0,
    }
    told = {(entry["place"], entry["reason"]) for entry in found.refused}
    assert told == {
        (f"row {place('P-bad', 14)}: detail.lines.0.date_of_service", "not_a_date"),
        (f"row {place('P-bad', 15)}: detail.lines.0.date_of_service", "not_a_date"),
        (f"row {place('', 1)}: patient_id", "missing_field"),
        (f"row {place('P-conflict', 1)}: detail.version", "conflict"),
    }
    raw = next(entry["raw"] for entry in found.refused if f"row {place('P-bad', 14)}:" in entry["place"])
    assert json.loads(raw)["date_of_service"] == "13/31/2025"


def test_void_and_replacement_net_what_they_name(found: Found) -> None:
    assert "KX_MISSING" not in found.of("P-void")
    assert found.of("P-replaced")["KX_MISSING"]["claim_id"] == "C-13"
    assert "ORPHAN_VOID" not in found.of("P-void")


def test_the_highest_version_stands(found: Found) -> None:
    assert "KX_MISSING" not in found.of("P-newer")


def test_what_the_payer_paid_is_at_stake(found: Found) -> None:
    row = found.of("P-paid")["KX_MISSING"]
    assert (row["amount"], row["known_from"]) == ("22.10", "remittance")


def test_the_page_sums_up_escapes_and_fetches_nothing(found: Found) -> None:
    assert "=1+1&lt;b&gt;" in found.page
    assert "<b>" not in found.page
    assert "http" not in found.page.replace('http-equiv="Content-Security-Policy"', "")
    assert f"Violations: {found.summary['totals']['violations']:,}<" in found.page


def test_no_cell_of_csv_becomes_a_formula(found: Found, tmp_path: Path, run: Run) -> None:
    ran = run(
        "audit", found.file, "--as-of", AS_OF, "--out", tmp_path / "found.csv", *OPTIONS, "--quarantine", tmp_path / "q"
    )
    with (tmp_path / "found.csv").open(newline="") as stream:
        head, *cells = csv.reader(stream)
    assert tuple(head) == Row._fields
    assert [cell[1] for cell in cells] == [row["rule"] for row in found.rows]
    assert {cell[0] for cell in cells} >= {"'=1+1<b>", "P-paid"}
    assert "refused" in ran.err
    assert "92 records read" in ran.out
    assert ran.status == 1


def test_parquet_of_typed_columns_in_and_out_says_the_same(found: Found, tmp_path: Path, run: Run) -> None:
    typed = "* REPLACE (CAST(received_on AS TIMESTAMP) AS received_on, CAST(charge AS DECIMAL(9, 2)) AS charge)"
    duckdb.read_csv(str(found.file)).select(typed).write_parquet(str(tmp_path / "claims.parquet"))
    out = tmp_path / "found.parquet"
    run("audit", tmp_path / "claims.parquet", "--as-of", AS_OF, "--out", out, *OPTIONS, "--quarantine", tmp_path / "q")
    told = duckdb.read_parquet(str(out)).select("finding_id, CAST(amount AS VARCHAR)").fetchall()
    assert told == [(row["finding_id"], row["amount"]) for row in found.rows]


@pytest.mark.slow
def test_which_of_two_bodies_stays_does_not_hang_on_the_order_of_the_rows(found: Found, tmp_path: Path) -> None:
    rows = [row | {"patient_id": patient} for patient, rows in TOLD.items() for row in reversed(rows)]
    write_csv(rows, tmp_path / "claims.csv")
    summary, again = audited(tmp_path / "claims.csv", as_of=AS_OF, folder=tmp_path, options=OPTIONS)
    assert (summary, again) == (found.summary, found.rows)


def test_a_table_that_knows_no_pointers_is_read_once_somebody_says_what_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of its lines would be accused of pointing elsewhere; that all are right is not for us to presume."""
    unpointed = [{name: value for name, value in row.items() if name != "diagnosis_pointers"} for row in course()]
    write_csv(unpointed, tmp_path / "claims.csv")
    assert main(["audit", str(tmp_path / "claims.csv")]) == 2
    assert "it has no column diagnosis_pointers; say with --map" in capsys.readouterr().err

    (tmp_path / "ours.toml").write_text(claims_without_pointers('diagnosis_pointers = "all"\n'))
    said = ["--map", str(tmp_path / "ours.toml"), *OPTIONS]
    _, told = audited(tmp_path / "claims.csv", as_of=AS_OF, folder=tmp_path, options=said)

    assert "KX_MISSING" in {row["rule"] for row in told}
    assert "DX_NOT_POINTED" not in {row["rule"] for row in told}


def test_a_mapping_names_the_columns(found: Found, tmp_path: Path) -> None:
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
    write_csv(rows, tmp_path / "claims.csv")
    _, told = audited(tmp_path / "claims.csv", as_of=AS_OF, folder=tmp_path, options=[*OPTIONS, "--map", str(mapping)])
    assert [row["message"] for row in told] == [row["message"] for row in found.rows if row["patient_id"] == "=1+1<b>"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "is no TOML"),
        ('title = "x"\ncolumns = {patient_id = "p"}', "nothing tells claim_id"),
        ('title = "x"\nnonsense = 1\ncolumns = {}', "nonsense"),
        (claims_without_pointers(""), "nothing tells diagnosis_pointers"),
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


def test_without_notes_a_word_says_what_to_leave_out(tmp_path: Path, run: Run) -> None:
    write_csv(course(1), tmp_path / "claims.csv")
    ran = run("audit", tmp_path / "claims.csv", "--as-of", AS_OF, "--processes", "1", "--json")
    assert "--leave-out CLAIM_WITHOUT_VISIT" in ran.err
    assert json.loads(ran.out)["by_rule"][0]["rule"] == "CLAIM_WITHOUT_VISIT"
    assert ran.status == 1


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


def test_a_row_that_is_no_row_is_refused_with_its_line(tmp_path: Path) -> None:
    """Too many cells, no encoding, a quote that never ends and so swallows the rest: nothing is guessed."""
    file = tmp_path / "claims.csv"
    write_csv(course(6), file)
    lines = file.read_bytes().split(b"\r\n")
    second = lines[2]
    lines[2:2] = [b"", second + b",more", second.replace(b"C-02", b"C-\xff"), second]
    lines[8] = lines[8].replace(b"C-04", b'"C-04')
    file.write_bytes(b"\r\n".join(lines))
    summary, _ = audited(file, as_of=AS_OF, folder=tmp_path, options=OPTIONS)
    told = [(entry["place"], entry["reason"]) for entry in refused(tmp_path)]
    assert told == [("line 4", "bad_form"), ("line 5", "not_json"), ("line 9", "bad_form")]
    assert b"C-06" in refused(tmp_path)[2]["raw"].encode()
    assert (summary["records"]["used"], summary["records"]["conserved"]) == (3, True)


def test_a_number_of_twenty_digits_stops_no_look_back(tmp_path: Path) -> None:
    write_csv([a_row(1), a_row(2, version="9" * 20), a_row(3, version="1e30")], tmp_path / "claims.csv")
    summary, _ = audited(tmp_path / "claims.csv", as_of=AS_OF, folder=tmp_path, options=OPTIONS)
    told = [(entry["place"], entry["reason"]) for entry in refused(tmp_path)]
    assert told == [("row 2: detail.version", "out_of_range"), ("row 3: detail.version", "wrong_type")]
    assert (summary["records"]["used"], summary["records"]["conserved"]) == (1, True)


@pytest.mark.parametrize("system", ["", 'patient_system = "urn:mrn"\n'])
def test_blanks_around_a_patients_name_are_no_part_of_it(system: str, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(system + SHIPPED)
    blanks = course(12, patient_id=" P-1 ")
    write_csv([*blanks, a_row(13), a_row(14, charge="forty"), *course(1, patient_id=" ")], tmp_path / "claims.csv")
    options = [*OPTIONS, "--map", str(tmp_path / "ours.toml")]
    summary, rows = audited(tmp_path / "claims.csv", as_of=AS_OF, folder=tmp_path, options=options)
    assert (summary["totals"]["patients"], summary["records"]["read"]) == (1, 15)
    assert [row["claim_id"] for row in rows if row["rule"] == "KX_MISSING"] == ["C-13"]
    assert [entry["place"] for entry in refused(tmp_path)] == ["row 14: detail.lines.0.charge", "row 15: patient_id"]


def test_a_file_of_one_patient_needs_no_column_that_names_one(tmp_path: Path) -> None:
    alone = SHIPPED.replace("\n[otherwise]", '\n[otherwise]\npatient_id = "P-9"')
    (tmp_path / "one.toml").write_text(alone)
    for row in (rows := course()):
        del row["patient_id"]
    write_csv([*rows, {**rows[0], "claim_id": "C-99", "charge": "forty"}], tmp_path / "claims.csv")
    options = [*OPTIONS, "--map", str(tmp_path / "one.toml")]
    _, found = audited(tmp_path / "claims.csv", as_of=AS_OF, folder=tmp_path, options=options)
    assert [row["patient_id"] for row in found if row["rule"] == "KX_MISSING"] == ["P-9"]
    assert [entry["place"] for entry in refused(tmp_path)] == ["row 14: detail.lines.0.charge"]


def test_line_ends_of_two_kinds_are_said(tmp_path: Path, run: Run) -> None:
    write_csv(course(6), tmp_path / "claims.csv")
    text = (tmp_path / "claims.csv").read_bytes()
    (tmp_path / "claims.csv").write_bytes(text.replace(b"\r\n", b"\n", 3))
    ran = run("audit", tmp_path / "claims.csv")
    assert ran.status == 2
    assert "a file cannot be read" in ran.err
