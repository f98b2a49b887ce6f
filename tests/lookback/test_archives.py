"""Archives of every form: packed, mixed, in folders, patterns and S3; all that is refused is counted and named."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.cli import main
from local.identity import identity
from local.surroundings import simulated_aws
from shared.formats.identifiers import MBI
from tests.builders import a_course, a_visit
from tests.formats_writer import an_837, written
from tests.lookback.archives import audited, refused
from tests.unit.asking import AS_OF
from tests.unit.conftest import stream_of

MEMBER = "1EG4TE5MK73"
PATIENT = identity(MBI, MEMBER)


def a_clinic() -> tuple[bytes, bytes]:
    """A course of thirteen sessions without KX: notes as events, claims as an 837."""
    course = a_course(13, kx_from=None, patient_id=PATIENT)
    notes = [event for event in course if event["detail-type"] == "VisitRecorded"]
    claims = [event["detail"] for event in course if event["detail-type"] == "ClaimSubmitted"]
    return stream_of(notes), written(an_837(claims, {PATIENT: MEMBER}, "20250402080000"))


def rules(rows: list[dict[str, Any]]) -> list[str]:
    return sorted({row["rule"] for row in rows})


def test_archives_in_archives_are_one_history(tmp_path: Path) -> None:
    notes, claims = a_clinic()
    archive = tmp_path / "archive"
    (archive / "2025").mkdir(parents=True)
    (archive / ".hidden").write_bytes(b"no event")
    (archive / "empty.csv").write_bytes(b"")
    (archive / "2025" / "notes.ndjson.gz").write_bytes(gzip.compress(notes))
    with zipfile.ZipFile(archive / "claims.zip", "w") as packed:
        packed.writestr("../q1.837.gz", gzip.compress(claims))
        packed.writestr("again/q1.837", claims)
    summary, rows = audited(archive, as_of=AS_OF, folder=tmp_path)
    assert [row["claim_id"] for row in rows if row["rule"] == "KX_MISSING"] == [f"C-{PATIENT.removeprefix('P-')}-13"]
    assert summary["records"] | {"notes": 0} == {
        "read": 39,
        "used": 26,
        "repeated": 13,
        "replaced": 0,
        "refused": 0,
        "filtered": 0,
        "conserved": True,
        "notes": 0,
    }
    assert not (tmp_path / "q1.837.gz").exists()


def test_a_claim_that_its_reader_refuses_is_counted_and_named(tmp_path: Path) -> None:
    notes, claims = a_clinic()
    (tmp_path / "claims.837").write_bytes(claims.replace(b"*40.00*UN", b"*forty*UN", 1))
    (tmp_path / "notes.ndjson").write_bytes(notes)
    summary, _ = audited(tmp_path / "claims.837", tmp_path / "notes.ndjson", as_of=AS_OF, folder=tmp_path)
    [entry] = refused(tmp_path)
    assert entry["file"] == str(tmp_path / "claims.837")
    assert "SV102" in entry["place"]
    assert (summary["records"]["read"], summary["records"]["refused"], summary["records"]["conserved"]) == (26, 1, True)


def test_every_line_of_a_stream_is_used_or_refused_with_its_line(tmp_path: Path) -> None:
    """Blank lines are none; a line in no encoding, too long, beyond a control character or nobody's is refused."""
    good = [stream_of([event]).rstrip() for event in a_course(2)]
    too_long = b'{"id": "' + b"x" * 3_000_000 + b'"}'
    lines = [
        good[0],
        b"",
        b"\xff\xfe",
        good[1],
        b"   ",
        too_long,
        good[2] + b"\x01{}",
        b'{"detail": {}}',
        b"null",
        good[3],
    ]
    (tmp_path / "stream.ndjson").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    summary, _ = audited(tmp_path / "stream.ndjson", as_of=AS_OF, folder=tmp_path)
    told = {entry["place"]: entry["reason"] for entry in refused(tmp_path)}
    assert told == {
        "line 3": "not_json",
        "line 6": "too_large",
        "line 7: body": "not_json",
        "line 8: detail-type": "missing_field",
        "line 9: body": "wrong_type",
    }
    assert (summary["records"]["used"], summary["records"]["refused"], summary["records"]["conserved"]) == (3, 5, True)


