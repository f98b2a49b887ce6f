"""Clocks: each day on which a missing visit, a missing claim or a late filing begins to be said."""

from datetime import date, timedelta

import pytest

from tests.builders import Envelope
from tests.unit.encounters import DAY, all_said, bill, billed_alone, days, encounter, institutional, line, seen

RECEIVED = days(1)
NO_VISIT = {"CLAIM_WITHOUT_VISIT violation C/1"}


@pytest.mark.parametrize(
    ("after", "said"),
    [(-1, set()), (0, set()), (6, set()), (7, set()), (8, NO_VISIT), (9, NO_VISIT), (400, NO_VISIT)],
    ids=lambda value: f"received {value:+}" if isinstance(value, int) else "",
)
def test_a_claim_waits_seven_days_for_its_visit(after: int, said: set[str]) -> None:
    as_of = days(after, RECEIVED)
    assert all_said(*billed_alone(line(1, "20560")), as_of=as_of) == said
    assert all_said(*encounter(), as_of=as_of) == set()


LATE = days(8, RECEIVED)


@pytest.mark.parametrize(
    ("visits", "said"),
    [
        pytest.param([seen(procedure=None)], NO_VISIT, id="a visit without needling"),
        pytest.param([seen(status="cancelled")], NO_VISIT, id="a cancelled visit"),
        pytest.param([seen(status="entered-in-error")], NO_VISIT, id="a visit entered in error"),
        pytest.param([seen(on=days(-1))], NO_VISIT, id="a visit the day before"),
        pytest.param([seen(on=days(1))], NO_VISIT, id="a visit the day after"),
        pytest.param([seen(diagnoses=["M54.2"])], set(), id="a visit for the neck"),
        pytest.param([seen()], set(), id="a visit"),
    ],
)
def test_a_claim_needs_a_needling_visit_of_its_date(visits: list[Envelope], said: set[str]) -> None:
    assert all_said(*visits, *billed_alone(line(1, "20560")), as_of=LATE) == said


def test_each_needling_line_of_a_claim_is_missing_its_visit() -> None:
    """A line that is no needling needs none; each line has its own date."""
    claim = billed_alone(line(1, "20560"), line(2, "97140"), line(3, "20560", on=days(-7)))
    baseline = seen("V0", on=days(-8), procedure=None)
    assert all_said(*claim, baseline, as_of=LATE) == {*NO_VISIT, "CLAIM_WITHOUT_VISIT violation C/3"}


@pytest.mark.parametrize("payer", ["medicare_advantage", "other"])
def test_a_visit_is_missed_whoever_pays(payer: str) -> None:
    claim = billed_alone(line(1, "20560"), payer=payer)
    assert all_said(*claim, as_of=LATE) == {*NO_VISIT, "NOT_FFS info C/1"}


INFO, WARNING = {"VISIT_WITHOUT_CLAIM info V"}, {"VISIT_WITHOUT_CLAIM warning V"}


@pytest.mark.parametrize(
    ("after", "said"),
    [(0, set()), (29, set()), (30, INFO), (31, INFO)],
    ids=lambda v: f"{v} days" if v != set() else "",
)
def test_a_visit_waits_thirty_days_for_its_claim(after: int, said: set[str]) -> None:
    assert all_said(seen(), as_of=days(after)) == said
    assert all_said(*encounter(), as_of=days(after)) == set()


@pytest.mark.parametrize(
    ("on", "eleven_months"),
    [
        (date(2024, 8, 5), date(2025, 7, 5)),
        (date(2025, 3, 31), date(2026, 2, 28)),
        (date(2025, 3, 30), date(2026, 2, 28)),
        (date(2025, 3, 29), date(2026, 2, 28)),
        (date(2025, 3, 28), date(2026, 2, 28)),
        (date(2023, 3, 31), date(2024, 2, 29)),
        (date(2023, 3, 29), date(2024, 2, 29)),
        (date(2023, 3, 28), date(2024, 2, 28)),
        (date(2024, 2, 29), date(2025, 1, 29)),
        (date(2025, 1, 31), date(2025, 12, 31)),
        (date(2025, 2, 28), date(2026, 1, 28)),
        (date(2024, 12, 31), date(2025, 11, 30)),
    ],
    ids=str,
)
def test_a_visit_not_billed_after_eleven_months_is_urgent(on: date, eleven_months: date) -> None:
    shown = [all_said(seen(on=on), as_of=days(number, eleven_months)) for number in (-1, 0, 1)]
    assert shown == [INFO, WARNING, WARNING]


