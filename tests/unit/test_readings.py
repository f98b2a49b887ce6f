"""Where the NCD is open (AMB-1 to AMB-16): every reading the policy can be set to, and what it changes."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.core.policy import Policies, policies
from tests.builders import (
    FIRST_DAY,
    Envelope,
    a_claim,
    a_claim_for,
    a_course,
    a_line,
    a_measure,
    a_remittance,
    a_score,
    a_visit,
)
from tests.unit.asking import concluded, found, numbers, starts, told

DAY = str(FIRST_DAY)


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def under(**reading: Any) -> Policies:
    return policies().changed(**reading)


def on(*days: date) -> list[Envelope]:
    return [a_visit(n, on=each, measures=[a_score(7, each)]) for n, each in enumerate(days)]


TWO_ON_A_DAY = [
    a_visit("V-1"),
    a_visit("V-2"),
    a_claim(lines=[a_line(1), a_line(2), a_line(3)]),
    a_visit("V-3", on=day(7)),
]


@pytest.mark.parametrize(("unit", "shown"), [("day", [1, 2]), ("encounter", [2, 3]), ("line", [3, 4])])
def test_amb_1_what_a_session_is(unit: str, shown: list[int]) -> None:
    assert numbers(TWO_ON_A_DAY, under(session_unit=unit)) == shown


@pytest.mark.parametrize(
    ("mode", "last_inside"),
    [("anchored", 89), ("anchored_next_day", 90), ("rolling", None), ("ordinal", None)],
)
def test_amb_2_how_the_ninety_days_count(mode: str, last_inside: int | None) -> None:
    law = under(initial_window_mode=mode)
    outside = [n for n in (89, 90, 91) if found(*on(day(0), day(n)), law=law)]
    assert outside == ([] if last_inside is None else [n for n in (89, 90, 91) if n > last_inside])


@pytest.mark.parametrize("severity", ["violation", "warning", "info"])
def test_amb_2_how_grave_a_session_outside_the_window_is(severity: str) -> None:
    outside = told(f"OUTSIDE_INITIAL_WINDOW {severity} session {day(90)}")
    assert found(*on(day(0), day(90)), law=under(initial_window_severity=severity)) == outside


BILLED = a_claim(2, on=day(7))
ONE_DENIED_ONE_NOT_BILLED = [*a_course(1), a_remittance(a_course(1)[1], status="denied"), BILLED, *on(day(14))]


@pytest.mark.parametrize(("basis", "days"), [("clinical", [0, 7, 14]), ("payer", [7])])
def test_amb_3_which_dates_consume_a_session(basis: str, days: list[int]) -> None:
    [course] = concluded(ONE_DENIED_ONE_NOT_BILLED, under(count_basis=basis)).courses
    assert [session.on for session in course.sessions] == [day(n) for n in days]


@pytest.mark.parametrize(
    ("mode", "following"),
    [
        ("full_months", date(2026, 3, 1)),
        ("days_365", date(2026, 3, 31)),
        ("anniversary", date(2026, 3, 31)),
        ("calendar_year", date(2026, 1, 1)),
    ],
)
def test_amb_4_what_a_year_is(mode: str, following: date) -> None:
    law, start = under(period_mode=mode), date(2025, 3, 31)
    assert starts(on(start, following - timedelta(days=1)), law) == [str(start)]
    assert starts(on(start, following), law) == [str(start), str(following)]


@pytest.mark.parametrize(
    ("mode", "start", "following"),
    [
        ("days_365", date(2024, 1, 10), date(2025, 1, 9)),
        ("anniversary", date(2024, 1, 10), date(2025, 1, 10)),
        ("anniversary", date(2024, 2, 29), date(2025, 2, 28)),
    ],
    ids=["365 days over 29 February", "anniversary over 29 February", "anniversary of 29 February"],
)
def test_amb_4_leap_days(mode: str, start: date, following: date) -> None:
    [first, *_] = concluded(on(start), under(period_mode=mode)).courses
    assert first.period.next_from == following


THIRTEEN = a_course(13, scores={1: 7, 13: 6})
LAST = day(84)


@pytest.mark.parametrize(
    ("standard", "rules"),
    [
        ("any", [f"IMPROVEMENT_BELOW_MIC warning session {LAST}"]),
        ("important", [f"IMPROVEMENT_MISSING violation session {LAST}", f"KX_UNSUPPORTED violation line {LAST}"]),
    ],
)
def test_amb_5_how_much_improvement_is_enough(standard: str, rules: list[str]) -> None:
    assert found(*THIRTEEN, law=under(improvement_standard=standard)) == told(*rules)


def test_amb_5_a_gain_too_small_for_the_standard_is_still_nothing_worse() -> None:
    law = under(improvement_standard="important")
    assert found(*a_course(5, scores={1: 7, 2: 6}), law=law) == set()
    assert found(*a_course(5, scores={1: 7, 4: 9}), law=law) == told(
        f"CONTINUED_AFTER_REGRESSION warning session {day(28)}"
    )


@pytest.mark.parametrize(("codes", "covered"), [(["M54.50", "M54.59"], True), (["M54.51"], False)], ids=str)
def test_amb_6_which_low_back_codes_are_covered(codes: list[str], *, covered: bool) -> None:
    """The list is data: another one is another answer, for a code of the family as invalid."""
    law = under(covered_diagnoses=codes)
    rules = set() if covered else told(f"DX_INVALID_FOR_DOS violation line {DAY}")
    assert found(a_measure(), a_claim(), law=law) == rules


@pytest.mark.parametrize(("scope", "missing"), [("every_line", True), ("one_line", False)])
def test_amb_9_which_lines_carry_kx(scope: str, *, missing: bool) -> None:
    *course, _ = a_course(13)
    lines = [a_line(1, on=LAST, modifiers=["KX"]), a_line(2, on=LAST)]
    said = found(*course, a_claim(13, on=LAST, lines=lines), law=under(kx_scope=scope))
    assert said == (told(f"KX_MISSING violation line {LAST}") if missing else set())


def test_amb_9_one_line_at_least() -> None:
    said = found(*a_course(13, kx_from=None), law=under(kx_scope="one_line"))
    assert said == told(f"KX_MISSING violation line {LAST}")


@pytest.mark.parametrize(("mode", "rules"), [("any", []), ("first", [f"DX_NOT_POINTED violation line {DAY}"])])
def test_amb_10_which_pointer_names_the_covered_diagnosis(mode: str, rules: list[str]) -> None:
    claim = a_claim(diagnoses=["I10", "M54.59"], lines=[a_line(diagnosis_pointers=[1, 2])])
    assert found(a_measure(), claim, law=under(dx_pointer_mode=mode)) == told(*rules)


@pytest.mark.parametrize(
    ("severity", "unsupported"), [("warning", []), ("violation", [f"KX_UNSUPPORTED violation line {LAST}"])]
)
def test_amb_11_treatment_on_the_day_the_loss_shows(severity: str, unsupported: list[str]) -> None:
    lost = a_course(13, scores={1: 7, 12: 4, 13: 7})
    lost_at_13 = f"CONTINUED_AFTER_REGRESSION {severity} session {LAST}"
    assert found(*lost, law=under(regression_same_day=severity)) == told(lost_at_13, *unsupported)


@pytest.mark.parametrize(("reading", "warns"), [("warn_when_worse", True), ("trial_allowed", False)])
def test_amb_12_a_patient_who_gets_worse_before_session_13(reading: str, *, warns: bool) -> None:
    said = found(*a_course(4, scores={1: 5, 3: 7}), law=under(regression_before_kx=reading))
    assert said == (told(f"CONTINUED_AFTER_REGRESSION warning session {day(21)}") if warns else set())


@pytest.mark.parametrize(("basis", "first"), [("clinical", 7), ("payer", 0)])
def test_amb_13_what_starts_a_period(basis: str, first: int) -> None:
    """A line whose visit was for the neck is no session, but the payer saw it."""
    neck = [a_visit(1, diagnoses=["M54.2"]), a_claim(1)]
    [course] = concluded([*neck, *on(day(7))], under(anchor_basis=basis)).courses
    assert (course.period.started_on, [s.number for s in course.sessions]) == (day(first), [1])


@pytest.mark.parametrize(("days", "stale"), [(90, False), (6, True), (7, False)])
def test_amb_14_how_old_evidence_may_be(days: int, *, stale: bool) -> None:
    said = found(*a_course(13), law=under(improvement_max_age_days=days))
    assert said == (told(f"IMPROVEMENT_STALE warning session {LAST}") if stale else set())


@pytest.mark.parametrize(("reading", "severity"), [("allowed", "info"), ("barred", "violation")])
def test_amb_15_a_new_period_after_a_course_that_failed(reading: str, severity: str) -> None:
    events = [*a_course(13, scores={1: 7}), *on(date(2026, 1, 5))]
    prior = told(f"PRIOR_COURSE_FAILED {severity} session 2026-01-05")
    said = {finding for finding in found(*events, law=under(prior_failure=reading)) if finding.of == "2026-01-05"}
    assert said == prior


@pytest.mark.parametrize(
    ("reading", "rules"),
    [("attributed", []), ("any", [f"EXCL_SURGERY violation visit {DAY}"])],
)
def test_amb_16_whether_any_spine_surgery_bars(reading: str, rules: list[str]) -> None:
    visit = a_visit(screening=["spine_surgery"], measures=[a_score(7, FIRST_DAY)])
    assert found(visit, a_claim_for(visit), law=under(surgery_attribution=reading)) == told(*rules)
