"""Payer: what another payer covers is judged, but is no session."""

from datetime import date, timedelta

import pytest

from tests.builders import FIRST_DAY, a_claim, a_claim_for, a_course, a_line, a_score, a_visit
from tests.unit.asking import found, numbers, told

DAY = str(FIRST_DAY)
BOTH = (f"NOT_FFS info visit {DAY}", f"NOT_FFS info line {DAY}")
OTHERS = pytest.mark.parametrize("payer", ["medicare_advantage", "other"])


@OTHERS
def test_another_payers_visit_and_line_are_worth_knowing(payer: str) -> None:
    visit = a_visit(payer=payer)
    assert found(visit, a_claim_for(visit)) == told(*BOTH)


@OTHERS
def test_condition_and_diagnosis_are_judged_all_the_same(payer: str) -> None:
    acute = a_visit(payer=payer, condition={"onset_date": DAY}, diagnoses=["M54.59", "Z33.1"])
    rules = (
        f"CHRONICITY_NOT_MET violation visit {DAY}",
        f"EXCL_PREGNANCY warning visit {DAY}",
        f"DX_NOT_COVERED violation line {DAY}",
    )
    assert found(acute, a_claim_for(acute, diagnoses=["M54.2"])) == told(*BOTH, *rules)


@OTHERS
def test_frequency_kx_and_improvement_are_not(payer: str) -> None:
    """Twenty-one sessions, KX from the second, no score: nothing but whose they are."""
    assert {finding.rule for finding in found(*a_course(21, kx_from=2, scores={}, payer=payer))} == {"NOT_FFS"}


def test_dates_under_medicare_advantage_leave_the_count_alone() -> None:
    advantage = a_course(8, payer="medicare_advantage")
    original = a_course(12, start=FIRST_DAY + timedelta(weeks=8), first=9)
    assert numbers([*advantage, *original]) == list(range(1, 13))


def test_original_medicare_s_line_on_another_payers_visit_is_no_session() -> None:
    visit = a_visit(payer="medicare_advantage")
    line = a_claim_for(visit, payer="medicare_ffs", lines=[a_line(modifiers=["KX"])])
    assert found(visit, line) == told(f"NOT_FFS info visit {DAY}")
    assert numbers([visit, line]) == []


def test_one_visit_under_original_medicare_makes_the_date_a_session() -> None:
    visits = [a_visit(1, payer="other"), a_visit(2, measures=[a_score(7, FIRST_DAY)])]
    assert found(*visits) == told(f"NOT_FFS info visit {DAY}")
    assert numbers(visits) == [1]


def test_a_visit_nobody_judges_is_not_told() -> None:
    """Neck pain that is not billed, needling that did not happen, a line before the NCD."""
    assert found(a_visit(payer="other", diagnoses=["M54.2"])) == set()
    assert found(a_visit(payer="other", procedure=None)) == set()
    assert found(a_claim(payer="other", on=date(2020, 1, 20))) == told("DOS_BEFORE_NCD violation line 2020-01-20")


def test_a_billed_date_makes_a_neck_visit_a_judged_one() -> None:
    visit = a_visit(payer="other", diagnoses=["M54.2"])
    assert found(visit, a_claim_for(visit)) == told(*BOTH, f"DX_NOT_COVERED violation line {DAY}")
