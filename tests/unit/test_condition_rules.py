"""Condition and diagnosis: each rule at both sides of its boundary, and everything that is said of the history."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import FIRST_DAY, Envelope, a_claim, a_line, a_measure, a_score, a_visit
from tests.unit.asking import found, heard, numbers, told

DAY = str(FIRST_DAY)


def billed(*diagnoses: str, pointers: tuple[int, ...] = (1,), on: date = FIRST_DAY, **claim: Any) -> list[Envelope]:
    """A claim without a visit, and a score so that its session has a baseline."""
    line = a_line(on=on, diagnosis_pointers=pointers)
    return [a_measure(on=on), a_claim(on=on, **({"diagnoses": diagnoses, "lines": [line]} | claim))]


def seen(number: int | str = 1, *, on: date = FIRST_DAY, **changes: Any) -> Envelope:
    """A visit with a score, so that nothing but its condition is in question."""
    return a_visit(number, on=on, **({"measures": [a_score(7, on)]} | changes))


def stating(onset: date | None, *, on: date = FIRST_DAY, number: int | str = 1, **changes: Any) -> Envelope:
    return seen(number, on=on, condition={"onset_date": onset}, **changes)


@pytest.mark.parametrize(
    ("on", "rules"),
    [
        pytest.param(date(2020, 1, 20), told("DOS_BEFORE_NCD violation line 2020-01-20"), id="the day before the NCD"),
        pytest.param(date(2020, 1, 21), set(), id="its first day"),
        pytest.param(date(2020, 1, 22), set(), id="the day after"),
    ],
)
def test_medicare_covers_needling_from_2020_01_21(on: date, rules: set[Any]) -> None:
    assert found(*billed("M54.5", on=on)) == rules


def test_no_other_rule_judges_what_lies_before_the_ncd() -> None:
    on = date(2020, 1, 20)
    neck = billed("M54.2", on=on, payer="medicare_advantage")
    acute = seen(on=on, diagnoses=["M54.5"], condition={"onset_date": "2020-01-01", "systemic_cause": True})
    assert found(acute, *neck) == told("DOS_BEFORE_NCD violation line 2020-01-20")


def test_a_line_without_a_needling_code_is_none_of_our_business() -> None:
    line = a_line(on=date(2020, 1, 20), procedure_code="97140")
    assert found(*billed("M54.2", on=date(2020, 1, 20), lines=[line])) == set()


LAST, FIRST = date(2021, 9, 30), date(2021, 10, 1)


@pytest.mark.parametrize(
    ("code", "on", "valid"),
    [
        pytest.param("M54.5", LAST, True, id="M54.5 on its last day"),
        pytest.param("M54.5", FIRST, False, id="M54.5 the day after"),
        *(pytest.param(code, LAST, False, id=f"{code} the day before") for code in ("M54.50", "M54.51", "M54.59")),
        *(pytest.param(code, FIRST, True, id=f"{code} on its first day") for code in ("M54.50", "M54.51", "M54.59")),
    ],
)
def test_a_low_back_code_holds_on_its_own_dates(code: str, on: date, *, valid: bool) -> None:
    assert found(*billed(code, on=on)) == (set() if valid else told(f"DX_INVALID_FOR_DOS violation line {on}"))


def test_a_retired_code_that_is_not_pointed_is_not_judged() -> None:
    assert found(*billed("M54.59", "M54.5")) == set()


def test_a_line_that_points_to_the_retired_code_alone_breaks_two_rules() -> None:
    both = told(f"DX_INVALID_FOR_DOS violation line {DAY}", f"DX_NOT_POINTED violation line {DAY}")
    assert found(*billed("M54.59", "M54.5", pointers=(2,))) == both


def test_an_institutional_line_rests_on_every_header_diagnosis() -> None:
    institutional: dict[str, Any] = {"claim_type": "institutional", "type_of_bill": "0131", "pointers": ()}
    assert found(*billed("M54.59", "M54.5", **institutional)) == told(f"DX_INVALID_FOR_DOS violation line {DAY}")
    assert found(*billed("M54.2", "M54.59", **institutional)) == set()


@pytest.mark.parametrize("codes", [("M54.2",), ("M54.9",), ("M54.6", "G43.909"), ()], ids=" ".join)
def test_a_claim_without_a_covered_diagnosis_is_not_covered(codes: tuple[str, ...]) -> None:
    assert found(*billed(*codes, pointers=())) == told(f"DX_NOT_COVERED violation line {DAY}")


@pytest.mark.parametrize(
    ("pointers", "rules"),
    [
        pytest.param((1,), told(f"DX_NOT_POINTED violation line {DAY}"), id="to the neck alone"),
        pytest.param((), told(f"DX_NOT_POINTED violation line {DAY}"), id="to nothing"),
        pytest.param((2,), set(), id="to the low back alone"),
        pytest.param((1, 2), told(f"DX_MIXED warning line {DAY}"), id="to both"),
        pytest.param((2, 1), told(f"DX_MIXED warning line {DAY}"), id="to both, the low back first"),
    ],
)
def test_a_line_points_to_the_low_back_and_to_no_other_pain(pointers: tuple[int, ...], rules: set[Any]) -> None:
    assert found(*billed("M54.2", "M54.59", pointers=pointers)) == rules


@pytest.mark.parametrize(
    ("code", "mixed"),
    [
        *(pytest.param(code, True, id=code) for code in ("M25.551", "M99.03", "G43.909", "G44.209")),
        *(pytest.param(code, False, id=code) for code in ("M54.51", "G42", "G45.9", "L40.50", "N18.3", "I10")),
    ],
)
def test_another_painful_condition_on_the_line_calls_for_a_look(code: str, *, mixed: bool) -> None:
    rules = told(f"DX_MIXED warning line {DAY}") if mixed else set()
    assert found(*billed("M54.59", code, pointers=(1, 2))) == rules


@pytest.mark.parametrize(
    ("days", "chronic"),
    [pytest.param(n, n >= 84, id=f"{n} days") for n in (-1, 0, 83, 84, 85)],
)
def test_pain_is_chronic_from_the_84th_day(days: int, *, chronic: bool) -> None:
    rules = set() if chronic else told(f"CHRONICITY_NOT_MET violation visit {DAY}")
    assert found(stating(FIRST_DAY - timedelta(days=days))) == rules


LONG_AGO, RECENT = date(2020, 6, 1), date(2025, 1, 1)
SECOND_DAY = FIRST_DAY + timedelta(days=7)


@pytest.mark.parametrize(
    ("earlier", "own", "chronic"),
    [
        pytest.param([LONG_AGO], RECENT, False, id="its own before an earlier one"),
        pytest.param([LONG_AGO], None, True, id="else the earlier one"),
        pytest.param([RECENT, LONG_AGO], None, True, id="of two on a date the greater id"),
        pytest.param([LONG_AGO, RECENT], None, False, id="of two the greater id, the other way round"),
    ],
)
def test_the_onset_is_the_visits_own_or_that_of_the_nearest_earlier_one(
    earlier: list[date], own: date | None, *, chronic: bool
) -> None:
    before = [stating(onset, number=f"V-{place}") for place, onset in enumerate(earlier)]
    said_of_last = {
        finding.rule
        for finding in found(*before, stating(own, on=SECOND_DAY, number="V-9"))
        if finding.of == str(SECOND_DAY)
    }
    assert ("CHRONICITY_NOT_MET" not in said_of_last) is chronic


def test_a_later_visit_does_not_say_when_the_pain_began_before_it() -> None:
    later = stating(RECENT, on=SECOND_DAY, number=2)
    assert found(stating(None), later) == told(
        f"CHRONICITY_UNDOCUMENTED warning visit {DAY}", f"CHRONICITY_NOT_MET violation visit {SECOND_DAY}"
    )


def test_an_earlier_visit_without_needling_can_state_the_onset() -> None:
    asked = a_visit("V-0", on=FIRST_DAY - timedelta(days=7), procedure=None)
    assert found(asked, stating(None)) == set()


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_what_no_standing_earlier_visit_states_is_undocumented(status: str) -> None:
    undone = a_visit("V-0", on=FIRST_DAY - timedelta(days=7), status=status)
    later = seen(2, on=SECOND_DAY)
    undocumented = told(f"CHRONICITY_UNDOCUMENTED warning visit {DAY}")
    assert found(undone, stating(None), later) == undocumented


def test_only_the_first_session_of_a_period_must_document_the_condition() -> None:
    silent = dict.fromkeys(("onset_date", "systemic_cause", "due_to_surgery", "due_to_pregnancy"))
    first, second = seen(1, condition=silent), seen(2, on=SECOND_DAY, condition=silent)
    missing = (f"CHRONICITY_UNDOCUMENTED warning visit {DAY}", f"EXCLUSIONS_UNDOCUMENTED warning visit {DAY}")
    assert found(first, second) == told(*missing)


@pytest.mark.parametrize(
    ("name", "words"),
    [("systemic_cause", "systemic"), ("due_to_surgery", "surgery"), ("due_to_pregnancy", "pregnancy")],
    ids=["systemic", "surgery", "pregnancy"],
)
def test_each_exclusion_not_stated_is_named(name: str, words: str) -> None:
    [finding] = heard(seen(condition={name: None}))
    assert (finding.rule, finding.severity) == ("EXCLUSIONS_UNDOCUMENTED", "warning")
    assert [word for word in ("systemic", "surgery", "pregnancy") if word in finding.message] == [words]


@pytest.mark.parametrize(
    ("rule", "severity", "changes"),
    [
        pytest.param("EXCL_SYSTEMIC", "violation", {"condition": {"systemic_cause": True}}, id="systemic: stated"),
        *(
            pytest.param("EXCL_SYSTEMIC", "violation", {"diagnoses": ["M54.59", code]}, id=code)
            for code in ("C00.0", "C79.51", "C7A.1", "C96.9", "M45.6", "M45.9", "M46.1", "M46.90")
        ),
        *(
            pytest.param("EXCL_SYSTEMIC", None, {"diagnoses": ["M54.59", code]}, id=f"not {code}")
            for code in ("B99.9", "D00.0", "M44.1", "M47.816", "Z84.1", "Z86.010")
        ),
        pytest.param("EXCL_SYSTEMIC", "warning", {"diagnoses": ["M54.59", "Z85.3"]}, id="history of cancer"),
        pytest.param(
            "EXCL_SYSTEMIC", "violation", {"diagnoses": ["M54.59", "Z85.3", "C50.9"]}, id="history and active"
        ),
        pytest.param("EXCL_SURGERY", "violation", {"condition": {"due_to_surgery": True}}, id="surgery: stated"),
        *(
            pytest.param("EXCL_SURGERY", "violation", {"diagnoses": ["M54.59", code]}, id=code)
            for code in ("M96.1", "G89.18", "G89.28")
        ),
        *(
            pytest.param("EXCL_SURGERY", None, {"diagnoses": ["M54.59", code]}, id=f"not {code}")
            for code in ("M96.0", "G89.11", "G89.29", "Z98.0", "Z98.2")
        ),
        pytest.param("EXCL_SURGERY", "warning", {"diagnoses": ["M54.59", "Z98.1"]}, id="fusion, not the cause"),
        pytest.param("EXCL_SURGERY", None, {"screening": ["spine_surgery"]}, id="screened surgery, not the cause"),
        pytest.param(
            "EXCL_SURGERY",
            "violation",
            {"screening": ["spine_surgery"], "condition": {"due_to_surgery": True}},
            id="screened surgery, the cause",
        ),
        pytest.param("EXCL_PREGNANCY", "violation", {"condition": {"due_to_pregnancy": True}}, id="pregnancy: stated"),
        *(
            pytest.param("EXCL_PREGNANCY", "violation", {"diagnoses": ["M54.59", code]}, id=code)
            for code in ("O26.891", "O26.899", "O99.89", "O99.891")
        ),
        *(
            pytest.param("EXCL_PREGNANCY", "warning", {"diagnoses": ["M54.59", code]}, id=code)
            for code in ("Z33.1", "Z34.00", "Z34.93")
        ),
        *(
            pytest.param("EXCL_PREGNANCY", None, {"diagnoses": ["M54.59", code]}, id=f"not {code}")
            for code in ("O26.88", "O99.88", "Z33.2", "Z35", "Z32.01")
        ),
        pytest.param("EXCL_PREGNANCY", "warning", {"screening": ["pregnancy"]}, id="screened pregnancy"),
        pytest.param("EXCL_PREGNANCY", None, {"screening": ["anticoagulant"]}, id="another screening"),
    ],
)
def test_an_exclusion_is_found(rule: str, severity: str | None, changes: dict[str, Any]) -> None:
    assert found(seen(**changes)) == (told(f"{rule} {severity} visit {DAY}") if severity else set())


@pytest.mark.parametrize("hint", [{"screening": ["spine_surgery"]}, {"diagnoses": ["M54.59", "Z98.1"]}], ids=str)
def test_spine_surgery_is_a_question_while_nobody_says_whether_it_is_the_cause(hint: dict[str, Any]) -> None:
    silent = seen(condition={"due_to_surgery": None}, **hint)
    both = told(f"EXCL_SURGERY warning visit {DAY}", f"EXCLUSIONS_UNDOCUMENTED warning visit {DAY}")
    assert found(silent) == both


def test_condition_is_asked_of_visits_for_the_low_back_alone() -> None:
    """A neck visit on a billed date is judged, but the low back's chronicity and exclusions are not its questions."""
    neck = stating(RECENT, diagnoses=["M54.2", "C79.51", "M96.1", "Z33.1"], screening=["pregnancy"])
    assert found(neck, a_claim(diagnoses=["M54.2"])) == told(f"DX_NOT_COVERED violation line {DAY}")


def test_a_visit_without_needling_is_judged_by_no_rule() -> None:
    assert found(stating(RECENT, procedure=None, diagnoses=["M54.59", "C79.51"])) == set()


def test_an_excluded_visit_is_no_session_and_neither_is_its_claim() -> None:
    acute = stating(RECENT, measures=[])
    assert numbers([acute, a_claim()]) == []


def test_a_screening_that_found_something_else_asks_nothing_of_surgery() -> None:
    silent = seen(screening=["pregnancy"], condition={"due_to_surgery": None})
    assert {f.rule for f in heard(silent)} == {"EXCL_PREGNANCY", "EXCLUSIONS_UNDOCUMENTED"}


def test_several_conditions_of_one_rule_make_one_finding_with_the_gravest_severity() -> None:
    [finding] = heard(seen(diagnoses=["M54.59", "Z85.3", "C50.9"], condition={"systemic_cause": True}))
    assert finding.severity == "violation"
    assert [part in finding.message for part in ("clinician", "C50.9", "Z85.3")] == [True, True, True]
