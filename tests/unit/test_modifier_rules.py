"""Modifiers: 25 on the evaluation beside a needling, 50 that does nothing, and those that contradict each other."""

from itertools import product
from typing import Any

import pytest

from tests.builders import Detail
from tests.unit.encounters import (
    DAY,
    OTHER_NEEDLER,
    all_said,
    bill,
    billed_alone,
    days,
    encounter,
    institutional,
    line,
    lines,
)

NEEDLING = ("20560", "20561")
ACUPUNCTURE = ("97810", "97811", "97813", "97814")
NEW_PATIENT = ("99202", "99203", "99204", "99205")
ESTABLISHED = ("99212", "99213", "99214", "99215")
NURSE = "99211"
NO_EVALUATION = ("99201", "99206", "99210", "99216", "99241", "97140")

AT_NEEDLING, AT_EVALUATION = {"MOD25_MISSING violation C/1"}, {"MOD25_MISSING violation C/2"}
QUESTION = {"MOD25_MISSING warning C/2"}
BESIDE = [
    *((needling, code, AT_NEEDLING) for needling, code in product(NEEDLING, ESTABLISHED)),
    *((needling, code, QUESTION) for needling, code in product(NEEDLING, NEW_PATIENT)),
    *((needling, NURSE, AT_EVALUATION) for needling in NEEDLING),
    *((code, other, AT_EVALUATION) for code, other in product(ACUPUNCTURE, (*NEW_PATIENT, NURSE, *ESTABLISHED))),
    *((code, other, set[str]()) for code, other in product((*NEEDLING, *ACUPUNCTURE), NO_EVALUATION)),
]
SET_OF = {"97811": "97810", "97814": "97813"}


def beside(code: str, evaluation: Detail, *modifiers: str) -> list[Detail]:
    """The needling on line 1, the evaluation on line 2, and the primary of an add-on."""
    primary = [line(3, SET_OF[code])] if code in SET_OF else []
    return [line(1, code, *modifiers), evaluation, *primary]


@pytest.mark.parametrize(("code", "evaluation", "said"), BESIDE)
def test_an_evaluation_beside_a_needling_carries_25(code: str, evaluation: str, said: set[str]) -> None:
    assert all_said(*billed_alone(*beside(code, line(2, evaluation)))) == said
    assert all_said(*billed_alone(*beside(code, line(2, evaluation, "25")))) == set()
    assert all_said(*billed_alone(*beside(code, line(2, evaluation, "24", "25")))) == set()


@pytest.mark.parametrize("evaluation", ["99213", "99203", NURSE])
@pytest.mark.parametrize("code", ["20560", "97810"])
def test_25_counts_on_the_evaluation_and_nowhere_else(code: str, evaluation: str) -> None:
    [said] = [said for needling, other, said in BESIDE if (needling, other) == (code, evaluation)]
    assert all_said(*billed_alone(*beside(code, line(2, evaluation), "25"))) == said
    assert all_said(*billed_alone(*beside(code, line(2, evaluation, "59")))) == said


@pytest.mark.parametrize(("evaluation", "at"), [("99213", "C/1"), (NURSE, "C2/1")])
@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param({}, True, id="same biller, other claim"),
        pytest.param({"npi": OTHER_NEEDLER}, False, id="other NPI"),
        pytest.param({"on": days(1)}, False, id="other date"),
    ],
)
def test_the_evaluation_is_the_same_billers(evaluation: str, at: str, other: dict[str, Any], *, same: bool) -> None:
    events = [*billed_alone(line(1, "20560")), bill(line(1, evaluation, **other), id="C2")]
    assert all_said(*events) == ({f"MOD25_MISSING violation {at}"} if same else set())


def test_an_evaluation_on_an_institutional_claim_is_another_billers() -> None:
    assert all_said(*billed_alone(line(1, "20560")), institutional(line(1, "99213"), id="C2")) == set()


def test_each_needling_line_and_each_evaluation_is_found() -> None:
    said = {"MOD25_MISSING violation C/1", "MOD25_MISSING warning C/3", "MOD25_MISSING violation C/4"}
    assert all_said(*billed_alone(*lines("20560", "99213", "99203", NURSE))) == said


def test_beside_needling_and_acupuncture_the_graver_counts() -> None:
    said = {"PTP violation C/2", "MOD25_MISSING violation C/3"}
    assert all_said(*billed_alone(*lines("20560", "97810", "99203"))) == said


def test_an_evaluation_alone_needs_no_25() -> None:
    assert all_said(*billed_alone(*lines("99213"))) == set()


@pytest.mark.parametrize("code", ["20560", "20561", "97810", "97813"])
def test_50_has_no_effect_on_a_needling_line(code: str) -> None:
    assert all_said(*billed_alone(line(1, code, "50"))) == {"MOD50_NO_EFFECT warning C/1"}
    assert all_said(*billed_alone(line(1, code, "51"), line(2, "97140", "50"))) == set()


@pytest.mark.parametrize("add_on", SET_OF)
def test_50_has_no_effect_on_an_add_on(add_on: str) -> None:
    assert all_said(*billed_alone(line(1, add_on, "50"), line(2, SET_OF[add_on]))) == {"MOD50_NO_EFFECT warning C/1"}


NOTICE: Detail = {"abn": {"signed_on": DAY}}
UNNEEDED, CONFLICT = "KX_UNNEEDED warning C/1", "MOD_CONFLICT warning C/1"


@pytest.mark.parametrize(
    ("modifiers", "said"),
    [
        (("KX",), {UNNEEDED}),
        (("GA",), set()),
        (("GZ",), set()),
        (("GX",), set()),
        (("GY",), {CONFLICT}),
        (("GX", "GY"), {CONFLICT}),
        (("KX", "GX"), {UNNEEDED}),
        (("KX", "GA"), {UNNEEDED, CONFLICT}),
        (("GA", "KX"), {UNNEEDED, CONFLICT}),
        (("KX", "GZ"), {UNNEEDED, CONFLICT}),
        (("KX", "GY"), {UNNEEDED, CONFLICT}),
        (("GA", "GZ"), set()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_no_line_both_attests_coverage_and_expects_a_denial(modifiers: tuple[str, ...], said: set[str]) -> None:
    assert all_said(*encounter(line(1, "20560", *modifiers), **NOTICE)) == said


def test_modifiers_of_another_line_do_not_conflict() -> None:
    apart = [line(1, "20560", "KX"), line(2, "97140", "GY", "KX", "GA")]
    assert all_said(*encounter(*apart, **NOTICE)) == {UNNEEDED}


@pytest.mark.parametrize("payer", ["medicare_advantage", "other"])
@pytest.mark.parametrize("modifier", ["GA", "GZ", "GX", "KX", "GY"])
def test_no_notice_of_original_medicare_applies_to_medicare_advantage(payer: str, modifier: str) -> None:
    conflict = modifier == "GY" or (modifier == "GA" and payer == "medicare_advantage")
    events = encounter(line(1, "20560", modifier), payer=payer, claim={"payer": payer}, **NOTICE)
    assert all_said(*events) == {"NOT_FFS info V", "NOT_FFS info C/1"} | ({CONFLICT} if conflict else set())


def test_several_conflicts_of_a_line_are_one_finding() -> None:
    events = encounter(
        line(1, "20560", "KX", "GA", "GY"), payer="medicare_advantage", claim={"payer": "medicare_advantage"}, **NOTICE
    )
    assert all_said(*events) == {"NOT_FFS info V", "NOT_FFS info C/1", CONFLICT}
