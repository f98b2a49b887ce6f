"""Coding: codes side by side on one date, their units, and add-ons; claims whose visit is not compared with them."""

from itertools import product

import pytest

from tests.builders import Envelope
from tests.unit.encounters import (
    OTHER_NEEDLER,
    all_said,
    bill,
    billed_alone,
    days,
    institutional,
    line,
    lines,
)

NEEDLING = ("20560", "20561")
ACUPUNCTURE = ("97810", "97811", "97813", "97814")
ADD_ONS = ("97811", "97814")
INJECTION = ("20552", "20553")
LIFTING = ("59", "XE", "XS", "XP", "XU")
NEVER_TOGETHER = [("20561", "20560"), *product(NEEDLING, ACUPUNCTURE), ("97813", "97810")]
UNLESS_SEPARATE = [*product(INJECTION, NEEDLING)]


def without_primary(number: int, code: str) -> set[str]:
    return {f"AOC_NO_PRIMARY violation C/{number}"} if code in ADD_ONS else set()


@pytest.mark.parametrize(("paid", "denied"), NEVER_TOGETHER)
@pytest.mark.parametrize("modifiers", [(), *((lifting,) for lifting in LIFTING)], ids=lambda m: "".join(m) or "bare")
@pytest.mark.parametrize("denied_first", [False, True], ids=["denied second", "denied first"])
def test_no_modifier_brings_two_codes_of_indicator_0_together(
    paid: str, denied: str, modifiers: tuple[str, ...], *, denied_first: bool
) -> None:
    first, second = ((denied, modifiers), (paid, ())) if denied_first else ((paid, ()), (denied, modifiers))
    at = 1 if denied_first else 2
    claim = billed_alone(line(1, first[0], *first[1]), line(2, second[0], *second[1]))
    assert all_said(*claim) == {f"PTP violation C/{at}"} | without_primary(at, denied)


@pytest.mark.parametrize(("paid", "denied"), UNLESS_SEPARATE)
@pytest.mark.parametrize(
    ("on_paid", "on_denied", "lifted"),
    [
        ((), (), False),
        *(pytest.param((), (modifier,), True, id=f"{modifier} on the denied line") for modifier in LIFTING),
        *(pytest.param((modifier,), (), False, id=f"{modifier} on the paid line") for modifier in LIFTING),
        *(
            pytest.param((), (modifier,), False, id=f"{modifier} lifts nothing")
            for modifier in ("25", "76", "LT", "CR")
        ),
        pytest.param((), ("CR", "XS"), True, id="second among modifiers"),
    ],
)
def test_a_modifier_on_the_denied_line_brings_two_codes_of_indicator_1_together(
    paid: str, denied: str, on_paid: tuple[str, ...], on_denied: tuple[str, ...], *, lifted: bool
) -> None:
    claim = billed_alone(line(1, paid, *on_paid), line(2, denied, *on_denied))
    assert all_said(*claim) == (set() if lifted else {"PTP violation C/2"})


@pytest.mark.parametrize(
    "codes",
    [
        ("97810", "97811"),
        ("97810", "97814"),
        ("97813", "97814"),
        ("97813", "97811"),
        ("97813", "97811", "97814"),
        ("20552", "97810"),
        ("20553", "97813"),
        ("20552", "20553"),
        ("20560", "97140"),
    ],
    ids="+".join,
)
def test_other_codes_go_together(codes: tuple[str, ...]) -> None:
    assert all_said(*billed_alone(*lines(*codes))) == set()


def test_a_line_denied_beside_two_codes_is_one_finding() -> None:
    said = {"PTP violation C/2", "PTP violation C/3"}
    assert all_said(*billed_alone(*lines("20561", "20560", "97810"))) == said


# The second service of one biller, and the same of another: on another claim, NPI, date or type of claim.
def a_second(code: str, how: str) -> list[Envelope]:
    match how:
        case "same biller, other claim":
            return [bill(line(1, code), id="C2")]
        case "other NPI":
            return [bill(line(1, code, npi=OTHER_NEEDLER), id="C2")]
        case "other date":
            return [bill(line(1, code, on=days(1)), id="C2")]
        case _:
            return [institutional(line(1, code), id="C2")]


BILLERS = [("same biller, other claim", True), ("other NPI", False), ("other date", False), ("other type", False)]


@pytest.mark.parametrize(("how", "same"), BILLERS)
def test_codes_are_compared_by_biller(how: str, *, same: bool) -> None:
    said = all_said(*billed_alone(line(1, "20561")), *a_second("20560", how))
    assert said == ({"PTP violation C2/1"} if same else set())


