"""Packed archives that expand beyond all measure, hold themselves or are damaged: refused by name, the rest goes on."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from local.cli import main
from local.lookback.paths import Named
from local.lookback.unpacking import Unpacking
from shared.core.errors import Reason
from shared.formats import expanding
from shared.formats.archives import Told, told
from shared.formats.reading import Noted, Refused
from tests.builders import a_course
from tests.lookback.archives import audited, refused
from tests.unit.asking import AS_OF
from tests.unit.conftest import stream_of

LITTLE = 20_000  # what any file may become here, as sixty-four megabytes are elsewhere
GOOD = stream_of(a_course(2))


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "ALWAYS", LITTLE)


def zipped(**members: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def unpacked(content: bytes, folder: Path) -> tuple[dict[str, int], dict[str, Reason]]:
    """Sizes of what was laid down and reasons of what was refused, by the names of the innermost."""
    (folder / "f").write_bytes(content)
    unpacking = Unpacking(Named(folder / "f", "f", alone=False), folder)
    sizes = {name: file.stat().st_size for file, name in unpacking.files()}
    return sizes, {each.name: each.reason for each in unpacking.refused}


def test_a_bomb_among_archives_is_refused_by_its_name_and_the_rest_is_read(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    bomb, damaged = b" " * 1_000_000, gzip.compress(GOOD)[:-9]
    (archive / "2024.zip").write_bytes(zipped(a=GOOD, b=bomb, c=gzip.compress(bomb), d=damaged))
    (archive / "2025.gz").write_bytes(gzip.compress(bomb))
    (archive / "2026.zip").write_bytes(b"PK\x03\x04broken")
    summary, _ = audited(archive, as_of=AS_OF, folder=tmp_path)
    told = {Path(entry["file"]).name: (entry["reason"], entry["place"]) for entry in refused(tmp_path)}
    assert {name: reason for name, (reason, _) in told.items()} == {
        "2024.zip:b": "too_large",
        "2024.zip:c": "too_large",
        "2024.zip:d": "bad_form",
        "2025.gz": "too_large",
        "2026.zip": "bad_form",
    }
    assert told["2024.zip:b"][1].startswith("the whole file expands beyond ")
    assert told["2026.zip"][1] == "the whole file cannot be unpacked: File is not a zip file"
    counts = summary["records"]
    assert (counts["used"], counts["refused"], counts["read"], counts["conserved"]) == (4, 5, 9, True)


@pytest.mark.parametrize(("more", "reasons"), [(-1, {}), (0, {}), (1, {"f": Reason.TOO_LARGE})])
def test_gzip_may_become_so_much_and_no_more(more: int, reasons: dict[str, Reason], tmp_path: Path) -> None:
    sizes, told = unpacked(gzip.compress(b" " * (LITTLE + more)), tmp_path)
    assert (sizes, told) == ({} if reasons else {"f": LITTLE + more}, reasons)
    assert len([*tmp_path.glob("unpacked-*")]) == len(sizes)


@pytest.mark.parametrize(("more", "reasons"), [(-1, {}), (0, {}), (1, {"f:a": Reason.TOO_LARGE})])
def test_a_member_of_a_zip_may_become_so_much_and_no_more(
    more: int, reasons: dict[str, Reason], tmp_path: Path
) -> None:
    sizes, told = unpacked(zipped(a=b" " * (LITTLE + more)), tmp_path)
    assert (sizes, told) == ({} if reasons else {"f:a": LITTLE + more}, reasons)


def test_a_large_file_may_become_as_many_times_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(GOOD * 40)
    monkeypatch.setattr(expanding, "ALWAYS", 0)
    assert unpacked(packed, tmp_path)[0] == {"f": 40 * len(GOOD)}
    monkeypatch.setattr(expanding, "MOST_TIMES", 40 * len(GOOD) // len(packed))
    assert unpacked(packed, tmp_path)[1] == {"f": Reason.TOO_LARGE}


def test_many_members_together_may_become_no_more_than_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "MOST_TIMES", 1)
    sizes, told = unpacked(zipped(a=b" " * LITTLE, b=b" " * LITTLE), tmp_path)
    assert (sizes, told) == ({"f:a": LITTLE}, {"f:b": Reason.TOO_LARGE})


@pytest.mark.parametrize(("times", "fits"), [(3, True), (4, True), (5, False)])
def test_what_is_packed_time_and_again_is_refused(times: int, fits: bool, tmp_path: Path) -> None:  # noqa: FBT001
    content = GOOD
    for _ in range(times):
        content = gzip.compress(content)
    sizes, told = unpacked(content, tmp_path)
    assert (sizes, told) == (({"f": len(GOOD)}, {}) if fits else ({}, {"f": Reason.TOO_DEEP}))


def test_a_bomb_that_was_named_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "claims.gz").write_bytes(gzip.compress(b" " * 1_000_000))
    assert main(["audit", str(tmp_path / "claims.gz")]) == 2
    assert "; unpack it yourself, or send it again" in capsys.readouterr().err


def identified(system: str, value: str) -> str:
    return f"P-{system}-{value}"


def in_lambda(content: bytes) -> list[Told | Refused | Noted]:
    return [*told(BytesIO(content), identified)]


def test_a_shard_of_the_cloud_reads_a_bomb_up_to_there_and_refuses_it() -> None:
    *events, last = in_lambda(gzip.compress(GOOD + b"\n" * 1_000_000))
    assert [type(event) for event in events] == [Told] * 4
    assert isinstance(last, Refused)
    assert (last.reason, last.place.split(" beyond ")[0]) == (Reason.TOO_LARGE, "the whole file expands")
