"""What a record brings along of its date and period: of the date nothing, unless the record makes it a session."""

from datetime import date, timedelta

import pytest

from tests.builders import FIRST_DAY, Detail, Envelope, a_claim, a_visit
from tests.unit.test_mutants_count import LAW, PAID, shown

SECOND, AGAIN = FIRST_DAY + timedelta(days=7), date(2026, 7, 7)
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
