"""The answer as JSON: a small stream in full, names and all, and the order of what it lists."""

from datetime import timedelta
from operator import itemgetter
from typing import Any

import pytest

from shared.core.document import Counts, finding_entry, patient_entry
from shared.core.errors import Reason
from shared.core.findings import Finding, Subject
from shared.core.history import Outcome
from shared.core.severity import Severity
from shared.core.standing import Standing
from tests.builders import FIRST_DAY, Envelope, a_claim, a_course, a_line, a_visit
from tests.unit.asking import ask, concluded, findings
from tests.unit.encounters import DAY, IN_GRACE, days, encounter, line

NO_EVENT: Envelope = {"id": "x", "detail-type": "Nope"}
NCD = "https://www.cms.gov/Medicare-Coverage-Database/view/ncd.aspx?ncdid=373"
PAIN_FOR_35_DAYS = {
    "finding_id": "107059492b62f5f1ae86",
    "rule": "CHRONICITY_NOT_MET",
    "severity": "violation",
    "status": "open",
    "subject": {"type": "visit", "date_of_service": "2024-08-05", "visit_id": "V"},
    "message": "The pain had lasted 35 days on 2024-08-05 (onset 2024-07-01); 84 are required.",
    "evidence": [{"kind": "visit", "id": "V", "version": 1}, {"kind": "claim", "id": "C", "version": 1}],
    "basis": "cms_text",
    "citations": [
        {
            "source": "CMS NCD 30.3.3, version 1",
            "section": "B. Nationally Covered Indications, definition of cLBP",
            "url": NCD,
            "basis": "cms_text",
            "quote": "cLBP is defined as: Lasting 12 weeks or longer",
            "reading": "",
        }
    ],
    "remedy": "Check the onset date with the clinician. If it stands, the service is not covered: return any payment.",
    "forecast": {"carc": ["50"], "rarc": ["N386"], "group": "PR", "confidence": "G", "is_forecast": True},
    "at_stake": {"amount": "40.00", "known_from": "charge"},
}
FIRST_SESSION = {
    "started_on": "2024-08-05",
    "initial_window_ends_on": "2024-11-02",
    "next_period_from": "2025-08-01",
    "sessions": [{"number": 1, "date_of_service": "2024-08-05"}],
    "external_sessions": 0,
    "sessions_counted": 1,
    "payer_sessions": 1,
    "sessions_remaining": 19,
    "next_session_needs_kx": False,
}


def early(**visit: Any) -> list[Envelope]:
    """Pain of 35 days, and a notice signed the day before."""
    return encounter(
        line(1, "20560", "GA"), condition={"onset_date": "2024-07-01"}, abn={"signed_on": days(-1)}, **visit
    )


def test_a_document_in_full() -> None:
    other = [*encounter(patient_id="P-0", claim={"patient_id": "P-0"})]
    document = ask([*early(), NO_EVENT, *other], as_of=IN_GRACE)
    assert document == {
        "as_of": "2024-08-13",
        "policy": "NCD 30.3.3",
        "events": {"received": 5, "recorded": 4, "duplicates": 0, "superseded": 0, "quarantined": 1},
        "quarantine": [{"event_id": "x", "reason": "unknown_kind", "where": "detail-type"}],
        "patients": [
            {"patient_id": "P-0", "periods": [FIRST_SESSION], "findings": []},
            {"patient_id": "P-1", "periods": [], "findings": [PAIN_FOR_35_DAYS]},
        ],
        "alerts": [
            {
                "finding_id": "107059492b62f5f1ae86",
                "transition": "opened",
                "subject": "[violation] CHRONICITY_NOT_MET opened: patient P-1",
            },
        ],
    }


def test_a_withdrawn_finding_is_listed_on_request_beside_the_open_ones() -> None:
    mended = a_visit("V", on=DAY, version=2, measures=[])
    events = [*early(), mended]
    shown = findings(ask(events, as_of=IN_GRACE, withdrawn=True))
    assert [(f["rule"], f["status"], f.get("withdrawn_on")) for f in shown] == [
        ("ABN_INVALID", "open", None),
        ("CHRONICITY_NOT_MET", "withdrawn", "2024-08-13"),
        ("NO_BASELINE", "open", None),
    ]
    assert {"rule": "CHRONICITY_NOT_MET"}.items() <= shown[1].items()
    assert [f["rule"] for f in findings(ask(events, as_of=IN_GRACE))] == ["ABN_INVALID", "NO_BASELINE"]


