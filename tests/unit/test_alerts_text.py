"""An alert word for word: the mail in full, the entry on the bus in full, and what it counts and lists."""

from dataclasses import replace
from datetime import date, timedelta
from textwrap import dedent

import pytest

from shared.core.alerts import Alert, alerts, alerts_of, announced
from shared.core.audit import Conclusions
from shared.core.severity import Severity
from shared.core.standing import Standing, Transition
from shared.core.trail import Head, Occasion, entry_of
from tests.builders import FIRST_DAY, Envelope, a_claim, a_course, a_line, a_visit, an_eligibility
from tests.unit.asking import AS_OF, RECORDED_AT, concluded
from tests.unit.encounters import bill, encounter, lines


def alert_of(rule: str, *events: Envelope, after: tuple[Envelope, ...] = ()) -> Alert:
    """The alert about `rule`, the first if there are several, at `events`; or once `after` replaces them."""
    first = Standing("P-1").after(concluded(events), AS_OF)
    standing = first.after(concluded([*events, *after]), AS_OF) if after else first
    return next(made for made in alerts(first if after else Standing("P-1"), standing) if made.finding.rule == rule)


def test_a_mail_in_full() -> None:
    alert = alert_of("KX_MISSING", *a_course(13, kx_from=None))
    assert alert.subject == "[violation] KX_MISSING opened: patient P-1"
    assert alert.body == dedent("""\
        Finding:      KX_MISSING (violation), opened
        About:        claim C-1-13, line 1, code 20560, visit V-1-13
        Patient key:  P-1
        Sessions:     number 13; 13 used in the period, 7 left
        Meaning:      A session that needs the KX attestation of improvement is billed without it.
        What to do:   If the record shows improvement, add KX to every needling line of the session
                      and resubmit or reopen. If it does not, the session is not covered.
        Rule:         "An additional 8 sessions will be covered for those patients demonstrating an
                      improvement."
        Source:       CMS NCD 30.3.3, version 1, B. Nationally Covered Indications
                      https://www.cms.gov/Medicare-Coverage-Database/view/ncd.aspx?ncdid=373
        Records:      claim C-1-13 version 1; visit V-1-13 version 1; visit V-1-01 version 1; visit
                      V-1-02 version 1; visit V-1-03 version 1; visit V-1-04 version 1; visit V-1-05
                      version 1; visit V-1-06 version 1; and 6 more
        Reference:    finding 16990be7d369fea053d9, revision 1, alert 21e2d336446f195e0d1e
        """)


def test_a_mail_without_a_count_that_cites_a_table() -> None:
    """Its address is longer than a line and has hyphens: it is broken nowhere."""
    alert = alert_of("PTP", *encounter(*lines("20560", "20561"), diagnoses=["M54.2"]))
    assert alert.body == dedent("""\
        Finding:      PTP (violation), opened
        About:        claim C, line 1, code 20560, visit V
        Patient key:  P-1
        Meaning:      Two codes that Medicare does not pay together are billed by one biller on one
                      date.
        What to do:   Bill the one code that the note supports. Only where the edit allows a
                      modifier and the note shows a separate service, put the modifier on the denied
                      line.
        Rule:         "20561/20560 0; 20560 and 20561 with 97810, 97811, 97813, 97814 0; 97813/97810
                      0; 20552 and 20553 with 20560, 20561 1"
        Source:       CMS NCCI practitioner PTP, MUE and add-on code tables, Procedure-to-procedure
                      edits, 2024-07-01: column 1, column 2, modifier indicator
                      https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits
        Records:      claim C version 1; visit V version 1
        Reference:    finding f2e569eda37fff838580, revision 1, alert c176847cb775b3cd4608
        """)


def test_the_entry_on_the_bus_in_full() -> None:
    alert = alert_of("KX_UNNEEDED", a_visit(), a_claim(lines=[a_line(modifiers=["KX"])]))
    assert alert.detail() == {
        "alert_id": alert.alert_id,
        "finding_id": alert.finding.finding_id,
        "revision": 1,
        "transition": "opened",
        "rule": "KX_UNNEEDED",
        "severity": "warning",
        "patient_id": "P-1",
        "sessions": "number 1; 1 used in the period, 19 left",
        "records": [{"kind": "claim", "id": "C-1-01", "version": 1}, {"kind": "visit", "id": "V-1-01", "version": 1}],
    }


def test_a_withdrawn_finding_asks_for_nothing_and_weighs_what_it_weighed_at_its_gravest() -> None:
    void = a_claim("void", frequency_code="8", replaces_claim_id="C-1-13")
    alert = alert_of("KX_MISSING", *a_course(13, kx_from=None), after=(void,))
    assert alert.body.splitlines()[5] == (
        "What to do:   Nothing: later records cleared the finding. Undo what was begun because of it."
    )
    assert (alert.step, alert.revision, alert.weight) == ("withdrawn", 2, Severity.VIOLATION)


def test_the_weight_of_a_withdrawn_finding_is_that_of_its_gravest_day() -> None:
    """A violation that became a warning is still told to those who heard of the violation."""
    events = a_course(1, kx_from=1)
    standing = Standing("P-1").after(concluded(events), AS_OF)
    [(finding_id, life)] = [
        (i, life) for i, life in standing.life.items() if standing.findings[i].rule == "KX_UNNEEDED"
    ]
    graver = standing._replace(life={**standing.life, finding_id: life._replace(gravest=Severity.VIOLATION)})
    gone = graver.after(concluded([]), AS_OF)
    weights = {alert.finding.finding_id: alert.weight for alert in alerts(graver, gone)}
    assert weights[finding_id] is Severity.VIOLATION


