"""The report for people holds everything of the answer that a person must act on, safe to print."""

import io
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from rich.console import Console, RenderableType

from local.answer import answer
from local.printable import one_line
from local.show import report
from local.show_findings import told
from local.show_progress import progress
from tests.builders import a_claim, a_claim_for, a_course, a_visit
from tests.stories import STORIES


def document_of(events: Iterable[Any], as_of: date = date(2025, 6, 1)) -> dict[str, Any]:
    lines = (event if isinstance(event, str) else json.dumps(event) for event in events)
    return answer([line.encode() for line in lines], as_of)


def printed(lines: Iterable[RenderableType]) -> str:
    console = Console(file=io.StringIO(), width=110, markup=False, highlight=False, emoji=False)
    for line in lines:
        console.print(line)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", STORIES)
def test_every_session_finding_alert_and_refusal_is_in_the_report(name: str) -> None:
    document = document_of(STORIES[name].lines, STORIES[name].as_of)
    text = words(printed(report(document)))
    for patient in document["patients"]:
        for period in patient["periods"]:
            for session in period["sessions"]:
                assert f"{session['number']} {session['date_of_service']}" in text
        for finding in patient["findings"]:
            for part in (finding["rule"], finding["message"], finding["remedy"], finding["evidence"][0]["id"]):
                assert words(part) in text
    for alert in document["alerts"]:
        assert alert["subject"] in text
    for entry in document["quarantine"]:
        assert f"{entry['reason']} {entry['where']} {entry['event_id'] or '(unknown)'}" in text


def test_the_gravest_findings_come_first() -> None:
    text = printed(report(document_of(STORIES["regression"].lines)))
    assert 0 < text.index("Violations (2)") < text.index("Warnings: a person must look (1)")


def test_a_period_shows_its_window_and_what_is_left() -> None:
    text = words(printed(report(document_of(STORIES["sessions-elsewhere"].lines))))
    assert "2025-01-06 2025-04-05 13 8 7 5 2026-01-01 needs KX" in text


@pytest.mark.parametrize(("count", "next_session"), [(11, "without KX"), (12, "needs KX"), (20, "none left")])
def test_a_period_says_what_the_next_session_needs(count: int, next_session: str) -> None:
    assert next_session in printed(report(document_of(a_course(count, every=3))))


def test_what_one_rule_asks_and_says_is_told_once_for_all_that_break_it() -> None:
    text = printed(report(document_of(STORIES["advantage-then-original"].lines)))
    assert text.count("NOT_FFS") == text.count("What to do") == 1
    assert text.count("says medicare_advantage") == 16


def test_a_short_telling_counts_what_it_leaves_out() -> None:
    [patient] = document_of(STORIES["advantage-then-original"].lines)["patients"]
    text = printed(told(patient, 2))
    assert text.count("says medicare_advantage") == 2
    assert "and 14 more like these" in text
    assert "Records" not in text


def test_our_reading_is_not_given_for_the_words_of_cms() -> None:
    text = words(printed(report(document_of([a_visit(1), a_visit(2), a_claim(1)]))))
    assert "SAME_DAY_TWO_ENCOUNTERS Our reading: The NCD says visit, session and treatment of one thing" in text


def test_a_patient_without_sessions_is_named() -> None:
    text = printed(report(document_of([a_visit(status="cancelled")])))
    assert "Patient P-1" in text
    assert "No session counted." in text


def test_what_a_sender_wrote_is_neither_markup_nor_obeyed_by_a_terminal() -> None:
    visit = a_visit("[bold]V[/bold]", patient_id="[red]P", diagnoses=["M54.2"])
    broken = {"id": "\x1b[2J\u202eevt", "detail-type": "Nothing"}
    text = printed(report(document_of([visit, a_claim_for(visit), broken])))
    assert "Patient [red]P" in text
    assert "[bold]V[/bold]" in text
    assert "\x1b" not in text
    assert one_line("\x1b[2J\u202eevt") == "\\x1b[2J\\u202eevt"


def test_no_progress_is_shown_where_nobody_watches() -> None:
    with progress(wanted=True) as shown:
        assert shown is None
