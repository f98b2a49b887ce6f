"""What people see: strips with every session and score in its place, findings with their proof, nothing unescaped."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from typer.testing import CliRunner

from local.cli import app
from local.judged import judged
from shared.core.case import CaseFile
from shared.core.policy import policies
from shared.pages.patient import PatientView, finding_view, patient_view
from shared.pages.render import _days, finding_part, patient_part, report_page
from tests.builders import FIRST_DAY, Envelope, a_claim_for, a_course, a_measure, a_score, a_visit
from tests.unit.asking import AS_OF, history_of

LAW = policies()
SCENARIO = "events/scenarios/regression.ndjson"


def case_of(events: Iterable[Envelope], patient_id: str = "P-1") -> CaseFile:
    return judged(patient_id, history_of(events), AS_OF)


def seen(events: Iterable[Envelope], patient_id: str = "P-1") -> PatientView:
    return patient_view(case_of(events, patient_id), LAW, AS_OF)


class Page(HTMLParser):
    """The elements of a page, and whether each that was opened is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in {"meta", "br", "rect", "line", "circle", "polyline"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"rect", "line", "circle", "polyline"}:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_strip_shows_every_session_with_number_kx_and_verdict() -> None:
    view = seen(a_course(13, kx_from=None))
    (strip,) = view.strips
    assert [mark.number for mark in strip.marks] == list(range(1, 14))
    assert [(mark.needs_kx, mark.kx, mark.verdict) for mark in strip.marks[11:]] == [
        (False, False, "clear"),
        (True, False, "violation"),
    ]
    assert "KX needed, not billed" in strip.marks[12].title
    assert (strip.counted, strip.remaining, strip.window_days) == (13, 7, 90)


def test_sessions_stand_in_their_order_within_the_picture() -> None:
    marks = seen(a_course(20)).strips[0].marks
    assert [mark.x for mark in marks] == sorted(mark.x for mark in marks)
    assert 70 <= marks[0].x < marks[-1].x <= 940


def test_a_curve_runs_from_the_worst_to_the_best_of_its_scale() -> None:
    days = [FIRST_DAY, FIRST_DAY + timedelta(days=7), FIRST_DAY + timedelta(days=14)]
    scores = [
        a_measure(f"M-{n}", on=day, score=score) for n, (day, score) in enumerate(zip(days, (10, 5, 0), strict=True))
    ]
    (curve,) = seen([a_visit(1, patient_id="P-1"), *scores]).strips[0].curves
    assert [(dot.y, dot.score) for dot in curve.dots] == [(128, Decimal(10)), (164, Decimal(5)), (200, Decimal(0))]


def test_a_score_without_a_range_is_drawn_between_its_own_ends() -> None:
    scores = [a_score(60, FIRST_DAY, "PROMIS-PI"), a_score(60, FIRST_DAY + timedelta(days=1), "PROMIS-PI")]
    (curve,) = seen([a_visit(1, patient_id="P-1", measures=scores)]).strips[0].curves
    assert (curve.lowest, curve.highest, {dot.y for dot in curve.dots}) == (Decimal(60), Decimal(60), {128})


def test_each_instrument_has_its_own_scale_and_none_lies_over_another() -> None:
    scores = [a_score(4, FIRST_DAY), a_score(40, FIRST_DAY, "ODI")]
    (strip,) = seen([a_visit(1, patient_id="P-1", measures=scores)]).strips
    nrs, odi = strip.curves
    assert [(curve.instrument, curve.lowest, curve.highest) for curve in (nrs, odi)] == [
        ("NRS", Decimal(0), Decimal(10)),
        ("ODI", Decimal(0), Decimal(100)),
    ]
    assert nrs.top < nrs.dots[0].y < nrs.bottom < odi.top < odi.dots[0].y < odi.bottom < strip.height


def test_dates_are_kept_in_one_piece_and_nothing_is_let_through_beside_them() -> None:
    assert str(_days("on <b>2025-01-06</b>")) == 'on &lt;b&gt;<span class="day">2025-01-06</span>&lt;/b&gt;'


