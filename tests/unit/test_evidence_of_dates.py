"""What a record brings along of its date and period: of the date nothing, unless the record makes it a session."""

from datetime import date, timedelta

import pytest

from shared.core.policy import Policies
from tests.builders import FIRST_DAY, Detail, Envelope, a_claim, a_course, a_line, a_visit
from tests.unit.test_mutants_count import LAW, PAID, shown

SECOND, AGAIN = FIRST_DAY + timedelta(days=7), date(2026, 7, 7)
BY_LINE, BY_ENCOUNTER = LAW.changed(session_unit="line"), LAW.changed(session_unit="encounter")
STATED: Detail = {"condition": {"onset_date": "2020-06-01"}}
SILENT: Detail = {"condition": {"onset_date": None}}


def two_courses(*second: Envelope) -> list[Envelope]:
    """Two sessions, then one of a new period, none stating the onset; what does is beside the second, a billed one."""
    visits = [a_visit(number, on=on, **SILENT) for number, on in ((1, FIRST_DAY), (2, SECOND), (3, AGAIN))]
    return [*visits, a_claim(2, on=SECOND), *second]


BESIDE = [
    pytest.param(a_visit("V-told", on=SECOND, procedure=None), id="without needling"),
    pytest.param(a_visit("V-told", on=SECOND, payer="other"), id="to another payer"),
    pytest.param(a_visit("V-told", on=SECOND, diagnoses=["M54.2"]), id="of another pain"),
    pytest.param(a_claim("C-told", on=SECOND, payer="medicare_advantage", **STATED), id="billed to another payer"),
]


@pytest.mark.parametrize("beside", BESIDE)
def test_what_makes_no_session_does_not_show_what_began_the_period_of_its_date(beside: Envelope) -> None:
    told = next(iter(beside["detail"].values()))
    assert shown("NO_BASELINE", two_courses(beside), on=AGAIN) == ["V-1-03", told]


def test_what_makes_a_session_shows_what_began_its_period() -> None:
    assert shown("NO_BASELINE", two_courses(a_visit("V-told", on=SECOND)), on=AGAIN) == ["V-1-03", "V-1-01", "V-told"]


def test_where_the_payer_counts_a_visit_makes_no_session() -> None:
    events = [
        *two_courses(a_visit("V-told", on=SECOND)),
        *(a_claim(on.isoformat(), on=on) for on in (FIRST_DAY, AGAIN)),
    ]
    assert shown("NO_BASELINE", events, PAID, on=AGAIN) == ["V-1-03", f"{AGAIN}", "V-told"]


UNDOCUMENTED = {"onset_date": None, "systemic_cause": None}


@pytest.mark.parametrize("law", [pytest.param(BY_LINE, id="by line"), pytest.param(PAID, id="by the payer")])
@pytest.mark.parametrize("rule", ["CHRONICITY_UNDOCUMENTED", "EXCLUSIONS_UNDOCUMENTED"])
def test_the_first_note_of_a_period_shows_why_a_date_billed_beside_it_is_of_the_period_before(
    rule: str, law: Policies
) -> None:
    """One claim bills the last session of a period and the first of the next."""
    last, first = date(2025, 12, 29), date(2026, 1, 5)
    both = a_claim("C-both", lines=[a_line(1, on=last), a_line(2, on=first)])
    events = [a_claim("C-began", on=FIRST_DAY), both, a_visit("V-first", on=first, condition=UNDOCUMENTED)]
    assert shown(rule, events, law, on=first) == ["V-first", "C-both", "C-began"]


def twice(on: date, law: Policies) -> list[Envelope]:
    """A date that uses up two sessions."""
    if law is BY_LINE:
        return [a_visit("V-twice", on=on, **SILENT), a_claim("C-twice", lines=[a_line(n, on=on) for n in (1, 2)])]
    return [a_visit(f"V-twice-{npi}", on=on, performer={"npi": npi}, **SILENT) for npi in ("1200000010", "1200000028")]


@pytest.mark.parametrize("law", [pytest.param(BY_LINE, id="lines"), pytest.param(BY_ENCOUNTER, id="encounters")])
def test_a_course_shows_the_session_by_which_it_was_past_the_limit(law: Policies) -> None:
    """Number 19, then 21 and 22: without the second the third, which states the onset, would be the twentieth."""
    course = a_course(19, scores={1: 7}, **SILENT)
    past, later = (FIRST_DAY + timedelta(days=7 * weeks) for weeks in (19, 20))
    events = [*course, *twice(past, law), a_visit("V-told", on=later), a_visit("V-again", on=AGAIN, **SILENT)]
    events.append(a_visit("V-end", on=later + timedelta(days=7), **SILENT))
    evidence = shown("PRIOR_COURSE_FAILED", events, law, on=AGAIN)
    assert {"V-again", "V-told", "V-1-19"} < set(evidence)
    assert any(id.startswith("V-twice") for id in evidence)
    assert "V-end" not in evidence
