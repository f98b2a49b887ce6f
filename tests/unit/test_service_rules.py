"""Coding against the note: minutes and re-insertions, the technique, and what was injected."""

import pytest

from tests.builders import Detail, Envelope
from tests.unit.encounters import (
    OTHER_NEEDLER,
    acupuncture,
    all_said,
    bill,
    days,
    encounter,
    institutional,
    line,
    lines,
)


def unsupported(severity: str, *numbers: int) -> set[str]:
    return {f"TIME_NOT_SUPPORTED {severity} C/{number}" for number in numbers}


@pytest.mark.parametrize(("code", "stimulation"), [("97810", False), ("97813", True)])
@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, unsupported("violation", 1)),
        (7, unsupported("violation", 1)),
        (8, set()),
        (9, set()),
        (None, unsupported("warning", 1)),
    ],
    ids=["none", "7 minutes", "8 minutes", "9 minutes", "not stated"],
)
def test_a_first_unit_needs_eight_minutes(code: str, minutes: int | None, said: set[str], *, stimulation: bool) -> None:
    """Re-insertions are not asked for."""
    done = {"contact_minutes": minutes, "reinsertions": None, "electrical_stimulation": stimulation}
    assert all_said(*acupuncture(line(1, code), **done)) == said


# Add-on lines beside 97810 on line 1, and the minutes that all of their units together need.
ADD_ONS: dict[str, tuple[list[Detail], int, int]] = {
    "one unit": ([line(2, "97811")], 23, 1),
    "two units of a line": ([line(2, "97811", units=2)], 38, 2),
    "two lines": ([line(2, "97811"), line(3, "97811", "CR")], 38, 2),
    "two codes": ([line(2, "97811"), line(3, "97814")], 38, 2),
    "three units of two codes": ([line(2, "97811", units=2), line(3, "97814")], 53, 3),
    "four units of two codes": ([line(2, "97811", units=2), line(3, "97814", units=2)], 68, 4),
}


def add_on(kind: str, **done: int | None) -> list[Envelope]:
    """Stimulation where a code has it: 97814 excuses those without."""
    added = ADD_ONS[kind][0]
    electrical = any(entry["procedure_code"] == "97814" for entry in added)
    return acupuncture(line(1, "97810"), *added, electrical_stimulation=electrical, **done)


def numbers_of(kind: str) -> list[int]:
    return [entry["line_number"] for entry in ADD_ONS[kind][0]]


@pytest.mark.parametrize("kind", ADD_ONS)
@pytest.mark.parametrize("more", [-1, 0, 1], ids=["a minute short", "just enough", "a minute more"])
def test_add_on_units_need_fifteen_minutes_more_each(kind: str, more: int) -> None:
    needed = ADD_ONS[kind][1]
    said = unsupported("violation", *numbers_of(kind)) if more < 0 else set()
    assert all_said(*add_on(kind, contact_minutes=needed + more, reinsertions=9)) == said


@pytest.mark.parametrize("kind", ADD_ONS)
@pytest.mark.parametrize("more", [-1, 0, 1], ids=["one short", "just enough", "one more"])
def test_add_on_units_need_a_re_insertion_each(kind: str, more: int) -> None:
    needed = ADD_ONS[kind][2]
    said = unsupported("violation", *numbers_of(kind)) if more < 0 else set()
    assert all_said(*add_on(kind, contact_minutes=99, reinsertions=needed + more)) == said


@pytest.mark.parametrize(
    ("minutes", "reinsertions", "said"),
    [
        pytest.param(23, None, unsupported("warning", 2), id="re-insertions not stated"),
        pytest.param(22, None, unsupported("violation", 2), id="too short, re-insertions not stated"),
        pytest.param(None, 1, unsupported("warning", 1, 2), id="minutes not stated"),
        pytest.param(
            None, 0, unsupported("warning", 1) | unsupported("violation", 2), id="no minutes stated, none re-inserted"
        ),
        pytest.param(None, None, unsupported("warning", 1, 2), id="neither stated"),
        pytest.param(22, 0, unsupported("violation", 2), id="neither enough"),
        pytest.param(7, 1, unsupported("violation", 1, 2), id="not even the first unit"),
        pytest.param(8, 1, unsupported("violation", 2), id="the first unit alone"),
    ],
)
def test_what_the_note_does_not_state_is_a_question(
    minutes: int | None, reinsertions: int | None, said: set[str]
) -> None:
    assert all_said(*add_on("one unit", contact_minutes=minutes, reinsertions=reinsertions)) == said


def test_the_add_ons_of_one_biller_are_summed_over_claims_and_no_others() -> None:
    mine = acupuncture(*lines("97810", "97811"), contact_minutes=23, reinsertions=1)
    other = [line(1, "97810", npi=OTHER_NEEDLER), line(2, "97811", npi=OTHER_NEEDLER)]
    assert all_said(*mine, bill(*other, id="C2")) == set()
    assert all_said(*mine, institutional(*lines("97810", "97811"), id="C2")) == set()
    summed = unsupported("violation", 2) | {"TIME_NOT_SUPPORTED violation C2/1"}
    assert all_said(*mine, bill(line(1, "97811", "CR"), id="C2")) == summed