def test_what_duckdb_reads_otherwise_than_the_door_is_the_doors_to_say(tmp_path: Path) -> None:
    """A patient named twice is nobody's; one named with an escape is the same one."""
    first, second, *_ = (stream_of([event]).decode().strip() for event in a_course(2))
    twice = first.replace('"patient_id": "P-1"', '"patient_id": "P-2", "patient_id": "P-1"')
    escaped = second.replace('"P-1"', '"\\u0050-1"')
    (tmp_path / "stream.ndjson").write_text(f"{first}\n{twice}\n{escaped}\n")
    summary, _ = audited(tmp_path / "stream.ndjson", as_of=AS_OF, folder=tmp_path)
    assert [entry["reason"] for entry in refused(tmp_path)] == ["ambiguous"]
    assert (summary["totals"]["patients"], summary["totals"]["recorded"]) == (1, 2)


def test_the_first_body_stays_and_the_other_is_a_conflict(tmp_path: Path) -> None:
    """First is what stands first in the files, in the order in which they are named."""
    one, other = a_visit(), a_visit(note={"signed": False})
    (tmp_path / "b.ndjson").write_bytes(stream_of([one]))
    (tmp_path / "a.ndjson").write_bytes(stream_of([other]))
    _, rows = audited(tmp_path / "b.ndjson", tmp_path / "a.ndjson", as_of=AS_OF, folder=tmp_path)
    assert "DOCUMENTATION_INCOMPLETE" not in rules(rows)
    [entry] = refused(tmp_path)
    assert (entry["file"], entry["reason"]) == (str(tmp_path / "a.ndjson"), "conflict")


def test_a_list_of_events_and_what_is_none_lie_side_by_side(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "list.json").write_text(json.dumps(a_course(13, kx_from=None), indent=1))
    (archive / "read me").write_text("Exported on Monday.\n")
    summary, rows = audited(archive, as_of=AS_OF, folder=tmp_path)
    assert "KX_MISSING" in rules(rows)
    assert [(Path(entry["file"]).name, entry["reason"]) for entry in refused(tmp_path)] == [
        ("read me", "unknown_format")
    ]
    assert summary["records"]["conserved"]


def test_a_prefix_of_s3_is_read_like_a_folder(tmp_path: Path) -> None:
    notes, claims = a_clinic()
    with simulated_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="archive")
        client.put_object(Bucket="archive", Key="2025/notes.ndjson", Body=notes)
        client.put_object(Bucket="archive", Key="2025/claims.837.gz", Body=gzip.compress(claims))
        client.put_object(Bucket="archive", Key="2024/other", Body=b"none of it")
        summary, rows = audited("s3://archive/2025/", as_of=AS_OF, folder=tmp_path)
    assert "KX_MISSING" in rules(rows)
    assert (summary["records"]["used"], summary["records"]["refused"]) == (26, 0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("claims.csv", b"patient,code\nP-1,20560\n", "it has no column patient_id, claim_id"),
        ("claims.zip", b"PK\x03\x04broken", "cannot be unpacked"),
        ("claims.gz", gzip.compress(b"ISA*00*", mtime=0)[:-4], "cannot be unpacked"),
        ("claims.parquet", b"PAR1 cut off", "neither events, X12, FHIR or HL7 v2 nor"),
        ("notes.txt", b"Exported on Monday.\n", "neither events, X12, FHIR or HL7 v2 nor"),
    ],
)
def test_a_file_that_was_named_and_cannot_be_read_is_said(
    name: str, content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["audit", str(tmp_path / name)]) == 2
    assert said in capsys.readouterr().err


def test_use_that_cannot_be_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one.ndjson"
    file.write_bytes(stream_of(a_course(1)))
    for arguments, said in (
        ([str(tmp_path / "*.csv")], "nothing in it"),
        ([str(file), "--out", "found.xlsx"], "let it end in"),
        ([str(file), "--leave-out", "NO_RULE"], "there is no rule NO_RULE"),
        ([str(file), "--map", str(tmp_path / "none.toml")], "no such file"),
    ):
        assert main(["audit", *arguments]) == 2
        assert said in capsys.readouterr().err
