"""What an earlier run refused stays, whoever writes the next quarantine and under whatever name."""

import json
import stat
from pathlib import Path

import pytest

from local.refused_file import RefusedFile
from tests.unit.conftest import Run

BAD, WORSE = b'{"detail-type": "VisitRecorded", "detail": {}}\n', b"no event\n"


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.ndjson").write_bytes(BAD)
    (tmp_path / "worse.ndjson").write_bytes(BAD + WORSE)
    return tmp_path


def test_each_look_back_of_a_folder_has_a_quarantine_of_its_own(here: Path, run: Run) -> None:
    said = [run("audit", name, "--as-of", "2026-01-01").err for name in ("bad.ndjson", "worse.ndjson", "bad.ndjson")]
    names = ["ncd-audit-quarantine.ndjson", "ncd-audit-quarantine-2.ndjson", "ncd-audit-quarantine-3.ndjson"]
    assert [len(lines(here / name)) for name in names] == [1, 2, 1]
    assert all(f"; {name} says which" in text for name, text in zip(names, said, strict=True))
    assert {stat.S_IMODE((here / name).stat().st_mode) for name in names} == {0o600}


@pytest.mark.parametrize("command", [("audit", "--quarantine"), ("convert", "--refused")])
def test_a_file_that_was_named_and_holds_something_stops_the_run_before_it_begins(
    command: tuple[str, str], here: Path, run: Run
) -> None:
    name, option = command
    (here / "kept").write_text("refused last week\n")
    ran = run(name, "worse.ndjson", option, "kept")
    assert (ran.status, ran.out) == (2, "")
    assert "kept holds what an earlier run refused; move it away" in ran.err
    assert (here / "kept").read_text() == "refused last week\n"


@pytest.mark.parametrize("command", [("audit", "--quarantine"), ("convert", "--refused")])
def test_an_empty_file_is_filled_and_closed_to_others(command: tuple[str, str], here: Path, run: Run) -> None:
    name, option = command
    (here / "kept").touch(0o644)
    run(name, "worse.ndjson", option, "kept")
    assert len(lines(here / "kept")) == 2
    assert stat.S_IMODE((here / "kept").stat().st_mode) == 0o600


def test_what_is_no_file_may_be_named(run: Run) -> None:
    assert "; /dev/null says which" in run("audit", "bad.ndjson", "--quarantine", "/dev/null").err


def test_where_nothing_is_refused_no_file_is_made(here: Path) -> None:
    with RefusedFile(here / "kept") as kept:
        pass
    assert kept.path is None
    assert not (here / "kept").exists()


def test_of_two_runs_at_once_neither_loses_anything(here: Path) -> None:
    with RefusedFile(here / "kept.ndjson") as one, RefusedFile(here / "kept.ndjson") as other:
        one.keep({"run": 1})
        one._stream.flush()  # type: ignore[union-attr]
        other.keep({"run": 2})
    assert [lines(file) for file in (here / "kept.ndjson", here / "kept-2.ndjson")] == [[{"run": 1}], [{"run": 2}]]