def test_what_is_said_weighs_what_the_finding_weighs_now() -> None:
    events = a_course(1, kx_from=1)
    standing = Standing("P-1").after(concluded(events), AS_OF)
    life = {i: life._replace(gravest=Severity.VIOLATION) for i, life in standing.life.items()}
    weights = {alert.weight for alert in alerts(Standing("P-1"), standing._replace(life=life))}
    assert weights == {finding.severity for finding in standing.findings.values()}


def test_a_subject_is_plain_and_no_longer_than_a_mail_takes() -> None:
    alert = alert_of("KX_MISSING", *a_course(13, kx_from=None))
    strange = alert._replace(finding=replace(alert.finding, patient_id="Zoë" + "x" * 100))
    assert strange.subject == ("[violation] KX_MISSING opened: patient Zo?" + "x" * 100)[:100]


def test_a_change_that_weighs_the_same_is_not_told() -> None:
    standing = Standing("P-1").after(concluded(a_course(13, kx_from=None)), AS_OF)
    [finding] = standing.findings.values()
    reworded = {finding.finding_id: replace(finding, message="In other words.")}
    assert alerts(standing, standing.after(Conclusions(findings=reworded), AS_OF)) == ()


def test_an_entry_of_the_trail_tells_the_same_alerts() -> None:
    before, after = (concluded(a_course(13, kx_from=kx)) for kx in (13, None))
    old = Standing("P-1").after(before, AS_OF)
    new = old.after(after, AS_OF)
    entry = entry_of(old, new, Occasion(RECORDED_AT, AS_OF, None, ""), Head(1, ""))
    assert entry is not None
    assert alerts(old, new)
    assert alerts_of(entry.step) == alerts(old, new)


def test_a_step_that_was_told_is_not_told_again() -> None:
    standing = Standing("P-1").after(concluded(a_course(13, kx_from=None)), AS_OF)
    assert alerts(standing, standing) == ()


@pytest.mark.parametrize(("records", "more"), [(8, ""), (9, "; and 1 more"), (10, "; and 2 more")])
def test_a_mail_names_eight_records_and_counts_the_others(records: int, more: str) -> None:
    alert = alert_of("KX_MISSING", *a_course(13, kx_from=None))
    shorter = alert._replace(finding=replace(alert.finding, evidence=alert.finding.evidence[:records]))
    listed = "claim C-1-13 version 1; visit V-1-13 version 1; " + "; ".join(
        f"visit V-1-0{n} version 1" for n in range(1, 7)
    )
    [_, said] = " ".join(shorter.body.split()).split(" Records: ")
    assert said.partition(" Reference: ")[0] == listed + more


@pytest.mark.parametrize(
    ("least", "heard"),
    [
        (Severity.INFO, [Severity.INFO, Severity.WARNING, Severity.VIOLATION]),
        (Severity.WARNING, [Severity.WARNING, Severity.VIOLATION]),
        (Severity.VIOLATION, [Severity.VIOLATION]),
    ],
)
def test_what_weighs_enough_is_sent(least: Severity, heard: list[Severity]) -> None:
    alert = alert_of("KX_MISSING", *a_course(13, kx_from=None))
    made = [alert._replace(weight=weight) for weight in (Severity.INFO, Severity.WARNING, Severity.VIOLATION)]
    assert [sent.weight for sent in announced(made, least)] == heard
    assert announced(made) == announced(made, Severity.WARNING)


def counted(on: date, *events: Envelope) -> str:
    """What an alert about a line of that date says of the sessions."""
    wrong = a_claim("X", on=on, lines=[a_line(on=on, modifiers=["50"])], diagnoses=["M54.2"])
    return alert_of("MOD50_NO_EFFECT", *events, wrong).count


def test_an_alert_counts_the_sessions_of_the_period_of_its_date() -> None:
    """A date that is no session has no number; one in no period no count."""
    course = a_course(2)
    used = "2 used in the period, 18 left"
    assert counted(FIRST_DAY, *course) == f"number 1; {used}"
    assert counted(FIRST_DAY + timedelta(days=1), *course) == used
    assert counted(date(2025, 12, 31), *course) == used
    assert not counted(date(2026, 1, 1), *course)
    assert not counted(FIRST_DAY - timedelta(days=1), *course)


def test_sessions_elsewhere_are_used_up_in_an_alert_too() -> None:
    began = FIRST_DAY - timedelta(days=9)
    abroad = an_eligibility(external_sessions={"count": 3, "first_on": began, "last_on": began})
    assert counted(began, abroad) == "3 used in the period, 17 left"


def test_a_finding_about_a_claim_names_the_claim_and_no_count() -> None:
    alert = alert_of("ORPHAN_VOID", bill(frequency_code="8", replaces_claim_id="gone"))
    assert "About:        claim C\nPatient key:  P-1\nMeaning:" in alert.body
    assert not alert.count


def test_a_finding_about_a_session_names_its_visit_alone() -> None:
    alert = alert_of("NO_BASELINE", *a_course(1, scores={}))
    assert "About:        visit V-1-01\nPatient key:" in alert.body


@pytest.mark.parametrize(
    ("transition", "step"),
    [
        (Transition.OPENED, "opened"),
        (Transition.CHANGED, "worsened"),
        (Transition.WITHDRAWN, "withdrawn"),
        (Transition.REOPENED, "reopened"),
    ],
)
def test_the_steps_have_names(transition: Transition, step: str) -> None:
    assert alert_of("NO_BASELINE", *a_course(1, scores={}))._replace(transition=transition).step == step
