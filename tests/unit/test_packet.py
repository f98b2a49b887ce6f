"""The packet for the reviewer: complete, the same bytes for the same records, and provable by its manifest."""

import csv
import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from local.cli import main
from local.packet.content import Packet, packet
from local.packet.writing import write_packet
from shared.core.catalogue import catalogue
from shared.core.policy import policies
from tests.builders import Envelope, a_claim_for, a_course, a_remittance, a_visit
from tests.unit.asking import AS_OF
from tests.unit.test_pages import case_of

LAW = policies()
FILES = ["packet.pdf", "findings.csv", "timeline.csv", "packet.xlsx", "manifest.json"]


def told(events: list[Envelope], claim_id: str | None = None) -> Packet:
    return packet(case_of(events), LAW, AS_OF, claim_id)


def test_every_record_is_on_the_timeline_in_its_order() -> None:
    course = a_course(2)
    made = told([*course, a_remittance(course[1])])
    assert [each.record for each in made.timeline] == [
        "claim C-1-01 v1 line 1",
        "visit V-1-01 v1",
        "claim C-1-02 v1 line 1",
        "visit V-1-02 v1",
        "remittance R-C-1-01 v1",
    ]
    assert made.timeline[1].said == "completed, session 1; NRS 7"


def test_every_rule_of_the_catalogue_is_ticked_off() -> None:
    made = told(a_course(13, kx_from=None))
    assert [each.rule for each in made.checklist] == [entry.rule for entry in catalogue()]
    verdicts = {each.rule: each.verdict for each in made.checklist}
    assert verdicts.pop("KX_MISSING") == "1 violation"
    assert set(verdicts.values()) == {"no finding"}


@pytest.mark.parametrize(
    ("claim_id", "rules"), [("C-1-22", {"OVER_ANNUAL_LIMIT"}), ("C-1-01", set()), (None, {"OVER_ANNUAL_LIMIT"})]
)
def test_a_packet_for_a_claim_holds_what_concerns_it(claim_id: str | None, rules: set[str]) -> None:
    assert {finding.rule for finding in told(a_course(22), claim_id).findings} == rules


def test_what_a_person_must_attach_is_listed() -> None:
    attach = told(a_course(1)).to_attach
    assert any("signed note of each session" in text for text in attach)
    assert any("supervisor" in text for text in attach)


def test_the_manifest_proves_every_file_and_no_name_speaks_of_the_patient(tmp_path: Path) -> None:
    paths = write_packet(told(a_course(13, kx_from=None)), tmp_path / "out")
    assert [path.name for path in paths] == FILES
    manifest = json.loads(paths[-1].read_text(encoding="utf-8"))
    for path in paths[:-1]:
        assert manifest["files"][path.name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert paths[0].read_bytes().startswith(b"%PDF-")


def test_the_same_records_make_the_same_pdf(tmp_path: Path) -> None:
    first, again = (write_packet(told(a_course(3)), tmp_path / name)[0].read_bytes() for name in ("a", "b"))
    assert first == again


def test_no_cell_can_become_a_formula(tmp_path: Path) -> None:
    visit = a_visit("=cmd|' /C calc'!A0", diagnoses=["M54.2"])
    paths = write_packet(told([visit, a_claim_for(visit)]), tmp_path)
    for path in paths[1:3]:
        with path.open(encoding="utf-8", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    with zipfile.ZipFile(paths[3]) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets" in name]
    assert len(sheets) == 2
    assert not any("<f>" in sheet for sheet in sheets)


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        (["--claim", "C-1004-16"], 0, ""),
        (["--patient", "P-1004"], 0, ""),
        (["--patient", "P-1004", "--claim", "C-1004-16"], 0, ""),
        (["--patient", "P-1"], 2, "nothing is known of patient P-1 in these files"),
        (["--patient", "P-1", "--claim", "C-1"], 2, "nothing is known of claim C-1 and patient P-1 in these files"),
        ([], 2, "whose packet? nothing was named"),
    ],
)
def test_the_command_finds_patient_or_claim_or_says_that_it_did_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], status: int, said: str
) -> None:
    folder = tmp_path / "packet"
    scenario = "events/scenarios/regression.ndjson"
    assert main(["packet", scenario, "--out", str(folder), "--as-of", "2026-03-01", *asked]) == status
    assert folder.exists() == (status == 0)
    expected = f"ncd-audit: {said}; give --patient or --claim as the files have it\n" if said else ""
    assert capsys.readouterr().err == expected
