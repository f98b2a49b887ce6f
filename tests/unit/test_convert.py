"""`ncd-audit convert`, and that every command takes any format that it reads."""

import json
from pathlib import Path

import pytest

from local import identity
from local.cli import main
from local.identity import VARIABLE
from shared.core.intake import parse_event
from tests.builders import a_visit
from tests.claim_files import a_claim_file

KEY = "a key for tests, of 32 characters"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, KEY)
    identity._for_trials.cache_clear()


@pytest.fixture
def claims(tmp_path: Path) -> str:
    path = tmp_path / "claims.837"
    path.write_bytes(a_claim_file(4, bad={2}))
    return str(path)


def test_claims_become_events(claims: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", claims]) == 1
    printed = capsys.readouterr()
    events = [parse_event(line.encode()).detail for line in printed.out.splitlines()]
    assert [event.record_id for event in events] == ["C000000", "C000001", "C000003"]
    refusal = next(line for line in printed.err.splitlines() if "refused" in line)
    assert refusal.startswith(f"ncd-audit: {claims}: segment ")
    assert "SV102" in refusal
    assert "forty" not in printed.err


def test_what_is_refused_can_be_kept(claims: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "refused.ndjson"
    assert main(["convert", claims, "--refused", str(kept)]) == 1
    (entry,) = map(json.loads, kept.read_text(encoding="utf-8").splitlines())
    assert (entry["file"], entry["reason"], entry["encoding"]) == (claims, "bad_form", "text")
    assert "CLM*C000002" in entry["raw"]
    assert capsys.readouterr().out.count("\n") == 3


def test_bytes_that_are_no_text_are_kept_as_base64(tmp_path: Path) -> None:
    path, kept = tmp_path / "strange", tmp_path / "refused.ndjson"
    path.write_bytes(b"\xff\xfe")
    assert main(["convert", str(path), "--refused", str(kept)]) == 1
    assert json.loads(kept.read_text(encoding="utf-8"))["raw"] == "//4="


def test_events_of_our_own_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps([a_visit(1), a_visit(2)], indent=1), encoding="utf-8")
    assert main(["convert", str(path)]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [a_visit(1), a_visit(2)]


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "nowhere.837"]) == 2
    assert capsys.readouterr().err.startswith("ncd-audit: nowhere.837: no such file")


def test_without_a_key_it_is_said_once_that_everyone_knows_the_one_taken(
    claims: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    main(["convert", claims, claims])
    printed = capsys.readouterr()
    assert printed.err.count(VARIABLE) == 1
    named = {json.loads(line)["detail"]["patient_id"] for line in printed.out.splitlines()}
    monkeypatch.setenv(VARIABLE, KEY)
    main(["convert", claims])
    assert named.isdisjoint(json.loads(line)["detail"]["patient_id"] for line in capsys.readouterr().out.splitlines())


def test_other_commands_take_the_same_file(claims: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of four claims three are recorded, and the bad one is counted in quarantine."""
    status = main(["simulate", claims, "--as-of", "2025-02-01", "--json", "--no-progress"])
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert document["events"] == {"received": 4, "recorded": 3, "duplicates": 0, "superseded": 0, "quarantined": 1}
    assert status == 1  # claims without visits
    assert "1 pieces are refused, 1 noted" in printed.err


def test_converted_events_are_the_file_they_came_from(
    claims: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["convert", claims])
    stream = tmp_path / "events.ndjson"
    stream.write_text(capsys.readouterr().out, encoding="utf-8")
    patients = []
    for path in (claims, str(stream)):
        main(["simulate", path, "--as-of", "2025-02-01", "--json", "--no-progress"])
        patients.append(json.loads(capsys.readouterr().out)["patients"])
    assert patients[0] == patients[1]
    assert patients[0]
