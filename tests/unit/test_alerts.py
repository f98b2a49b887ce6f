"""What an alert says and leaves out, over every alert that the acceptance cases and the stories give rise to."""

import json
import re
from collections.abc import Iterable, Sequence

import pytest

from shared.core.alerts import Alert, alerts
from shared.core.case import CaseFile
from shared.core.errors import Unreadable
from shared.core.events import Event
from shared.core.intake import parse_event
from shared.core.policy import policies
from shared.core.standing import Standing
from tests.builders import Envelope, a_course
from tests.stories import STORIES
from tests.unit.asking import AS_OF, RECORDED_AT, concluded, message, snapshot
from tests.unit.test_cases import JUDGED

DIAGNOSIS = re.compile(r"\b[A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}\b")
ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def alerts_of(events: Iterable[Event]) -> list[Alert]:
    """Every alert of one patient, also of those too mild to be sent, as the events arrive."""
    case = CaseFile.new("P-1")
    made: list[Alert] = []
    for event in events:
        before = case
        case, _ = case.taking(event, policies(), AS_OF, RECORDED_AT)
        made += alerts(before.standing, case.standing)
    return made


def opened_by(events: Sequence[Envelope]) -> Iterable[Alert]:
    """The alerts of a history that is seen at once."""
    conclusions = concluded(event for event in events if readable(event))
    return alerts(Standing("P-1"), Standing("P-1").after(conclusions, AS_OF))


def readable(event: Envelope) -> bool:
    try:
        return bool(parse_event(message(event)))
    except Unreadable:
        return False


@pytest.fixture(scope="module")
def corpus() -> list[Alert]:
    told = [json.loads(line) for line in STORIES["regression"].lines + STORIES["void-and-replace"].lines]
    return [*alerts_of(map(snapshot, told)), *(alert for case in JUDGED for alert in opened_by(case["events"]))]


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def test_every_alert_names_patient_rule_severity_remedy_words_and_records(corpus: list[Alert]) -> None:
    for alert in corpus:
        finding, body = alert.finding, unwrapped(alert.body)
        assert f"{finding.rule} ({finding.severity}), {alert.step}" in body
        assert finding.patient_id in body
        assert any(f'"{citation.quote}"' in body and citation.url in body for citation in finding.citations)
        assert finding.evidence[0].id in body
        assert alert.alert_id in body
        assert finding.remedy in body or alert.step == "withdrawn"


def test_no_alert_tells_a_diagnosis_or_a_date(corpus: list[Alert]) -> None:
    """E-mail is not encrypted; the finding itself is read behind a sign-in."""
    told = {(alert.finding.rule, hit) for alert in corpus for hit in DIAGNOSIS.findall(alert.body + alert.subject)}
    dated = {(alert.finding.rule, hit) for alert in corpus for hit in dates_of_records(alert)}
    assert (told, dated) == (set(), set())


def dates_of_records(alert: Alert) -> set[str]:
    """Dates in the alert that are not part of the law it cites: a table has its vintage."""
    of_the_law = ISO_DATE.findall(" ".join(text for citation in alert.finding.citations for text in citation))
    return {*ISO_DATE.findall(alert.body + alert.subject)} - {*of_the_law}


def test_the_subject_fits_an_e_mail(corpus: list[Alert]) -> None:
    """SNS takes no more than a hundred ASCII characters and no line break."""
    for alert in corpus:
        assert alert.subject.isascii()
        assert alert.subject.isprintable()
        assert len(alert.subject) <= 100


def test_a_strange_patient_key_still_makes_a_subject() -> None:
    made = list(opened_by(a_course(1, scores={}, patient_id="Zoë" * 60)))
    assert made
    assert all(alert.subject.isascii() and len(alert.subject) == 100 for alert in made)


def test_an_alert_counts_the_sessions() -> None:
    [alert] = (a for a in opened_by(a_course(13, kx_from=None)) if a.finding.rule == "KX_MISSING")
    assert "number 13; 13 used in the period, 7 left" in unwrapped(alert.body)
    assert alert.detail()["sessions"] == "number 13; 13 used in the period, 7 left"
    assert alert.detail()["records"][0] == {"kind": "claim", "id": "C-1-13", "version": 1}


def test_alert_ids_tell_every_step_apart(corpus: list[Alert]) -> None:
    """And nothing else: the same finding at the same revision is the same alert in every run."""
    steps = {(alert.finding.finding_id, alert.revision) for alert in corpus}
    assert len({alert.alert_id for alert in corpus}) == len(steps)