@pytest.mark.parametrize(("how", "same"), BILLERS)
def test_units_are_summed_by_biller(how: str, *, same: bool) -> None:
    said = all_said(*billed_alone(line(1, "20560", "CR")), *a_second("20560", how))
    assert said == ({"MUE violation C/1", "MUE violation C2/1"} if same else set())


@pytest.mark.parametrize(("how", "same"), BILLERS)
def test_the_primary_of_an_add_on_is_the_same_billers(how: str, *, same: bool) -> None:
    said = all_said(*billed_alone(line(1, "97811")), *a_second("97810", how))
    assert said == (set() if same else {"AOC_NO_PRIMARY violation C/1"})


LIMITS = {"20560": 1, "20561": 1, "97810": 1, "97813": 1, "97811": 2, "97814": 2}


@pytest.mark.parametrize(("code", "limit"), LIMITS.items())
@pytest.mark.parametrize("over", [0, 1], ids=["at the limit", "above"])
def test_units_have_a_limit(code: str, limit: int, over: int) -> None:
    primary = [line(1, "97813")] if code in ADD_ONS else []
    claim = billed_alone(*primary, line(2, code, units=limit + over))
    assert all_said(*claim) == ({"MUE violation C/2"} if over else set())


@pytest.mark.parametrize(("code", "limit"), LIMITS.items())
@pytest.mark.parametrize("over", [0, 1], ids=["at the limit", "above"])
def test_units_of_several_lines_are_summed_and_each_line_found(code: str, limit: int, over: int) -> None:
    primary = [line(9, "97813")] if code in ADD_ONS else []
    numbers = range(1, limit + over + 1)
    said = all_said(*billed_alone(*primary, *(line(number, code) for number in numbers)))
    assert said == ({f"MUE violation C/{number}" for number in numbers} if over else set())


def test_units_of_other_codes_are_not_limited_and_not_added() -> None:
    claim = billed_alone(
        line(1, "97810"), line(2, "97811", units=2), line(3, "97814", units=2), line(4, "97140", units=9)
    )
    assert all_said(*claim) == set()


@pytest.mark.parametrize("add_on", ADD_ONS)
@pytest.mark.parametrize(
    ("beside", "found"),
    [
        (("97810",), False),
        (("97813",), False),
        ((), True),
        (("97140",), True),
        (("99213",), True),
    ],
    ids=["beside 97810", "beside 97813", "alone", "beside therapy", "beside an evaluation"],
)
def test_an_add_on_needs_a_primary(add_on: str, beside: tuple[str, ...], *, found: bool) -> None:
    evaluation = {"MOD25_MISSING violation C/2"} if "99213" in beside else set[str]()
    said = all_said(*billed_alone(*lines(add_on, *beside)))
    assert said == ({"AOC_NO_PRIMARY violation C/1"} if found else set()) | evaluation


def test_one_add_on_is_no_primary_of_another() -> None:
    said = {"AOC_NO_PRIMARY violation C/1", "AOC_NO_PRIMARY violation C/2"}
    assert all_said(*billed_alone(*lines("97811", "97814"))) == said


def copied(*codes: str) -> tuple[list[Envelope], set[str]]:
    """A claim sent twice; each line of the later one is a duplicate."""
    again = bill(*lines(*codes), id="C2", received_on=days(2))
    copies = {f"DUPLICATE_CLAIM warning C2/{number}" for number in range(1, len(codes) + 1)}
    return [*billed_alone(*lines(*codes)), again], copies


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        pytest.param(("20560",), set(), id="units"),
        pytest.param(("97810", "97811", "97811"), set(), id="units up to the limit"),
        pytest.param(("20561", "20560"), {"PTP violation C/2"}, id="pairs"),
        pytest.param(("97811",), {"AOC_NO_PRIMARY violation C/1"}, id="add-ons"),
        pytest.param(("20560", "99213"), {"MOD25_MISSING violation C/1"}, id="evaluation of an established patient"),
        pytest.param(("20560", "99203"), {"MOD25_MISSING warning C/2"}, id="evaluation of a new patient"),
        pytest.param(("97810", "99213"), {"MOD25_MISSING violation C/2"}, id="evaluation beside acupuncture"),
    ],
)
def test_a_duplicate_takes_no_part_in_code_edits(codes: tuple[str, ...], said: set[str]) -> None:
    events, copies = copied(*codes)
    assert all_said(*events) == said | copies
