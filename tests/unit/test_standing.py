"""What stands of a patient: a period as it is shown, each step in the life of a finding, and the count in words."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.core.audit import Conclusions
from shared.core.findings import Finding, Subject
from shared.core.severity import Severity
from shared.core.standing import Life, NumberedSession, PeriodView, Standing, Transition, sessions_at
from tests.builders import FIRST_DAY, a_course, an_eligibility
from tests.unit.asking import concluded

MILD = Finding("P-1", "A_RULE", Severity.INFO, Subject("visit", FIRST_DAY, "V"), "", (), (), "")
GRAVE, GRAVER = replace(MILD, severity=Severity.WARNING), replace(MILD, severity=Severity.VIOLATION)
OTHER = replace(MILD, rule="ANOTHER_RULE")
ID = MILD.finding_id


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def lived(*said: Finding | None) -> Life:
    """The life of the finding after it said each, on the first day, the second and so on."""
    standing = Standing("P-1", findings={OTHER.finding_id: OTHER})
    for number, finding in enumerate(said):
        findings = {OTHER.finding_id: OTHER} | ({ID: finding} if finding else {})
        standing = standing.after(Conclusions(findings=findings), day(number))
    return standing.life[ID]


@pytest.mark.parametrize(
    ("said", "life"),
    [
        pytest.param([GRAVE], Life(1, Transition.OPENED, day(0), Severity.WARNING), id="opened"),
        pytest.param([GRAVE, GRAVE], Life(1, Transition.OPENED, day(0), Severity.WARNING), id="said again"),
        pytest.param([GRAVE, GRAVER], Life(2, Transition.CHANGED, day(1), Severity.VIOLATION), id="graver"),
        pytest.param([GRAVER, GRAVE], Life(2, Transition.CHANGED, day(1), Severity.VIOLATION), id="milder"),
        pytest.param([GRAVER, GRAVE, MILD], Life(3, Transition.CHANGED, day(2), Severity.VIOLATION), id="milder still"),
        pytest.param([MILD, GRAVE], Life(2, Transition.CHANGED, day(1), Severity.WARNING), id="graver by one"),
        pytest.param(
            [GRAVER, GRAVE, None], Life(3, Transition.WITHDRAWN, day(2), Severity.VIOLATION, GRAVE), id="withdrawn"
        ),
        pytest.param(
            [GRAVE, None, None], Life(2, Transition.WITHDRAWN, day(1), Severity.WARNING, GRAVE), id="still withdrawn"
        ),
        pytest.param(
            [GRAVER, None, MILD], Life(3, Transition.REOPENED, day(2), Severity.INFO), id="reopened, and only as grave"
        ),
    ],
)
def test_each_step_of_a_finding_is_a_revision(said: list[Finding | None], life: Life) -> None:
    assert lived(*said) == life


def test_the_lives_of_findings_are_in_the_order_of_their_ids() -> None:
    standing = Standing("P-1").after(Conclusions(findings={f.finding_id: f for f in (MILD, OTHER)}), FIRST_DAY)
    again = standing.after(Conclusions(), FIRST_DAY)
    assert list(standing.life) == list(again.life) == sorted([ID, OTHER.finding_id])


def test_what_stands_is_what_was_concluded() -> None:
    unbilled, _ = a_course(1)
    conclusions = concluded([unbilled], as_of=day(1))
    standing = Standing("P-1").after(conclusions, day(1))
    assert conclusions.due_on is not None
    assert (standing.patient_id, standing.due_on) == ("P-1", conclusions.due_on)
    assert standing.findings == conclusions.findings
    assert standing.periods == tuple(PeriodView.of(course) for course in conclusions.courses)


def test_a_period_in_full() -> None:
    began = day(-9)
    elsewhere = an_eligibility(external_sessions={"count": 10, "first_on": began, "last_on": began})
    [course] = concluded([*a_course(2), elsewhere]).courses
    assert PeriodView.of(course) == PeriodView(
        started_on=began,
        initial_window_ends_on=date(2025, 3, 27),
        next_period_from=date(2025, 12, 1),
        sessions=(NumberedSession(11, day(0)), NumberedSession(12, day(7))),
        external_sessions=10,
        sessions_counted=12,
        payer_sessions=2,
        sessions_remaining=8,
        next_session_needs_kx=True,
    )


def test_a_period_without_sessions_elsewhere() -> None:
    [course] = concluded(a_course(11)).courses
    period = PeriodView.of(course)
    assert (period.external_sessions, period.sessions_counted, period.payer_sessions) == (0, 11, 11)
    assert (period.sessions_remaining, period.next_session_needs_kx) == (9, False)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (None, ""),
        (day(-1), ""),
        (day(0), "number 1; 2 used in the period, 18 left"),
        (day(1), "2 used in the period, 18 left"),
        (day(7), "number 2; 2 used in the period, 18 left"),
        (date(2025, 12, 31), "2 used in the period, 18 left"),
        (date(2026, 1, 1), ""),
        (date(2026, 2, 2), "number 1; 1 used in the period, 19 left"),
    ],
)
def test_the_sessions_of_a_date_in_words(asked: date | None, said: str) -> None:
    course = [*a_course(2), *a_course(1, start=date(2026, 2, 2), first=3)]
    assert sessions_at(asked, Standing("P-1").after(concluded(course), FIRST_DAY).periods) == said