def test_a_finding_alone_is_the_entry_of_the_document() -> None:
    for events in (early(), [*early(), a_visit("V", on=DAY, version=2, measures=[])]):
        standing = Standing("P-1").after(concluded(early(), as_of=IN_GRACE), IN_GRACE)
        standing = standing.after(concluded(events, as_of=IN_GRACE), IN_GRACE)
        shown = patient_entry(standing, withdrawn=True)["findings"]
        known = [standing.findings.get(id) or life.last for id, life in standing.life.items()]
        lives = zip(known, standing.life.values(), strict=True)
        entries = [finding_entry(finding, life) for finding, life in lives if finding]
        assert sorted(entries, key=itemgetter("finding_id")) == sorted(shown, key=itemgetter("finding_id"))


def test_messages_are_counted_by_what_became_of_them() -> None:
    became = [Outcome.RECORDED] * 4 + [Outcome.DUPLICATE] * 3 + [Outcome.SUPERSEDED] * 2 + [Reason.NOT_JSON]
    assert Counts.of(became) == Counts(received=10, recorded=4, duplicates=3, superseded=2, quarantined=1)


CLAIM, OTHER_CLAIM = Subject("claim", claim_id="A"), Subject("claim", claim_id="B")
LINE = Subject("line", FIRST_DAY, "V", "A", 1, "20560")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(OTHER_CLAIM, LINE, id="a claim before a date"),
        pytest.param(CLAIM, OTHER_CLAIM, id="claims by id"),
        pytest.param(
            Subject("visit", FIRST_DAY, "V"), LINE._replace(date_of_service=FIRST_DAY + timedelta(1)), id="dates"
        ),
        pytest.param(LINE, Subject("session", FIRST_DAY, "A"), id="lines before sessions"),
        pytest.param(Subject("session", FIRST_DAY, "Z"), Subject("visit", FIRST_DAY, "A"), id="sessions before visits"),
        pytest.param(LINE._replace(line_number=9, visit_id="Z"), LINE._replace(claim_id="B"), id="lines by claim"),
        pytest.param(LINE._replace(line_number=9), LINE._replace(line_number=10), id="lines by number, not as text"),
        pytest.param(LINE._replace(line_number=0), LINE, id="line 0 before line 1"),
        pytest.param(Subject("visit", FIRST_DAY, "A"), Subject("visit", FIRST_DAY, "B"), id="visits by id"),
    ],
)
def test_the_order_of_findings_is_that_of_their_subjects(first: Subject, second: Subject) -> None:
    """By date, then rule, then subject; what has no date first."""
    one, other = (Finding("P-1", "RULE", Severity.INFO, subject, "", (), (), "") for subject in (first, second))
    assert one.order < other.order


def test_the_rule_comes_before_the_subject_and_after_the_date() -> None:
    def of(rule: str, day: int, visit: str) -> Finding:
        subject = Subject("visit", FIRST_DAY + timedelta(day), visit)
        return Finding("P-1", rule, Severity.INFO, subject, "", (), (), "")

    assert of("B", 0, "Z").order < of("A", 1, "Z").order < of("B", 1, "A").order


def test_findings_stand_in_order_in_the_document() -> None:
    void = a_claim("C-void", frequency_code="8", replaces_claim_id="C-gone", lines=[])
    wrong = a_claim("C-2", lines=[a_line(n, modifiers=["50"]) for n in (10, 9)])
    shown = findings(ask([*a_course(1), wrong, void]))
    named = [(f["rule"], *f["subject"].values()) for f in shown]
    assert [name[0] for name in named[:2]] == ["FREQ7_PARTB", "ORPHAN_VOID"]
    assert [f["subject"]["line_number"] for f in shown if f["rule"] == "MOD50_NO_EFFECT"] == [9, 10]


@pytest.mark.parametrize("short", ["recorded", "duplicates", "superseded", "quarantined"])
def test_every_message_is_one_of_four(short: str) -> None:
    whole = {"recorded": 5, "duplicates": 3, "superseded": 2, "quarantined": 1}
    assert Counts(received=11, **whole).conserved
    assert not Counts(received=11, **(whole | {short: 0})).conserved
