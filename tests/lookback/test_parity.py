"""Stream, look-back and SQL find the same in the same histories, shuffled, doubled and voided, in whatever form.

The stream is the case file as record_event keeps it: each event taken in as it comes, judged anew, stored and read.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shared.core.case import CaseFile
from shared.core.document import patient_entry
from shared.core.events import ClaimSubmitted, EligibilityReceived, Event
from shared.core.policy import policies
from tests.lookback.archives import audited, message, named, rows, shuffled_and_doubled, write_csv
from tests.lookback.counting import RULES, counted
from tests.unit.asking import AS_OF, RECORDED_AT
from tests.unit.histories import a_history
from tests.unit.random_courses import a_random_course

Said = tuple[Any, ...]
STORED = 0.1  # how often the case file is put down and taken up again
IN_BOTH = ("finding_id", "rule", "severity", "basis", "message")


def histories(seeds: Iterable[int]) -> dict[str, list[Event]]:
    """A course of treatment or a crowd of records, by turns."""
    makers = (a_random_course, a_history)
    return {f"P-{seed}": named(makers[seed % 2](Random(seed)), f"P-{seed}") for seed in seeds}


def streamed(patient_id: str, events: Sequence[Event], random: Random) -> set[Said]:
    case = CaseFile.new(patient_id)
    for event in events:
        case, _ = case.taking(event, policies(), AS_OF, RECORDED_AT)
        if random.random() < STORED:
            case = CaseFile.from_parts(patient_id, case.parts(), case.head)
    found = patient_entry(case.standing, withdrawn=False)["findings"]
    return {(patient_id, *(finding[name] for name in IN_BOTH)) for finding in found}


def said(rows: Iterable[dict[str, Any]]) -> set[Said]:
    return {(row["patient_id"], *(row[name] for name in IN_BOTH)) for row in rows}


def lay_down(told: dict[str, list[Event]], folder: Path, *, as_table: bool) -> None:
    """All patients' events mixed; claims a table of their own if wanted."""
    events = shuffled_and_doubled([event for events in told.values() for event in events], Random(7))
    lines = [event for event in events if not (as_table and isinstance(event, ClaimSubmitted))]
    (folder / "events.ndjson").write_text("".join(message(event) + "\n" for event in lines))
    if as_table:
        claims = [event for event in events if isinstance(event, ClaimSubmitted)]
        write_csv(
            shuffled_and_doubled([row for claim in claims for row in rows(claim)], Random(8)), folder / "claims.csv"
        )


def assert_same(told: dict[str, list[Event]], folder: Path) -> None:
    """Patients without an NCD code and a visit are filtered: of those the stream may say that a claim was voided."""
    found = []
    for as_table in (False, True):
        archive = folder / f"archive-{as_table}"
        archive.mkdir()
        lay_down(told, archive, as_table=as_table)
        summary, result = audited(archive, as_of=AS_OF, folder=folder)
        assert summary["records"]["conserved"]
        assert summary["records"]["refused"] == 0
        found.append(result)
    assert found[0] == found[1]
    random = Random(9)
    heard = (streamed(name, shuffled_and_doubled(events, random), random) for name, events in told.items())
    assert said(found[0]) == set().union(*heard)


def assert_counts(told: dict[str, list[Event]], folder: Path) -> None:
    known: dict[str, list[Event]] = {
        patient: [event for event in events if not isinstance(event, EligibilityReceived)]
        for patient, events in told.items()
    }
    lay_down(known, folder, as_table=False)
    _, result = audited(folder / "events.ndjson", as_of=AS_OF, folder=folder)
    of_rules = (row for row in result if row["rule"] in RULES)
    found = sorted((row["rule"], row["patient_id"], row["date_of_service"], _line(row)) for row in of_rules)
    messages = (folder / "events.ndjson").read_text().splitlines()
    expected = counted(messages, folder / "lines.ndjson")
    assert found == expected
    assert {rule for rule, *_ in expected} == RULES


def _line(row: dict[str, Any]) -> str:
    return f"{row['claim_id']}/{row['line_number']}" if row["claim_id"] else ""


def test_stream_and_look_back_find_the_same(tmp_path: Path) -> None:
    assert_same(histories(range(6, 9)), tmp_path)


def test_the_counting_rules_once_more_in_sql(tmp_path: Path) -> None:
    assert_counts(histories((112, 114, 118)), tmp_path)


BATCHES = [range(first, first + 500) for first in range(0, 10_000, 500)]


@pytest.mark.slow
@pytest.mark.parametrize("seeds", BATCHES, ids=str)
def test_ten_thousand_histories(seeds: range, tmp_path: Path) -> None:
    assert_same(histories(seeds), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", BATCHES, ids=str)
def test_ten_thousand_histories_counted_in_sql(seeds: range, tmp_path: Path) -> None:
    assert_counts(histories(seeds), tmp_path)
