"""Documentation: what the note lacks, what the screening found, and the notice of liability around its dates."""

from datetime import date

import pytest

from shared.core.policy import policies
from tests.builders import Detail
from tests.unit.encounters import (
    DAY,
    OTHER_NEEDLER,
    acupuncture,
    all_said,
    bill,
    billed_alone,
    days,
    encounter,
    line,
    messages,
    seen,
)

ELEMENTS = ("indication", "informed_consent", "safety_screening", "technique", "patient_response", "signed")
NEEDLE = {"needle_gauge": "needle gauge", "needle_length_mm": "needle length"}
INCOMPLETE = {"DOCUMENTATION_INCOMPLETE warning V"}


@pytest.mark.parametrize("element", ELEMENTS)
def test_a_note_lacks_an_element(element: str) -> None:
    events = encounter(note={element: False})
    assert all_said(*events) == INCOMPLETE
    message = messages(*events)["DOCUMENTATION_INCOMPLETE"]
    words = [other.replace("_", " ") for other in (*ELEMENTS, "needle_gauge", "needle_length")]
    assert [word for word in words if word in message] == [element.replace("_", " ")]


@pytest.mark.parametrize(("element", "words"), NEEDLE.items())
def test_a_note_of_dry_needling_states_the_needle(element: str, words: str) -> None:
    events = encounter(procedure={element: None})
    assert all_said(*events) == INCOMPLETE
    assert words in messages(*events)["DOCUMENTATION_INCOMPLETE"]


def test_a_note_of_acupuncture_need_not_state_the_needle() -> None:
    assert all_said(*acupuncture(line(1, "97810"), needle_gauge=None, needle_length_mm=None)) == set()


def test_how_long_needles_stayed_is_not_asked() -> None:
    assert all_said(*encounter(procedure={"retention_minutes": None})) == set()


def test_everything_missing_is_listed_in_one_finding() -> None:
    events = encounter(note=dict.fromkeys(ELEMENTS, False), procedure=dict.fromkeys(NEEDLE))
    assert all_said(*events) == INCOMPLETE
    message = messages(*events)["DOCUMENTATION_INCOMPLETE"]
    wanted = [*(element.replace("_", " ") for element in ELEMENTS), *NEEDLE.values()]
    assert [word for word in wanted if word not in message] == []


def test_each_visit_stands_alone() -> None:
    complete = [seen(on=days(-7), id="V0"), bill(line(1, "20560", on=days(-7)), id="C0", on=days(-7))]
    assert all_said(*complete, *encounter(note={"signed": False}, measures=[])) == INCOMPLETE


def test_the_note_of_a_visit_that_is_not_judged_is_not_read() -> None:
    poor: Detail = {"note": {"signed": False}, "screening": ["anticoagulant"], "procedure": {"needle_gauge": None}}
    assert all_said(seen(diagnoses=["M54.2"], **poor)) == set()


FOUND = {"CONTRAINDICATION_PRESENT warning V"}
RISKS = (
    "metal_allergy",
    "needle_phobia",
    "lymphedema",
    "local_infection",
    "bleeding_disorder",
    "anticoagulant",
    "bloodborne_illness",
    "lung_disease",
)


@pytest.mark.parametrize(
    ("screening", "said"),
    [
        *(pytest.param([risk], FOUND, id=risk) for risk in RISKS),
        pytest.param(list(RISKS), FOUND, id="all of them"),
        pytest.param([], set(), id="nothing found"),
        pytest.param(None, set(), id="not stated"),
        pytest.param(["spine_surgery"], set(), id="spine surgery, judged elsewhere"),
        pytest.param(["pregnancy"], {"EXCL_PREGNANCY warning V"}, id="pregnancy, judged elsewhere"),
        pytest.param(["spine_surgery", "anticoagulant"], FOUND, id="spine surgery and a risk"),
        pytest.param(["pregnancy", "lymphedema"], {"EXCL_PREGNANCY warning V", *FOUND}, id="pregnancy and a risk"),
    ],
)
def test_the_screening_found_a_risk(screening: list[str] | None, said: set[str]) -> None:
    assert all_said(*encounter(screening=screening)) == said


