"""What the rules look up: the visit of a line, its diagnoses, whose word on the onset holds, the payer's last word."""

from datetime import date

import pytest

from shared.core.chart import Chart
from shared.core.policy import policies
from tests.builders import Detail, Envelope, a_remittance
from tests.unit.asking import AS_OF, history_of
from tests.unit.encounters import OTHER_NEEDLER, bill, days, institutional, line, seen
from tests.unit.told_by_reader import a_read_visit


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
    assert chart(bill(pointing, **several)).lines[0].pointed == ("M54.59",)
    assert chart(institutional(pointing, **several)).lines[0].pointed == ("M54.2", "M54.59")


NCD_STARTS = date(2020, 1, 21)


def test_visits_and_lines_count_from_the_first_day_of_the_ncd() -> None:
    dates = [days(number, NCD_STARTS) for number in (-1, 0, 1)]
    told = [event for on in dates for event in (seen(f"V{on}", on=on), bill(line(1, "20560", on=on), id=f"C{on}"))]
    record = chart(*told)
    assert [billed.on for billed in record.lines_before_ncd] == dates[:1]
    assert [billed.on for billed in record.ncd_lines] == dates[1:]
    assert list(record.needling_visits) == dates[1:]
    assert [billed.on for billed in record.billing.lines] == dates[1:]


def test_lines_counted_are_covered_and_to_original_medicare() -> None:
    of_plan: Detail = {"payer": "medicare_advantage"}
    of_neck: Detail = {"diagnoses": ["M54.2"]}
    claims = [
        bill(line(1, "20560", on=days(number)), id=f"C{number}", on=days(number), **claim)
        for number, claim in enumerate([{}, of_plan, of_neck, of_plan | of_neck])
    ]
    assert list(chart(*claims).counted_lines_by_date) == [days(0)]


def test_a_visit_is_judged_for_its_diagnosis_or_for_a_line_of_its_date() -> None:
    neck: Detail = {"diagnoses": ["M54.2"]}
    billed = bill(line(1, "20560", on=days(1)), id="C1")
    visits = [seen("V0"), seen("V1", on=days(1), **neck), seen("V2", on=days(2), **neck)]
    assert [visit.visit_id for visit in chart(billed, *visits).judged_visits] == ["V0", "V1"]


def test_visits_stand_by_date_and_then_by_id() -> None:
    visits = [seen("B", on=days(1)), seen("C"), seen("A"), seen("D", on=days(-1))]
    assert [visit.visit_id for visit in chart(*visits).completed_visits] == ["D", "A", "C", "B"]


def test_the_record_of_another_source_stands_behind_the_visit() -> None:
    record = chart(seen("V1"), a_read_visit("E/1", on=days(0)), seen("V2", on=days(1)))
    shown = [[reference.id for reference in record.as_told([visit.reference])] for visit in record.completed_visits]
    assert shown == [["V1", "E/1"], ["V2"]]


@pytest.mark.parametrize(
    ("named", "changed", "active"),
    [
        pytest.param("C1", "C1", ["C2"], id="by its id"),
        pytest.param("PAYER-1", "C1", ["C2"], id="by the payer's number"),
        pytest.param("C2", "C2", ["C1", "C2"], id="itself"),
        pytest.param("unknown", "unknown", ["C1", "C2"], id="one that is not on record"),
        pytest.param(None, None, ["C1", "C2"], id="none"),
    ],
)
def test_a_claim_is_replaced_by_the_one_that_names_it(
    named: str | None, changed: str | None, active: list[str]
) -> None:
    first = bill(line(1, "20560"), id="C1")
    paid = a_remittance(first, payer_claim_number="PAYER-1")
    record = chart(first, paid, bill(line(1, "20560"), id="C2", frequency_code="7", replaces_claim_id=named))
    assert record.changed_by(record.history.claims[1]) == changed
    assert record.replaced_claims == ({changed} - {None, "C2"})
    assert [claim.claim_id for claim in record.active_claims] == active


def test_a_number_of_the_payer_that_is_the_id_of_a_claim_names_that_claim() -> None:
    first, second = (bill(line(1, "20560"), id=id) for id in ("C1", "C2"))
    paid = a_remittance(first, payer_claim_number="C2")
    record = chart(first, second, paid, bill(line(1, "20560"), id="C3", frequency_code="8", replaces_claim_id="C2"))
    assert record.replaced_claims == {"C2"}


def test_the_answers_to_a_claim_are_the_latest_that_name_its_lines() -> None:
    claim = bill(line(1, "20560"), line(2, "20561"))
    alone = bill(line(1, "20560"))
    told = [a_remittance(of, remittance_id=id, paid_on=days(on)) for of, id, on in ((claim, "A", 9), (alone, "B", 20))]
    record = chart(claim, *told)
    assert [answer.remittance_id for answer in record.answers_to(record.history.claims[0])] == ["B", "A"]


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
