"""The catalogue tells what the code does, and every requirement of the NCD has its answer."""

import json
import re
from collections.abc import Iterable
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel, ValidationError
from typer.testing import CliRunner, Result

from local.rules_command import rules
from shared.core.audit import audit
from shared.core.catalogue import Requirement, catalogue, matrix
from shared.core.events import ClaimSubmitted, EligibilityReceived, MeasureRecorded, RemittanceReceived, VisitRecorded
from shared.core.policy import policies
from shared.core.rules import RULES
from shared.core.rules.reads import MONEY
from shared.core.settings import SETTINGS
from tests.unit.asking import AS_OF
from tests.unit.test_cases import CASES
from tests.unit.test_evidence import histories

RECORDS: dict[str, type[BaseModel]] = {
    "visit": VisitRecorded,
    "claim": ClaimSubmitted,
    "remittance": RemittanceReceived,
    "eligibility": EligibilityReceived,
    "measure": MeasureRecorded,
}
NAMES = {entry.rule for entry in catalogue()}
BASES = {
    "house_reading": "NO_BASELINE IMPROVEMENT_BELOW_MIC IMPROVEMENT_STALE OUTSIDE_INITIAL_WINDOW DX_NOT_POINTED "
    "DX_MIXED PRIOR_COURSE_FAILED VISIT_WITHOUT_CLAIM CLAIM_WITHOUT_VISIT SAME_DAY_TWO_ENCOUNTERS",
    "cms_text": "OVER_ANNUAL_LIMIT IMPROVEMENT_MISSING CHRONICITY_NOT_MET DX_NOT_COVERED SUPERVISION_MISSING",
    "cms_table": "PTP MUE AOC_NO_PRIMARY DX_INVALID_FOR_DOS MOD25_MISSING",
}


def models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def has_field(model: type[BaseModel], path: list[str]) -> bool:
    field = model.model_fields.get(path[0])
    if field is None:
        return False
    return not path[1:] or any(has_field(inner, path[1:]) for inner in models_in(field.annotation))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name} {rule.over.__name__}")
def test_a_rule_reads_only_fields_that_records_have(rule: Any) -> None:
    paths = [path.split(".") for path in (*rule.reads, *MONEY)]
    assert [path for path in paths if not has_field(RECORDS[path[0]], path[1:])] == []
    assert rule.reads


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name} {rule.over.__name__}")
def test_how_a_rule_arises_names_settings_and_no_number_of_theirs(rule: Any) -> None:
    named = set(re.findall(r"`(\w+)`", rule.arises))
    assert named <= set(SETTINGS)
    assert not re.search(r"\b\d", rule.arises)
    assert rule.arises.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name} {rule.over.__name__}")
def test_a_rule_that_can_be_a_violation_names_a_denial_of_the_table(rule: Any) -> None:
    rows = policies().on(AS_OF).denials.value
    assert rule.denial in rows or (not rule.denial and "violation" not in rule.severities)


def test_every_severity_that_arises_is_announced() -> None:
    """Over all cases: a rule has no severity that its entry does not list."""
    listed = {(entry.rule, severity) for entry in catalogue() for severity in entry.severities}
    arisen = {
        (finding.rule, finding.severity.value)
        for case in CASES
        for patient, told in histories(case).items()
        for finding in audit(patient, told, policies(), AS_OF).findings.values()
    }
    assert arisen - listed == set()


@pytest.mark.parametrize(("basis", "rules"), BASES.items())
def test_what_a_rule_rests_on_is_told_apart(basis: str, rules: str) -> None:
    bases = {entry.rule: entry.basis for entry in catalogue()}
    assert {rule: bases[rule] for rule in rules.split()} == dict.fromkeys(rules.split(), (basis,))


def test_one_name_has_one_entry() -> None:
    """Two functions of one rule share name, section, meaning and denial; the entry tells how either arises."""
    assert len(catalogue()) == len(NAMES) == len({(rule.name, rule.section, rule.means, rule.denial) for rule in RULES})
    entries = {entry.rule: entry for entry in catalogue()}
    assert [len(entries[rule].arises) for rule in ("PTP", "MOD25_MISSING", "PERFORMER_NOT_ELIGIBLE")] == [1, 2, 2]
    assert entries["PERFORMER_NOT_ELIGIBLE"].basis == ("cms_text", "house_reading")


def test_an_entry_shows_the_settings_it_names_with_value_date_and_options() -> None:
    (entry,) = (entry for entry in catalogue() if entry.rule == "KX_MISSING")
    shown = {setting.name: setting for setting in entry.settings}
    assert [shown[name].value for name in ("kx_first", "kx_last", "kx_modifier")] == [13, 20, "KX"]
    assert str(shown["kx_scope"].since) == "2020-01-21"
    assert shown["kx_scope"].options == ("every_line", "one_line")


def test_every_rule_of_the_matrix_exists() -> None:
    named = {rule for requirement in matrix().requirement for rule in requirement.rules}
    assert named | set(matrix().beyond) == NAMES


def test_a_rule_serves_a_requirement_or_says_why_it_is_here() -> None:
    named = {rule for requirement in matrix().requirement for rule in requirement.rules}
    assert named & set(matrix().beyond) == set()
    assert all(matrix().beyond.values())


def test_every_requirement_has_an_id_of_its_own_and_a_place() -> None:
    ids = [requirement.id for requirement in matrix().requirement]
    assert len(ids) == len(set(ids))
    assert all(requirement.text and requirement.source and requirement.section for requirement in matrix().requirement)


@pytest.mark.parametrize("answers", [{}, {"rules": ("MUE",), "manual": "x"}, {"manual": "x", "not_covered": "y"}])
def test_a_requirement_has_exactly_one_answer(answers: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="one of"):
        Requirement(id="X-1", text="t", source="s", section="c", **answers)


def asked(*arguments: str) -> Result:
    app = typer.Typer(rich_markup_mode=None)
    app.command()(rules)
    return CliRunner().invoke(app, arguments, standalone_mode=False)


def test_the_command_lists_every_rule_under_its_section() -> None:
    told = asked().output
    assert [name for name in NAMES if f"  {name} " not in told] == []
    assert [entry.section for entry in catalogue() if entry.section not in told] == []


def test_the_command_shows_one_rule_in_full() -> None:
    told = " ".join(asked("over_annual_limit").output.split())
    for words in ("No more than 20 acupuncture treatments", "period_mode", "calendar_year", "N362", "CMS's text"):
        assert words in told


def test_the_command_prints_what_checks_each_requirement() -> None:
    told = asked("--matrix").output
    assert [r.id for r in matrix().requirement if not re.search(rf"^{r.id} ", told, re.MULTILINE)] == []
    assert "manual: " in told
    assert "not covered: " in told


def test_the_command_answers_machines() -> None:
    entries = json.loads(asked("--json").output)
    assert {entry["rule"] for entry in entries} == NAMES
    (one,) = (entry for entry in entries if entry["rule"] == "PTP")
    assert json.loads(asked("PTP", "--json").output) == one
    assert one["denial"]["carc"] == ["236", "97"]
    assert one["citations"][0]["basis"] == "cms_table"
    assert len(json.loads(asked("--matrix", "--json").output)["requirement"]) == len(matrix().requirement)


def test_an_unknown_rule_is_answered_with_the_closest(capsys: pytest.CaptureFixture[str]) -> None:
    """One line on standard error, status 2."""
    assert rules("KX_MISING") == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith("ncd-audit: no rule KX_MISING; the closest are KX_MISSING, ")
