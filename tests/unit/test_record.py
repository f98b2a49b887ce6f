"""What the rules look up: the visit of a line, its diagnoses, whose word on the onset holds, the payer's last word."""

from datetime import date

import pytest

from shared.core.chart import Chart
from shared.core.policy import policies
from tests.builders import Detail, Envelope, a_remittance
from tests.unit.asking import AS_OF, history_of
from tests.unit.encounters import OTHER_NEEDLER, bill, days, institutional, line, seen


def chart(*events: Envelope) -> Chart:
    return Chart(history_of(events), policies(), AS_OF)


def visit_of_the_line(*visits: Envelope) -> str | None:
    record = chart(*visits, bill(line(1, "20560", npi=OTHER_NEEDLER)))
    visit = record.visit_of(record.lines[0])
    return visit.visit_id if visit else None


OTHER: Detail = {"performer": {"npi": OTHER_NEEDLER}}


def test_the_only_visit_of_the_date_is_the_lines_whoever_held_the_needle() -> None:
    assert visit_of_the_line(seen("V1")) == "V1"
    assert visit_of_the_line() is None


def test_of_several_visits_the_one_by_the_rendering_npi_is_the_lines() -> None:
    assert visit_of_the_line(seen("V1"), seen("V2", **OTHER)) == "V2"
    assert visit_of_the_line(seen("V1"), seen("V2", **OTHER), seen("V3")) == "V2"
    assert visit_of_the_line(seen("V1"), seen("V2")) is None
    assert visit_of_the_line(seen("V1", **OTHER), seen("V2", **OTHER)) is None


def test_an_institutional_line_rests_on_every_diagnosis_of_its_claim() -> None:
    several: Detail = {"diagnoses": ["M54.2", "M54.59"]}
    pointing = line(1, "20560") | {"diagnosis_pointers": [2]}
    assert chart(bill(pointing, **several)).lines[0].pointed == ["M54.59"]
    assert chart(institutional(pointing, **several)).lines[0].pointed == ["M54.2", "M54.59"]


def onset(day: date, *stated: tuple[str, date]) -> str | None:
    """Whose statement holds for a visit that makes none: the others are (id, day)."""
    others = [seen(id, on=on, condition={"onset_date": "2020-01-01"}) for id, on in stated]
    record = chart(*others, seen("M", on=day, condition={"onset_date": None}))
    source = record.onset_source(next(visit for visit in record.completed_visits if visit.visit_id == "M"))
    return source.record_id if source else None


@pytest.mark.parametrize(
    ("stated", "whose"),
    [
        pytest.param([], None, id="nobody's"),
        pytest.param([("A", days(-1))], "A", id="the day before"),
        pytest.param([("A", days(0))], None, id="the same day"),
        pytest.param([("A", days(1))], None, id="the day after"),
        pytest.param([("A", days(-9)), ("B", days(-5)), ("C", days(-1))], "C", id="the nearest of three"),
        pytest.param([("B", days(-5)), ("A", days(-5))], "B", id="of one date the greater id"),
        pytest.param([("A", days(-5)), ("B", days(0)), ("C", days(5))], "A", id="before, on and after"),
    ],
)
def test_the_nearest_earlier_statement_of_the_onset_holds(stated: list[tuple[str, date]], whose: str | None) -> None:
    assert onset(days(0), *stated) == whose


@pytest.mark.parametrize(
    ("first", "second", "denied"),
    [
        pytest.param(("A", days(20), "paid"), ("B", days(30), "denied"), True, id="the later denies"),
        pytest.param(("A", days(30), "paid"), ("B", days(20), "denied"), False, id="the earlier denies"),
        pytest.param(("A", days(20), "denied"), ("B", days(20), "paid"), False, id="of one day the greater id"),
    ],
)
def test_the_remittance_paid_last_says_what_became_of_a_line(
    first: tuple[str, date, str], second: tuple[str, date, str], *, denied: bool
) -> None:
    claim = bill(line(1, "20560"))
    told = [a_remittance(claim, remittance_id=id, paid_on=on, status=status) for id, on, status in (first, second)]
    record = chart(claim, *told)
    assert record.denied(record.lines[0]) is denied