def test_the_risks_are_named_and_what_is_judged_elsewhere_is_not() -> None:
    message = messages(*encounter(screening=["spine_surgery", "metal_allergy"]))["CONTRAINDICATION_PRESENT"]
    assert ("metal allergy" in message, "spine surgery" in message) == (True, False)


INVALID = {"ABN_INVALID warning C/1"}
WITH_GA = line(1, "20560", "GA")


def signed(on: date, expires: date | None = None) -> Detail:
    return {"abn": {"signed_on": on, "form_expires_on": expires}}


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        pytest.param({}, INVALID, id="no notice"),
        pytest.param(signed(days(-400)), set(), id="signed long before"),
        pytest.param(signed(days(-1)), set(), id="signed the day before"),
        pytest.param(signed(DAY), set(), id="signed on the day"),
        pytest.param(signed(days(1)), INVALID, id="signed the day after"),
        pytest.param(signed(DAY, days(-1)), INVALID, id="form expired the day before it was signed"),
        pytest.param(signed(DAY, DAY), set(), id="form expires on the day it is signed"),
        pytest.param(signed(DAY, days(1)), set(), id="form expires the day after"),
        pytest.param(signed(days(-9), days(-5)), set(), id="form expired between signature and service"),
        pytest.param(signed(days(1), DAY), INVALID, id="signed late on an expired form"),
    ],
)
def test_ga_needs_a_notice_signed_in_time_on_a_current_form(notice: Detail, said: set[str]) -> None:
    assert all_said(*encounter(WITH_GA, **notice)) == said
    assert all_said(*encounter(line(1, "20560"), **notice)) == set()
    assert all_said(*encounter(line(1, "20560", "GZ"), **notice)) == set()


def test_ga_on_a_line_that_is_no_needling_is_not_judged() -> None:
    assert all_said(*encounter(line(1, "20560"), line(2, "97140", "GA"))) == set()


def test_ga_without_a_visit_has_no_notice() -> None:
    assert all_said(*billed_alone(WITH_GA)) == INVALID


def test_the_notice_of_another_date_does_not_do() -> None:
    earlier = seen("V0", on=days(-1), **signed(days(-1)))
    assert all_said(earlier, bill(WITH_GA)) == INVALID


@pytest.mark.parametrize(
    ("npis", "said"),
    [
        pytest.param(("1200000010", OTHER_NEEDLER), set(), id="the renderer's visit has it"),
        pytest.param((OTHER_NEEDLER, "1200000010"), INVALID, id="the renderer's visit has none"),
        pytest.param(("1200000010", "1200000010"), set(), id="no visit stands out"),
        pytest.param((OTHER_NEEDLER, OTHER_NEEDLER), set(), id="no visit is the renderer's"),
    ],
)
def test_of_two_visits_the_renderers_holds_the_notice(npis: tuple[str, str], said: set[str]) -> None:
    first, second = seen("V1", performer={"npi": npis[0]}, **signed(DAY)), seen("V2", performer={"npi": npis[1]})
    assert all_said(first, second, bill(WITH_GA)) == {"SAME_DAY_TWO_ENCOUNTERS warning V2", *said}


@pytest.mark.parametrize(
    ("reading", "modifiers", "said"),
    [
        ("either", ("GP", "GX"), set()),
        ("mandatory", ("GP", "GX"), INVALID),
        ("mandatory", ("GX",), set()),
        ("mandatory", ("GP",), set()),
        ("mandatory", ("GP", "GX", "GA"), set()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value) if isinstance(value, str) else "",
)
def test_amb_8_which_notice_a_therapist_gives(reading: str, modifiers: tuple[str, ...], said: set[str]) -> None:
    law = policies().changed(pt_abn_mode=reading)
    therapy = {"THERAPY_MODIFIER warning C/1"} if "GP" in modifiers else set[str]()
    assert all_said(*encounter(line(1, "20560", *modifiers), **signed(DAY)), law=law) == said | therapy