def test_two_periods_are_two_strips() -> None:
    later = [a_visit("V-late", patient_id="P-1", on=date(2026, 2, 2))]
    assert [strip.started_on for strip in seen([*a_course(2), *later]).strips] == [FIRST_DAY, date(2026, 2, 2)]


def test_money_of_a_date_is_counted_once_however_many_rules_break() -> None:
    """A session given after the gain was lost, and its line attested all the same: both speak of the same charge."""
    view = seen(a_course(16, scores={1: 7, 12: 4, 15: 7, 16: 7}))
    broken = [(v.finding.rule, v.amount) for v in view.findings if v.finding.severity == "violation"]
    assert broken == [("CONTINUED_AFTER_REGRESSION", Decimal(40)), ("KX_UNSUPPORTED", Decimal(40))]
    assert view.at_stake == Decimal(40)


def test_money_of_two_dates_adds_up() -> None:
    assert seen(a_course(22)).at_stake == Decimal(80)


def test_the_gravest_and_dearest_finding_comes_first() -> None:
    urgency = [(v.finding.severity.gravity, v.amount) for v in seen(a_course(22)).findings]
    assert urgency == sorted(urgency, reverse=True)


def test_a_page_shows_of_each_finding_law_records_remedy_and_trace() -> None:
    view = seen(a_course(13, kx_from=None))
    page = Page(patient_part(view)).text
    for finding in (v.finding for v in view.findings):
        assert finding.message in page
        assert finding.remedy in page
        assert all(citation.quote in page for citation in finding.citations)
        assert all(f"{kind} {record_id}, version {version}" in page for kind, record_id, version in finding.evidence)
    assert "Session 13 of the period that began 2025-01-06 is billed without KX." in page
    assert "visit.date_of_service" not in page
    assert "date_of_service" in page


def test_one_finding_alone_has_its_own_part() -> None:
    case = case_of(a_course(13, kx_from=None))
    (finding_id,) = case.standing.findings
    view = finding_view(case, finding_id, LAW, AS_OF)
    assert view is not None
    assert finding_id in Page(finding_part(view)).text
    assert finding_view(case, "no such finding", LAW, AS_OF) is None


def test_what_a_sender_calls_a_patient_stays_text() -> None:
    patient_id = "<script>alert(1)</script>"
    visit = a_visit('V"><img src=x onerror=alert(1)>', patient_id=patient_id, diagnoses=["M54.2"])
    text = report_page([seen([visit, a_claim_for(visit)], patient_id)], LAW.id, AS_OF)
    page = Page(text)
    assert "<script" not in text
    assert "<img" not in text
    assert patient_id in page.text


def test_the_report_needs_nothing_from_elsewhere() -> None:
    page = Page(report_page([seen(a_course(22))], LAW.id, AS_OF))
    assert {name for name, _ in page.attributes}.isdisjoint({"src", "onclick", "onload"})
    links = {value for name, value in page.attributes if name == "href" and value}
    sources = {source.url for source in LAW.sources.values()}
    assert {link for link in links if not link.startswith("#")} <= sources
    ids = {value for name, value in page.attributes if name == "id"}
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= ids


def test_with_no_patient_the_report_says_so() -> None:
    assert "no violation and no warning stands" in Page(report_page([], LAW.id, AS_OF)).text


def test_the_command_writes_the_page_and_says_where(tmp_path: Path) -> None:
    html = tmp_path / "out.html"
    result = CliRunner().invoke(app, ["report", SCENARIO, "--html", str(html), "--as-of", "2026-03-01"])
    assert (result.exit_code, result.stdout.strip()) == (0, str(html))
    text = html.read_text(encoding="utf-8")
    Page(text)
    assert len(re.findall(r"<section ", text)) == 1
    assert "CONTINUED_AFTER_REGRESSION" in text
