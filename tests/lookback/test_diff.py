"""`ncd-audit diff` over whatever `ncd-audit audit` reads: the same differences as over the same events as a stream."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from shared.core.events import ClaimSubmitted
from tests.builders import Envelope, a_course, a_visit
from tests.lookback.archives import rows, write_csv
from tests.unit.asking import snapshot
from tests.unit.conftest import Run, stream_of

ASKED = ("--json", "--policy", "kx_first=11", "--as-of", "2025-04-10")
COURSES = [event for n in range(3) for event in a_course(12, scores={1: 7, 10: 3}, patient_id=f"P-{n}")]


def found(told: str) -> list[tuple[str, str, str | None]]:
    return [(each["change"], each["after"]["finding_id"], each["at_stake"]) for each in json.loads(told)["differences"]]


def as_stream(run: Run, events: list[Envelope]) -> list[Any]:
    return found(run("diff", *ASKED, "-", stdin=stream_of(events)).out)


def test_a_folder_of_events_is_read_as_one_history(run: Run, tmp_path: Path) -> None:
    (tmp_path / "visits.ndjson").write_bytes(stream_of(COURSES[::2]))
    (tmp_path / "claims.ndjson.gz").write_bytes(gzip.compress(stream_of(COURSES[1::2])))
    ran = run("diff", *ASKED, tmp_path)
    assert sorted(found(ran.out)) == sorted(as_stream(run, COURSES))
    assert (ran.status, ran.err) == (1, "")


def test_a_table_of_claim_lines_is_read_too(run: Run, tmp_path: Path) -> None:
    claims = [event for event in COURSES if event["detail-type"] == "ClaimSubmitted"]
    told = [snapshot(claim) for claim in claims]
    write_csv([row for claim in told if isinstance(claim, ClaimSubmitted) for row in rows(claim)], tmp_path / "c.csv")
    ran = run("diff", *ASKED, tmp_path / "c.csv")
    assert sorted(found(ran.out)) == sorted(as_stream(run, claims))
    assert len(found(ran.out)) == 12


def test_a_patient_whom_only_the_new_law_covers_is_looked_at(run: Run, tmp_path: Path) -> None:
    """A claim of 64999 alone: no code of today's NCD."""
    [_, claim] = a_course(1)
    claim["detail"]["lines"][0]["procedure_code"] = "64999"
    (tmp_path / "claims.ndjson").write_bytes(stream_of([claim]))
    asked = ("diff", "--json", "--policy", 'covered_codes=["64999"]', "--as-of", "2025-04-10")
    told = json.loads(run(*asked, tmp_path).out)
    assert told["patients"] == {"audited": 1, "touched": 1}
    assert told["differences"] == json.loads(run(*asked, "-", stdin=stream_of([claim])).out)["differences"]


def test_what_is_refused_and_what_contradicts_is_said(run: Run, tmp_path: Path) -> None:
    """One message of nobody, one of a patient, and another body under an id and version that are known."""
    other, strange = a_visit(1, patient_id="P-0", place_of_service="12"), a_visit(99, patient_id="P-0", payer="barter")
    told = stream_of([*COURSES, other, strange]) + b'{"detail-type": "VisitRecorded"}\n'
    (tmp_path / "events.ndjson").write_bytes(told)
    assert run("diff", *ASKED, tmp_path).err == (
        "ncd-audit: 2 of the messages cannot be taken in; ncd-audit audit says which and why\n"
        "ncd-audit: 1 of the messages cannot be taken in; ncd-audit audit says which and why\n"
    )


@pytest.mark.parametrize("path", ["nowhere", "*.csv"])
def test_no_file_is_no_answer(run: Run, tmp_path: Path, path: str) -> None:
    ran = run("diff", *ASKED, tmp_path / path)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
