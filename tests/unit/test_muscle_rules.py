"""Muscles: two or three, counted by name and by name and side, and words that name none."""

import pytest

from shared.core.policy import policies
from tests.builders import Detail, Envelope
from tests.unit.encounters import OTHER_NEEDLER, acupuncture, all_said, bill, encounter, line, seen

CODES = ("20560", "20561")
VIOLATION, WARNING = {"MUSCLE_COUNT_MISMATCH violation C/1"}, {"MUSCLE_COUNT_MISMATCH warning C/1"}
AMBIGUOUS, NAMELESS = {"MUSCLE_COUNT_AMBIGUOUS warning C/1"}, {"MUSCLE_NAMES_MISSING warning V"}

# What is said of 20560 and of 20561 when the note shows as many muscles.
FEW = (set[str](), VIOLATION)
MANY = (WARNING, set[str]())
OPEN = (AMBIGUOUS, AMBIGUOUS)


def named(*muscles: str) -> list[Detail]:
    """Each as "multifidus left" or, where no side is stated, "multifidus"."""
    sides = ("left", "right", "bilateral", "midline")
    return [
        {"name": words[0], "side": words[1]}
        if (words := tuple(muscle.rsplit(" ", 1)))[-1] in sides
        else {"name": muscle, "side": None}
        for muscle in muscles
    ]


def needling(code: str, *muscles: str) -> list[Envelope]:
    return encounter(line(1, code), procedure={"muscles": named(*muscles)})


@pytest.mark.parametrize(
    ("muscles", "said"),
    [
        (("multifidus left",), FEW),
        (("multifidus left", "psoas left"), FEW),
        (("multifidus left", "psoas left", "iliacus left"), MANY),
        (("multifidus left", "psoas right", "iliacus midline", "soleus"), MANY),
        (("multifidus", "psoas"), FEW),
        (("multifidus", "psoas", "iliacus"), MANY),
        (("multifidus left", "multifidus right"), FEW),
        (("multifidus left", "multifidus right", "psoas left"), OPEN),
        (("multifidus bilateral",), FEW),
        (("multifidus bilateral", "psoas left"), OPEN),
        (("multifidus bilateral", "psoas"), OPEN),
        (("multifidus bilateral", "psoas bilateral"), OPEN),
        (("multifidus bilateral", "psoas bilateral", "iliacus bilateral"), MANY),
        (("multifidus bilateral", "multifidus left"), FEW),
        (("multifidus bilateral", "multifidus left", "multifidus right"), FEW),
        (("multifidus midline",), FEW),
        (("multifidus midline", "psoas midline"), FEW),
        (("multifidus left", "multifidus midline", "multifidus right"), OPEN),
        (("multifidus bilateral", "multifidus midline"), OPEN),
        (("multifidus", "multifidus left"), FEW),
        (("multifidus", "multifidus left", "psoas left"), FEW),
        (("psoas left", "multifidus left", "multifidus"), FEW),
        (("multifidus", "multifidus left", "multifidus right"), FEW),
        (("multifidus", "multifidus left", "multifidus right", "psoas"), OPEN),
        (("multifidus", "multifidus", "psoas"), FEW),
        (("multifidus left", "multifidus left", "psoas left"), FEW),
        (("multifidus left", "Multifidus left", " MULTIFIDUS  left"), FEW),
        (("quadratus lumborum left", "Quadratus  Lumborum left", "psoas left"), FEW),
        (("paraspinals left", "multifidus left", "psoas left"), FEW),
        (("various", "multifidus", "psoas", "iliacus"), MANY),
        (("gluteus maximus left", "gluteus medius left", "gluteus minimus left"), MANY),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value[0], str) else "",
)
def test_the_muscles_named_support_the_code(muscles: tuple[str, ...], said: tuple[set[str], set[str]]) -> None:
    assert tuple(all_said(*needling(code, *muscles)) for code in CODES) == said


THREE_SIDES = ("multifidus left", "multifidus right", "psoas left")


@pytest.mark.parametrize(
    ("reading", "said"), [("both", OPEN), ("names", FEW), ("sides", MANY)], ids=["both", "names", "sides"]
)
def test_amb_7_whether_two_sides_of_a_name_are_two_muscles(reading: str, said: tuple[set[str], set[str]]) -> None:
    law = policies().changed(muscle_sides=reading)
    assert tuple(all_said(*needling(code, *THREE_SIDES), law=law) for code in CODES) == said


GENERIC = ("paraspinals", "back muscles", "lumbar muscles", "multiple muscles", "various")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "muscles",
    [
        (),
        *((word,) for word in GENERIC),
        *((f"{word} bilateral",) for word in GENERIC),
        *((word.upper(),) for word in GENERIC),
        *((f"  {word.title().replace(' ', '   ')} ",) for word in GENERIC),
        GENERIC,
        ("",),
        (" ",),
    ],
    ids=str,
)
def test_generic_words_name_no_muscle_and_the_count_is_not_judged(code: str, muscles: tuple[str, ...]) -> None:
    assert all_said(*needling(code, *muscles)) == NAMELESS


@pytest.mark.parametrize("word", ["lumbar paraspinals", "paraspinal", "backmuscles", "multifidus various"])
def test_a_longer_or_other_word_is_a_name(word: str) -> None:
    assert all_said(*needling("20560", word)) == set()


def test_a_visit_without_a_claim_names_its_muscles_too() -> None:
    assert all_said(seen(procedure={"muscles": []})) == NAMELESS


def test_acupuncture_is_not_counted_in_muscles() -> None:
    assert all_said(*acupuncture(line(1, "97810"), muscles=[])) == set()
    assert all_said(*acupuncture(line(1, "20561"), muscles=[])) == {"TECHNIQUE_MISMATCH violation C/1"}


def test_each_needling_line_is_judged() -> None:
    both = encounter(line(1, "20560"), line(2, "20561"))
    assert all_said(*both) == {"PTP violation C/1", "MUSCLE_COUNT_MISMATCH violation C/2"}


TWO_VISITS = {"SAME_DAY_TWO_ENCOUNTERS warning V2"}
FOUR = {"muscles": named("multifidus", "psoas", "iliacus", "soleus")}


@pytest.mark.parametrize(
    ("npis", "said"),
    [
        pytest.param(("1200000010", OTHER_NEEDLER), WARNING, id="the renderer's visit"),
        pytest.param((OTHER_NEEDLER, "1200000010"), set(), id="the renderer's other visit"),
        pytest.param(("1200000010", "1200000010"), set(), id="both the renderer's"),
        pytest.param((OTHER_NEEDLER, OTHER_NEEDLER), set(), id="neither the renderer's"),
    ],
)
def test_of_two_visits_the_renderers_is_compared_or_none(npis: tuple[str, str], said: set[str]) -> None:
    first = seen("V1", performer={"npi": npis[0]}, procedure=FOUR)
    second = seen("V2", performer={"npi": npis[1]})
    assert all_said(first, second, bill(line(1, "20560"))) == said | TWO_VISITS
