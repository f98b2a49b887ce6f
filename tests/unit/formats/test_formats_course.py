"""A whole course told in FHIR, through the core: what FHIR says is judged, and what it cannot say is asked for."""

from collections.abc import Mapping
from datetime import date

import pytest
from fhir.resources.R4B import get_fhir_model_class

from tests.unit.asking import ask, findings, periods
from tests.unit.formats import hl7_sample
from tests.unit.formats.fhir_course import BETTER, FILE, a_fhir_course, text
from tests.unit.formats.heard import details, envelopes, notes
from tests.unit.formats.hl7 import a_charge, a_result, ft1, msh
from tests.unit.formats.hl7 import told as told_by_hl7
from tests.unit.formats.resources import Body, told

AS_OF = date(2026, 6, 1)
# Of the note, the muscles, an injection and the causes of the pain FHIR has no field.
NOT_STATED = {"DOCUMENTATION_INCOMPLETE", "MUSCLE_NAMES_MISSING", "INJECTION_DOCUMENTED", "EXCLUSIONS_UNDOCUMENTED"}


def concluded(course: Body) -> tuple[set[tuple[str, str]], list[int]]:
    """The rules that speak with their severity, and the sessions counted in each period."""
    document = ask(envelopes(told(course)), as_of=AS_OF)
    said = {(finding["rule"], finding["severity"]) for finding in findings(document)}
    return said, [period["sessions_counted"] for period in periods(document)]


def test_a_course_in_fhir_is_judged_on_all_but_what_fhir_cannot_say() -> None:
    said, counted = concluded(a_fhir_course())
    assert counted == [14]
    assert {rule for rule, _ in said} == NOT_STATED
    assert "violation" not in {severity for _, severity in said}


@pytest.mark.parametrize(
    ("scores", "rule"),
    [
        ({}, "NO_BASELINE"),
        ({1: 7}, "IMPROVEMENT_MISSING"),
        ({1: 7, 12: 6}, "IMPROVEMENT_BELOW_MIC"),
        ({1: 5, 6: 2, 12: 8}, "CONTINUED_AFTER_REGRESSION"),
    ],
)
def test_the_scores_in_fhir_decide_about_improvement(scores: Mapping[int, int], rule: str) -> None:
    said, _ = concluded(a_fhir_course(scores))
    assert rule in {found for found, _ in said}
    assert rule not in {found for found, _ in concluded(a_fhir_course(BETTER))[0]}


def test_the_file_is_the_course_and_valid_fhir() -> None:
    assert FILE.read_text(encoding="utf-8") == text()
    get_fhir_model_class("Bundle").model_validate(a_fhir_course())


def test_charges_and_results_in_hl7_make_sessions_with_scores() -> None:
    days = ["20260105", "20260112", "20260119"]
    charges = [a_charge(ft1(on=on), header=msh(made=f"{on}200000")) for on in days]
    events = envelopes(told_by_hl7(*charges, a_result()))
    document = ask(events, as_of=AS_OF)
    assert {finding["rule"] for finding in findings(document)} >= {"VISIT_WITHOUT_CLAIM", "MUSCLE_NAMES_MISSING"}
    assert "violation" not in {finding["severity"] for finding in findings(document)}


def test_the_hl7_file_tells_two_visits_one_of_which_is_taken_back() -> None:
    assert hl7_sample.FILE.read_text(encoding="utf-8") == hl7_sample.text()
    answer = told_by_hl7(hl7_sample.text())
    assert [(it.get("date_of_service"), it["status"]) for it in details(answer)] == [
        ("2026-01-15", "completed"),
        ("2026-01-22", "completed"),
        ("2026-01-22", "entered-in-error"),
        (None, "final"),
    ]
    assert notes(answer) == [("message 1: FT1[2]", "has a procedure that is no needling")]
