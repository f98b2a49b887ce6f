"""Which records beside the sessions counted a finding shows, so that alone they make the same count.

A claim that also bills another date brings that date along: what bars it, what begins its period, who denied it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from shared.core.policy import Policies, policies
from tests.builders import (
    FIRST_DAY,
    Detail,
    Envelope,
    a_claim,
    a_course,
    a_line,
    a_remittance,
    a_score,
    a_visit,
    an_eligibility,
)
from tests.unit.asking import AS_OF, concluded, history_of
from tests.unit.test_evidence import unproved

THIRTEENTH = FIRST_DAY + timedelta(days=84)
LAW = policies()
ANCHORED, PAID = LAW.changed(anchor_basis="payer"), LAW.changed(count_basis="payer", anchor_basis="payer")


def shown(rule: str, events: Sequence[Envelope], law: Policies = LAW, on: date = THIRTEENTH) -> list[str]:
    """The evidence of the one finding of a rule on a date; whatever is found stands on its evidence alone."""
    assert unproved(history_of(events), AS_OF, law=law) == []
    told = [f for f in concluded(events, law).findings.values() if f.rule == rule and f.subject.date_of_service == on]
    [finding] = told
    return [record.id for record in finding.evidence]


def billing_too(other: date) -> list[Envelope]:
    """Thirteen sessions; the claim of the last lacks KX and has a line of another date."""
    *course, _ = a_course(13, kx_from=None)
    lines = [a_line(1, on=THIRTEENTH), a_line(2, on=other)]
    return [*course, a_claim(13, on=THIRTEENTH, lines=lines)]


COUNTED = ["C-1-13", "V-1-13", *(f"V-1-{number:02}" for number in range(1, 13))]
BETWEEN = FIRST_DAY + timedelta(days=3)
BEFORE = date(2024, 11, 20)


def beside(evidence: list[str]) -> list[str]:
    """What is shown beside the sessions counted and the line's claim."""
    assert evidence[: len(COUNTED)] == COUNTED
    return evidence[len(COUNTED) :]


def test_a_date_barred_by_the_onset_that_its_visit_inherits() -> None:
    """An earlier visit of a plan says that the pain began lately: the date is no session, and its visits are shown."""
    lately: Detail = {"condition": {"onset_date": FIRST_DAY - timedelta(days=7)}}
    silent: Detail = {"condition": {"onset_date": None}}
    stated = a_visit("V-plan", on=BETWEEN - timedelta(days=1), payer="medicare_advantage", **lately)
    events = [stated, a_visit("V-silent", on=BETWEEN, **silent), *billing_too(BETWEEN)]
    assert beside(shown("KX_MISSING", events)) == ["V-plan", "V-silent"]


def test_a_date_barred_by_several_visits_shows_the_first() -> None:
    barring = [a_visit(f"V-{id}", on=BETWEEN, payer="other") for id in ("b", "a", "c")]
    assert beside(shown("KX_MISSING", [*barring, *billing_too(BETWEEN)])) == ["V-a"]


def test_a_session_of_the_period_before_shows_what_began_that_period() -> None:
    """It began elsewhere in January; begun by the session alone it would hold the course too."""
    began = date(2024, 1, 8)
    elsewhere = an_eligibility(external_sessions={"count": 2, "first_on": began, "last_on": began})
    events = [elsewhere, a_visit("V-before", on=BEFORE), *billing_too(BEFORE)]
    assert beside(shown("KX_MISSING", events)) == ["E-1-01"]
    first = a_visit("V-first", on=began)
    assert beside(shown("KX_MISSING", [first, a_visit("V-before", on=BEFORE), *billing_too(BEFORE)])) == ["V-first"]


def test_a_date_before_that_is_no_session_shows_no_period() -> None:
    first, barring = a_visit("V-first", on=date(2024, 1, 8)), a_visit("V-barring", on=BEFORE, payer="other")
    assert beside(shown("KX_MISSING", [first, barring, *billing_too(BEFORE)])) == ["V-barring"]


