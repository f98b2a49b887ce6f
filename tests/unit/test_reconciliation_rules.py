"""Reconciliation: services billed twice, two encounters on a date, replacements and voids."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from tests.builders import Detail, Envelope, a_remittance
from tests.unit.encounters import (
    OTHER_NEEDLER,
    all_said,
    bill,
    billed_alone,
    days,
    encounter,
    institutional,
    line,
    seen,
)

SERVICE = line(1, "97140", "59", "GP")


def copies(*ids: str) -> set[str]:
    return {f"DUPLICATE_CLAIM warning {id}/1" for id in ids}


@pytest.mark.parametrize(
    ("received", "later"),
    [
        ({"C1": 1, "C2": 2}, ["C2"]),
        ({"C1": 2, "C2": 1}, ["C1"]),
        ({"C1": 1, "C2": 1}, ["C2"]),
        ({"C2": 1, "C1": 1}, ["C2"]),
        ({"C1": 1, "C2": 2, "C3": 3}, ["C2", "C3"]),
        ({"C1": 3, "C2": 1, "C3": 2}, ["C1", "C3"]),
        ({"C1": 1, "C2": 1, "C3": 1}, ["C2", "C3"]),
        ({"C1": 2, "C2": 2, "C3": 1}, ["C1", "C2"]),
        ({"C10": 1, "C9": 1}, ["C9"]),
    ],
    ids=str,
)
def test_of_two_equal_services_the_later_received_is_the_copy(received: dict[str, int], later: list[str]) -> None:
    """Of two received on one day the greater id; one stays however many there are."""
    claims = [bill(SERVICE, id=id, received_on=days(number)) for id, number in received.items()]
    assert all_said(*claims) == copies(*later)
    assert all_said(*reversed(claims)) == copies(*later)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(line(1, "97140", "59", "GP"), True, id="equal"),
        pytest.param(line(7, "97140", "59", "GP"), True, id="another line number"),
        pytest.param(line(1, "97140", "GP", "59"), True, id="modifiers in another order"),
        pytest.param(line(1, "97140", "59", "GP") | {"charge": "41.00"}, True, id="another charge"),
        pytest.param(line(1, "97140", "59", "GP") | {"place_of_service": "22"}, True, id="another place"),
        pytest.param(line(1, "97140", "59"), False, id="a modifier less"),
        pytest.param(line(1, "97140", "59", "GP", "76"), False, id="a modifier more"),
        pytest.param(line(1, "97140", "59", "GO"), False, id="another modifier"),
        pytest.param(line(1, "97140", "59", "GP", units=2), False, id="other units"),
        pytest.param(line(1, "97110", "59", "GP"), False, id="another code"),
        pytest.param(line(1, "97140", "59", "GP", on=days(1)), False, id="another date"),
        pytest.param(line(1, "97140", "59", "GP", npi=OTHER_NEEDLER), False, id="another NPI"),
    ],
)
def test_what_makes_two_services_equal(other: Detail, *, same: bool) -> None:
    said = {f"DUPLICATE_CLAIM warning C2/{other['line_number']}"} if same else set[str]()
    assert all_said(bill(SERVICE, id="C1"), bill(other, id="C2")) == said


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        pytest.param({"diagnoses": ["M54.2"]}, True, id="other diagnoses"),
        pytest.param({"billing_npi": "1000000004"}, True, id="another billing NPI"),
        pytest.param({"claim_type": "institutional", "type_of_bill": "0131"}, False, id="another claim type"),
    ],
)
def test_what_makes_two_claims_one_billers(changes: dict[str, Any], *, same: bool) -> None:
    assert all_said(bill(SERVICE, id="C1"), bill(SERVICE, id="C2", **changes)) == (copies("C2") if same else set())


def test_two_equal_lines_of_one_claim_are_no_duplicates() -> None:
    assert all_said(bill(SERVICE, SERVICE | {"line_number": 2})) == set()


def test_every_line_of_a_copy_is_found_and_others_are_not() -> None:
    first = bill(line(1, "97140"), line(2, "97110"), id="C1")
    again = bill(line(1, "97110"), line(2, "97112"), line(3, "97140"), id="C2")
    assert all_said(first, again) == {"DUPLICATE_CLAIM warning C2/1", "DUPLICATE_CLAIM warning C2/3"}


def test_a_needling_is_duplicated_whoever_pays() -> None:
    again = bill(line(1, "20560"), id="C2", payer="medicare_advantage")
    assert all_said(*encounter(), again) == {"NOT_FFS info C2/1", *copies("C2")}


@pytest.mark.parametrize("frequency", ["7", "8"])
def test_a_claim_replaced_or_voided_has_no_copy(frequency: str) -> None:
    second = institutional(SERVICE, id="C2", frequency_code=frequency, replaces_claim_id="C1")
    assert all_said(institutional(SERVICE, id="C1"), second) == set()


def test_a_copy_of_what_lies_before_the_ncd_is_not_judged() -> None:
    before = date(2020, 1, 20)
    claims = [bill(line(1, "97140", on=before), id=id, on=before) for id in ("C1", "C2")]
    assert all_said(*claims) == set()


def second(*ids: str) -> set[str]:
    return {f"SAME_DAY_TWO_ENCOUNTERS warning {id}" for id in ids}


@pytest.mark.parametrize(
    ("visits", "said"),
    [
        pytest.param([seen("V1")], set(), id="one"),
        pytest.param([seen("V1"), seen("V2")], second("V2"), id="two"),
        pytest.param([seen("V2"), seen("V1")], second("V2"), id="two, the greater id first"),
        pytest.param([seen("V3"), seen("V1"), seen("V2")], second("V2", "V3"), id="three"),
        pytest.param([seen("V1"), seen("V2", on=days(1))], set(), id="on two dates"),
        pytest.param([seen("V1"), seen("V2", procedure=None)], set(), id="one without needling"),
        pytest.param([seen("V1"), seen("V2", status="cancelled")], set(), id="one cancelled"),
        pytest.param([seen("V1", diagnoses=["M54.2"]), seen("V2")], set(), id="one for the neck"),
        pytest.param(
            [seen("V1", diagnoses=["M54.2"]), seen("V2"), *billed_alone(line(1, "20560"))],
            second("V2"),
            id="one for the neck on a billed date",
        ),
        pytest.param(
            [seen("V1"), seen("V2", payer="medicare_advantage")],
            {*second("V2"), "NOT_FFS info V2"},
            id="one of another payer",
        ),
    ],
)
def test_two_judged_visits_on_a_date_are_a_question(visits: Sequence[Envelope], said: set[str]) -> None:
    assert all_said(*visits) == said


PART_B = {"FREQ7_PARTB warning C2"}


def changing(frequency: str, id: str = "C2", replaces: str | None = "C1", **changes: Any) -> Envelope:
    """The same service again, replacing or voiding."""
    return bill(line(1, "20560"), id=id, frequency_code=frequency, replaces_claim_id=replaces, **changes)


HOSPITAL = {"claim_type": "institutional", "type_of_bill": "0137"}


@pytest.mark.parametrize("frequency", ["7", "8"])
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, PART_B, id="professional, Original Medicare"),
        pytest.param(HOSPITAL, set(), id="institutional, Original Medicare"),
        pytest.param({"payer": "medicare_advantage"}, set(), id="professional, Medicare Advantage"),
        pytest.param({"payer": "other"}, set(), id="professional, another payer"),
        pytest.param(HOSPITAL | {"payer": "medicare_advantage"}, set(), id="institutional, Medicare Advantage"),
    ],
)
def test_part_b_takes_no_replacement_and_no_void(frequency: str, changes: dict[str, Any], said: set[str]) -> None:
    shown = all_said(seen(), bill(line(1, "20560"), id="C1", **changes), changing(frequency, **changes))
    other_payer = {"NOT_FFS info C2/1"} if "payer" in changes and frequency == "7" else set[str]()
    assert shown == said | other_payer


def test_an_original_claim_is_no_correction_whatever_it_names() -> None:
    assert all_said(seen(), changing("1", replaces="C-never-seen")) == set()


@pytest.mark.parametrize("last", ["7", "8"])
def test_a_void_that_itself_no_longer_stands_is_still_found(last: str) -> None:
    events = [seen(), bill(line(1, "20560"), id="C1"), changing("8"), changing(last, id="C3", replaces="C2")]
    assert all_said(*events) == {*PART_B, "FREQ7_PARTB warning C3"}


@pytest.mark.parametrize("code", ["20560", "97140"])
def test_a_correction_is_found_whatever_its_lines(code: str) -> None:
    claims = [bill(line(1, code), id="C1"), bill(line(1, code), id="C2", frequency_code="8", replaces_claim_id="C1")]
    assert all_said(seen(), *claims) == PART_B


ORPHAN = {"ORPHAN_VOID warning C2"}


@pytest.mark.parametrize("frequency", ["7", "8"])
@pytest.mark.parametrize(
    ("named", "said"),
    [("C1", set()), ("C9", ORPHAN), (None, ORPHAN), ("C2", ORPHAN)],
    ids=["a claim seen", "one never seen", "none", "itself"],
)
def test_a_correction_names_a_claim_that_was_seen(frequency: str, named: str | None, said: set[str]) -> None:
    original = institutional(line(1, "97140"), id="C1")
    assert all_said(seen(), original, changing(frequency, replaces=named, **HOSPITAL)) == said


@pytest.mark.parametrize("frequency", ["7", "8"])
def test_an_original_that_arrives_later_ends_the_question(frequency: str) -> None:
    orphan = changing(frequency, **HOSPITAL)
    assert all_said(seen(), orphan) == ORPHAN
    assert all_said(seen(), orphan, institutional(line(1, "20560"), id="C1")) == set()


def test_a_void_of_a_void_names_a_claim_that_was_seen() -> None:
    chain = [changing("8", **HOSPITAL), changing("8", id="C3", replaces="C2", **HOSPITAL)]
    assert all_said(seen(), institutional(line(1, "20560"), id="C1"), *chain) == set()


def test_an_orphan_of_part_b_has_both_findings() -> None:
    assert all_said(seen(), changing("7", replaces=None)) == ORPHAN | PART_B


LAST_BEFORE, FIRST_OF_NCD = date(2020, 1, 20), date(2020, 1, 21)


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        pytest.param([LAST_BEFORE], set(), id="before the NCD"),
        pytest.param([FIRST_OF_NCD], ORPHAN | PART_B, id="on its first day"),
        pytest.param([LAST_BEFORE, FIRST_OF_NCD], ORPHAN | PART_B, id="before it and on its first day"),
        pytest.param([], ORPHAN | PART_B, id="of no stated date"),
    ],
)
def test_corrections_are_judged_since_the_ncd(dates: list[date], said: set[str]) -> None:
    billed = [line(number, "97140", on=on) for number, on in enumerate(dates, start=1)]
    assert all_said(bill(*billed, id="C2", on=FIRST_OF_NCD, frequency_code="8")) == said


@pytest.mark.parametrize(
    ("claim_of_remittance", "said"),
    [
        pytest.param("C1", set(), id="of the claim before"),
        pytest.param("C2", {"DUPLICATE_CLAIM warning C2/1"}, id="of this claim's own first version"),
        pytest.param("C9", {"DUPLICATE_CLAIM warning C2/1", "ORPHAN_VOID warning C2"}, id="of one never seen"),
    ],
)
def test_a_correction_may_name_its_claim_by_the_number_of_the_payer(claim_of_remittance: str, said: set[str]) -> None:
    """Which claim that is, only a remittance tells, whenever it comes."""
    original = institutional(line(1, "20560"), id="C1")
    answer = a_remittance(original, claim_id=claim_of_remittance, payer_claim_number="ICN1")
    events = [seen(), original, changing("7", replaces="ICN1", **HOSPITAL), answer]
    assert all_said(*events) == all_said(*reversed(events)) == said


def test_a_claim_of_that_id_comes_before_the_number_of_a_payer() -> None:
    first, second = (institutional(line(1, code), id=id) for id, code in (("C1", "20560"), ("ICN1", "20560")))
    answer = a_remittance(first, payer_claim_number="ICN1")
    void = changing("8", replaces="ICN1", **HOSPITAL)
    assert all_said(seen(), first, second, answer, void) == set()
