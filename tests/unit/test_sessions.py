"""Sessions and periods: which dates count, for us and for the payer, and when a new count begins."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import (
    FIRST_DAY,
    Envelope,
    a_claim,
    a_line,
    a_measure,
    a_remittance,
    a_visit,
    merged,
)
from tests.unit.asking import ask, numbers, periods, starts


def week(number: int) -> date:
    """The day of session `number` of a weekly course."""
    return FIRST_DAY + timedelta(weeks=number - 1)


def changed(event: Envelope, **changes: Any) -> Envelope:
    return event | {"detail": merged(event["detail"], changes)}


PERIODS = [
    pytest.param(date(2020, 3, 21), date(2021, 3, 1), id="the example of CMS"),
    pytest.param(date(2025, 3, 31), date(2026, 3, 1), id="begun on the last of a month"),
    pytest.param(date(2025, 3, 1), date(2026, 3, 1), id="begun on the first of it"),
    pytest.param(date(2024, 2, 29), date(2025, 2, 1), id="begun on 29 February"),
    pytest.param(date(2024, 12, 31), date(2025, 12, 1), id="begun in December"),
]


@pytest.mark.parametrize(("start", "following"), PERIODS)
def test_the_next_period_can_start_when_eleven_full_months_have_passed(start: date, following: date) -> None:
    code = ["M54.5"] if start < date(2021, 10, 1) else ["M54.59"]
    days = (start, following - timedelta(days=1), following)
    onset = {"onset_date": "2019-06-01"}
    first, eve, new = (a_visit(n, on=on, diagnoses=code, condition=onset) for n, on in enumerate(days))
    assert (starts([first, eve]), numbers([first, eve])) == ([str(start)], [1, 2])
    assert (starts([first, new]), numbers([first, new])) == ([str(start), str(following)], [1, 1])
    assert periods(ask([first]))[0]["next_period_from"] == str(following)


def test_a_period_starts_at_a_session_and_not_when_it_could() -> None:
    days = (date(2025, 3, 31), date(2026, 3, 18), date(2027, 3, 1))
    assert starts(a_visit(n, on=on) for n, on in enumerate(days)) == [str(day) for day in days]


NECK = ["M54.2"]


@pytest.mark.parametrize(
    ("events", "days"),
    [
        pytest.param([a_visit()], [week(1)], id="a visit alone"),
        pytest.param([a_claim()], [week(1)], id="a claim alone"),
        pytest.param([a_visit(), a_claim()], [week(1)], id="both are one"),
        pytest.param([a_visit(1), a_visit(2)], [week(1)], id="two visits on a date are one"),
        pytest.param([a_claim(lines=[a_line(1), a_line(2)])], [week(1)], id="two lines are one"),
        pytest.param([a_claim(1), a_claim(2, claim_type="institutional")], [week(1)], id="two claim types are one"),
        pytest.param(
            [a_claim(lines=[a_line(1), a_line(2, on=week(2))])], [week(1), week(2)], id="two dates of a claim"
        ),
        pytest.param([a_visit(status="cancelled")], [], id="cancelled"),
        pytest.param([a_visit(status="entered-in-error")], [], id="entered in error"),
        pytest.param([a_visit(procedure=None)], [], id="no needling"),
        pytest.param([a_visit(procedure=None), a_claim()], [week(1)], id="no needling, but a claim"),
        pytest.param([a_visit(status="cancelled"), a_claim()], [week(1)], id="cancelled, but a claim"),
        pytest.param([a_visit(diagnoses=NECK)], [], id="for the neck"),
        pytest.param([a_claim(diagnoses=NECK)], [], id="claim for the neck"),
        pytest.param([a_visit(diagnoses=NECK), a_claim()], [], id="visit for the neck, claim for the back"),
        pytest.param([a_visit(), a_claim(diagnoses=NECK)], [week(1)], id="visit for the back, claim for the neck"),
        pytest.param([a_visit(diagnoses=["M54.5"])], [week(1)], id="the retired code is of the family"),
        pytest.param([a_visit(condition={"systemic_cause": True}), a_claim()], [], id="an excluded cause"),
        pytest.param([a_visit(diagnoses=["M54.59", "Z85.3"])], [week(1)], id="an open question is no exclusion"),
        pytest.param([a_visit(payer="medicare_advantage")], [], id="a Medicare Advantage visit"),
        pytest.param([a_claim(payer="medicare_advantage")], [], id="a Medicare Advantage claim"),
        pytest.param([a_visit(payer="other"), a_claim()], [], id="another payer's visit, Original Medicare's claim"),
        pytest.param([a_visit(), a_claim(payer="other")], [week(1)], id="Original Medicare's visit, another's claim"),
        pytest.param([a_claim(lines=[a_line(procedure_code="97140")])], [], id="no needling code"),
    ],
)
def test_a_session_is_a_patient_and_a_date(events: list[Envelope], days: list[date]) -> None:
    shown = [session["date_of_service"] for period in periods(ask(events)) for session in period["sessions"]]
    assert shown == [str(day) for day in days]


def follow_up(frequency: str, replaced: str | None, id: str, *, on: date = FIRST_DAY, **changes: Any) -> Envelope:
    return a_claim(id, on=on, frequency_code=frequency, replaces_claim_id=replaced, **changes)


@pytest.mark.parametrize(
    ("events", "days"),
    [
        pytest.param([a_claim("A"), follow_up("8", "A", "B")], [], id="a void"),
        pytest.param([follow_up("8", "A", "B"), a_claim("A")], [], id="a void that comes first"),
        pytest.param([a_claim("A"), follow_up("7", "A", "B", on=week(2))], [week(2)], id="a replacement"),
        pytest.param(
            [a_claim("A"), follow_up("7", "A", "B", on=week(2)), follow_up("7", "B", "C", on=week(3))],
            [week(3)],
            id="a replacement replaced",
        ),
        pytest.param(
            [a_claim("A"), follow_up("7", "A", "B", on=week(2)), follow_up("8", "B", "C")],
            [],
            id="a replacement voided",
        ),
        pytest.param(
            [a_claim("A"), follow_up("7", None, "B", on=week(2))], [week(1), week(2)], id="it replaces nothing"
        ),
        pytest.param(
            [a_claim("A"), follow_up("1", "A", "B", on=week(2))], [week(1), week(2)], id="an original takes none"
        ),
        pytest.param([a_claim("A"), follow_up("8", "Z", "B")], [week(1)], id="the void of another claim"),
        pytest.param([a_visit(), a_claim("A"), follow_up("8", "A", "B")], [week(1)], id="the visit of a voided claim"),
    ],
)
def test_a_claim_voided_or_replaced_counts_no_longer(events: list[Envelope], days: list[date]) -> None:
    shown = [session["date_of_service"] for period in periods(ask(events)) for session in period["sessions"]]
    assert shown == [str(day) for day in days]


def test_a_void_withdrawn_by_its_next_version_leaves_the_claim_standing() -> None:
    void = follow_up("8", "A", "B")
    assert numbers([a_claim("A"), void, changed(void, version=2, replaces_claim_id="Z")]) == [1]


DENIED, PAID = (a_remittance(a_claim(), status=status) for status in ("denied", "paid"))


def remitted(remittance: Envelope, id: str, paid_on: str) -> Envelope:
    return changed(remittance, remittance_id=id, paid_on=paid_on)


@pytest.mark.parametrize(
    ("remittances", "count"),
    [
        pytest.param([], 1, id="no answer yet"),
        pytest.param([PAID], 1, id="paid"),
        pytest.param([DENIED], 0, id="denied"),
        pytest.param([remitted(DENIED, "R-1", "2025-02-01"), remitted(PAID, "R-2", "2025-02-02")], 1, id="paid later"),
        pytest.param(
            [remitted(PAID, "R-1", "2025-02-02"), remitted(DENIED, "R-2", "2025-02-01")], 1, id="denied before"
        ),
        pytest.param(
            [remitted(DENIED, "R-2", "2025-02-01"), remitted(PAID, "R-1", "2025-02-01")], 0, id="the greater id"
        ),
    ],
)
def test_the_payer_counts_what_its_latest_answer_does_not_deny(remittances: list[Envelope], count: int) -> None:
    """Our own count stays as it is."""
    [period] = periods(ask([a_visit(), a_claim(), *remittances]))
    assert (period["payer_sessions"], period["sessions_counted"]) == (count, 1)


def test_one_line_not_denied_makes_a_payer_session() -> None:
    claim = a_claim(lines=[a_line(1), a_line(2)])
    denied = changed(
        a_remittance(claim, status="denied"), lines=a_remittance(a_claim(), status="denied")["detail"]["lines"]
    )
    assert periods(ask([claim, denied]))[0]["payer_sessions"] == 1


def test_measures_alone_make_no_period() -> None:
    assert periods(ask([a_measure()])) == []