def test_a_date_before_that_could_have_begun_a_period_shows_what_began_its_own() -> None:
    """Where the payer's word begins periods, the paid line of a barred date would."""
    first, barring = a_visit("V-first", on=date(2024, 1, 8)), a_visit("V-barring", on=BEFORE, payer="other")
    evidence = beside(shown("KX_MISSING", [first, barring, *billing_too(BEFORE)], ANCHORED))
    assert evidence == ["V-barring", "V-first"]


def paid_line(on: date) -> list[Envelope]:
    """A line that the payer pays though its visit is no session: read by the payer's word it can begin a period."""
    claim = a_claim("C-paid", on=on)
    return [a_visit("V-barring", on=on, payer="other"), claim, a_remittance(claim)]


def test_a_period_that_a_paid_line_began_shows_its_claim() -> None:
    began = FIRST_DAY - timedelta(days=3)
    events = [*paid_line(began), *a_course(13, kx_from=None)]
    assert beside(shown("KX_MISSING", events, ANCHORED))[:2] == ["C-paid", "R-C-paid"]


def test_its_first_session_shows_the_claim_too() -> None:
    """Counted from the line it falls after the initial window."""
    began, late = FIRST_DAY, FIRST_DAY + timedelta(days=95)
    events = [*paid_line(began), *a_course(1, start=late)]
    assert "C-paid" in shown("OUTSIDE_INITIAL_WINDOW", events, ANCHORED, on=late)


def test_what_the_payer_denied_is_shown_where_the_payer_counts() -> None:
    claim = billing_too(BETWEEN)[-1]
    denied = a_remittance(claim)
    denied["detail"]["lines"] = [
        line | {"status": "denied"} for line in denied["detail"]["lines"] if line["line_number"] == 2
    ]
    claims = [event for event in billing_too(BETWEEN) if event["detail-type"] == "ClaimSubmitted"]
    assert "R-C-1-13" in shown("KX_MISSING", [*claims, denied], PAID)


def test_a_remittance_decides_nothing_where_visits_are_counted() -> None:
    claim = a_claim(1, lines=[a_line(modifiers=["KX"])])
    assert shown("KX_UNNEEDED", [a_visit(1), claim, a_remittance(claim)], on=FIRST_DAY) == ["C-1-01", "V-1-01"]


def test_of_a_session_only_the_visits_that_make_it_are_shown() -> None:
    """Not one of another payer on its date."""
    fourth = FIRST_DAY + timedelta(days=21)
    events = [a_visit("A", on=fourth, payer="other"), *billing_too(fourth)]
    assert beside(shown("KX_MISSING", events)) == []


def test_a_date_weighs_what_all_its_lines_weigh_where_lines_are_counted() -> None:
    """The last session of twenty is on 6 May: of the lines of 26 May the one beside it alone would be a nineteenth."""
    may_6, may_26, again = date(2025, 5, 6), date(2025, 5, 26), date(2026, 1, 5)
    count = {"count": 14, "first_on": date(2025, 1, 1), "last_on": date(2025, 4, 27)}
    events = [
        an_eligibility(external_sessions=count),
        *(a_visit(f"V-{on}", on=on, measures=[a_score(7, on)]) for on in (FIRST_DAY, date(2025, 4, 16), again)),
        a_claim("C-both", lines=[a_line(1, on=may_6), a_line(2, on=may_26)]),
        a_claim("C-within", lines=[a_line(on=may_6)]),
        a_claim("C-beyond", lines=[a_line(1, on=may_26), a_line(2, on=may_26)]),
    ]
    by_line = LAW.changed(session_unit="line")
    assert "C-beyond" in shown("PRIOR_COURSE_FAILED", events, by_line, on=again)


def test_of_a_later_visit_only_the_score_is_shown() -> None:
    """Whatever a finding about that visit's own session, made before, has shown of it."""
    events = a_course(14, kx_from=None, scores={1: 7, 2: 7, 3: 7, 13: 4, 14: 4})
    evidence = shown("IMPROVEMENT_IMPLAUSIBLE", events, LAW.changed(session_unit="line"))
    assert "V-1-14" in evidence
    assert "C-1-14" not in evidence