def test_a_duplicate_adds_no_minutes() -> None:
    once = acupuncture(*lines("97810", "97811"), contact_minutes=23, reinsertions=1)
    again = bill(*lines("97810", "97811"), id="C2", received_on=days(2))
    assert all_said(*once, again) == {"DUPLICATE_CLAIM warning C2/1", "DUPLICATE_CLAIM warning C2/2"}


def test_dry_needling_is_not_timed() -> None:
    assert all_said(*encounter(procedure={"contact_minutes": None, "reinsertions": None})) == set()
    assert all_said(*encounter(procedure={"contact_minutes": 1})) == set()


def mismatched(*numbers: int) -> set[str]:
    return {f"TECHNIQUE_MISMATCH violation C/{number}" for number in numbers}


@pytest.mark.parametrize(
    ("codes", "without", "with_stimulation"),
    [
        (("97810",), set(), mismatched(1)),
        (("97810", "97811"), set(), mismatched(1, 2)),
        (("97813",), mismatched(1), set()),
        (("97813", "97814"), mismatched(1, 2), set()),
        (("97810", "97814"), mismatched(2), set()),
        (("97813", "97811"), mismatched(1), set()),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else "",
)
def test_the_code_says_whether_there_was_stimulation(
    codes: tuple[str, ...], without: set[str], with_stimulation: set[str]
) -> None:
    assert all_said(*acupuncture(*lines(*codes))) == without
    assert all_said(*acupuncture(*lines(*codes), electrical_stimulation=True)) == with_stimulation


def test_only_the_same_billers_electrical_set_excuses_one_without() -> None:
    visit_and_claim = acupuncture(line(1, "97810"), electrical_stimulation=True)
    mine, others = bill(line(1, "97813"), id="C2"), bill(line(1, "97813", npi=OTHER_NEEDLER), id="C2")
    assert all_said(*visit_and_claim, mine) == {"PTP violation C/1"}
    assert all_said(*visit_and_claim, others) == mismatched(1)
    assert all_said(*visit_and_claim, institutional(line(1, "97813"), id="C2")) == mismatched(1)


@pytest.mark.parametrize("code", ["20560", "20561"])
def test_needling_billed_for_acupuncture_is_another_technique(code: str) -> None:
    assert all_said(*acupuncture(line(1, code))) == mismatched(1)


@pytest.mark.parametrize("stimulation", [True, False])
@pytest.mark.parametrize("codes", [("97810",), ("97813",), ("97810", "97811"), ("97813", "97814")], ids="+".join)
def test_acupuncture_billed_for_dry_needling_is_another_technique(codes: tuple[str, ...], *, stimulation: bool) -> None:
    done = {"electrical_stimulation": stimulation, "contact_minutes": 23, "reinsertions": 1}
    assert all_said(*encounter(*lines(*codes), procedure=done)) == mismatched(*range(1, len(codes) + 1))


def test_dry_needling_with_stimulation_has_no_code_of_its_own() -> None:
    assert all_said(*encounter(procedure={"electrical_stimulation": True})) == set()


INJECTED = {"INJECTION_DOCUMENTED violation C/1"}


@pytest.mark.parametrize(
    ("others", "said"),
    [
        pytest.param([], INJECTED, id="alone"),
        pytest.param([line(2, "20552")], set(), id="beside 20552"),
        pytest.param([line(2, "20553")], set(), id="beside 20553"),
        pytest.param([line(2, "20552", npi=OTHER_NEEDLER)], set(), id="beside another biller's"),
        pytest.param([line(2, "20552", on=days(1))], INJECTED, id="an injection of another date"),
        pytest.param([line(2, "97140")], INJECTED, id="beside something else"),
        pytest.param([line(2, "20551")], INJECTED, id="beside 20551"),
    ],
)
@pytest.mark.parametrize(("code", "muscles"), [("20560", 2), ("20561", 3)])
def test_what_was_injected_is_billed_as_an_injection(
    code: str, muscles: int, others: list[Detail], said: set[str]
) -> None:
    names = [{"name": name, "side": "left"} for name in ("multifidus", "psoas", "iliacus")[:muscles]]
    done = {"injection": True, "muscles": names}
    assert all_said(*encounter(line(1, code, "59"), *others, procedure=done)) == said
    assert all_said(*encounter(line(1, code, "59"), *others, procedure=done | {"injection": False})) == set()


def test_each_needling_line_is_found_and_no_acupuncture_line() -> None:
    twice = encounter(line(1, "20560"), line(2, "20560", "CR", npi=OTHER_NEEDLER), procedure={"injection": True})
    assert all_said(*twice) == {*INJECTED, "INJECTION_DOCUMENTED violation C/2"}
    assert all_said(*acupuncture(line(1, "97810"), injection=True)) == set()