def test_past_the_limit_of_filing_it_is_still_a_question() -> None:
    assert all_said(seen(), as_of=days(800)) == WARNING


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        pytest.param([bill(line(1, "97140"))], INFO, id="another service of the date"),
        pytest.param([institutional(line(1, "20560"))], set(), id="a claim of the hospital"),
        pytest.param([bill(line(1, "20560"), payer="medicare_advantage")], {"NOT_FFS info C/1"}, id="another payer's"),
        pytest.param(
            [bill(line(1, "20560"), diagnoses=["M54.2"])], {"DX_NOT_COVERED violation C/1"}, id="for the neck"
        ),
        pytest.param(
            [
                institutional(line(1, "20560"), id="C1"),
                institutional(line(1, "20560"), id="C2", frequency_code="8", replaces_claim_id="C1"),
            ],
            INFO,
            id="a voided claim",
        ),
    ],
)
def test_a_visit_is_billed_by_a_standing_needling_line(claims: list[Envelope], said: set[str]) -> None:
    assert all_said(seen(), *claims, as_of=days(30)) == said


def test_a_line_of_another_date_does_not_bill_a_visit() -> None:
    other = [seen("V2", on=days(1), measures=[]), bill(line(1, "20560", on=days(1)), on=days(1))]
    assert all_said(seen(), *other, as_of=days(30)) == INFO


@pytest.mark.parametrize(
    ("visit", "said"),
    [
        pytest.param(seen(diagnoses=["M54.2"]), set(), id="for the neck"),
        pytest.param(seen(procedure=None), set(), id="without needling"),
        pytest.param(seen(status="cancelled"), set(), id="cancelled"),
        pytest.param(seen(condition={"systemic_cause": True}), {"EXCL_SYSTEMIC violation V"}, id="excluded"),
        pytest.param(seen(condition={"onset_date": DAY}), {"CHRONICITY_NOT_MET violation V"}, id="acute"),
        pytest.param(seen(payer="medicare_advantage"), {*INFO, "NOT_FFS info V"}, id="of another payer"),
    ],
)
def test_only_a_visit_that_the_ncd_covers_is_missed_among_claims(visit: Envelope, said: set[str]) -> None:
    assert all_said(visit, as_of=days(40)) == said


TOO_LATE = {"FILING_DEADLINE violation C/1"}


@pytest.mark.parametrize(
    ("on", "limit"),
    [
        (date(2024, 8, 5), date(2025, 8, 5)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2024, 2, 28), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2023, 3, 1), date(2024, 3, 1)),
        (date(2023, 12, 31), date(2024, 12, 31)),
    ],
    ids=str,
)
def test_a_claim_is_filed_within_a_calendar_year(on: date, limit: date) -> None:
    """On the anniversary is in time."""
    received = [limit + timedelta(days=number) for number in (-1, 0, 1)]
    shown = [all_said(*encounter(on=on, claim={"received_on": at}), as_of=at) for at in received]
    assert shown == [set(), set(), TOO_LATE]


def test_each_line_has_its_own_limit() -> None:
    visits = [seen("V1", on=days(-1)), seen("V2", measures=[])]
    claim = bill(line(1, "20560", on=days(-1)), line(2, "20560"), received_on=days(365))
    assert all_said(*visits, claim, as_of=days(365)) == TOO_LATE


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        pytest.param(bill(line(1, "97140"), received_on=days(400)), {"VISIT_WITHOUT_CLAIM warning V"}, id="therapy"),
        pytest.param(institutional(line(1, "20560"), received_on=days(400)), TOO_LATE, id="institutional"),
        pytest.param(
            bill(line(1, "20560"), received_on=days(400), payer="medicare_advantage"),
            {*TOO_LATE, "NOT_FFS info C/1"},
            id="another payer",
        ),
    ],
)
def test_the_limit_is_for_needling_lines_of_every_claim(claim: Envelope, said: set[str]) -> None:
    assert all_said(seen(), claim, as_of=days(400)) == said
