"""The trace of a finding: which facts, which law, which steps; and the same finding again from its records alone."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import TypeAdapter

from local.explain_command import explain
from shared.core.audit import audit
from shared.core.findings import Finding, Subject
from shared.core.policy import policies
from shared.core.rules import RULES
from shared.core.rules.reads import MONEY
from shared.core.settings import SETTINGS
from shared.core.steps import STEPS
from shared.core.trace import Trace, replayed, trace
from tests.builders import (
    FIRST_DAY,
    Envelope,
    a_claim,
    a_claim_for,
    a_course,
    a_line,
    a_remittance,
    a_visit,
    an_eligibility,
)
from tests.unit.asking import AS_OF, history_of

WORSENING = {1: 5, 3: 5, 5: 8, 7: 8}
ABROAD = {"count": 12, "first_on": FIRST_DAY - timedelta(days=30), "last_on": FIRST_DAY - timedelta(days=2)}


def week(number: int) -> date:
    return FIRST_DAY + timedelta(weeks=number - 1)


def traced(events: Iterable[Envelope], rule: str, subject: Subject | None = None) -> tuple[Trace, ...]:
    return trace((rule, subject), "P-1", history_of(events), policies(), AS_OF)


def thirteen_without_kx() -> list[Envelope]:
    return a_course(13, kx_from=None)


def test_facts_are_what_the_rule_reads_as_the_records_have_it() -> None:
    [found] = traced(thirteen_without_kx(), "KX_MISSING")
    facts = {(fact.id, fact.field): fact.value for fact in found.facts}
    assert facts["C-1-13", "lines[0].modifiers"] == []
    assert facts["C-1-13", "lines[0].date_of_service"] == "2025-03-31"
    assert facts["V-1-01", "date_of_service"] == "2025-01-06"
    assert {fact.version for fact in found.facts} == {1}
    assert {(fact.kind, fact.id) for fact in found.facts} <= {(e.kind, e.id) for e in found.finding.evidence}
    assert len(found.facts) == len(facts)


def test_every_fact_is_a_field_that_the_rule_says_it_reads_or_the_money_at_stake() -> None:
    [found] = traced(thirteen_without_kx(), "KX_MISSING")
    [reads] = [rule.reads for rule in RULES if rule.name == "KX_MISSING"]
    fields = {f"{fact.kind}.{fact.field.replace('[0]', '')}" for fact in found.facts}
    assert fields <= {*reads, *MONEY}
    assert "claim.lines.charge" in fields


def test_of_a_claim_only_the_lines_of_the_date_are_shown() -> None:
    other = a_line(2, on=week(1), modifiers=["GP"], charge="99.00")
    lines = [a_line(1, on=week(13)), other, a_line(3, on=week(13), modifiers=["KX"])]
    *course, visit, _claim = thirteen_without_kx()
    [found] = traced([*course, visit, a_claim("C-many", on=week(13), lines=lines)], "KX_MISSING")
    shown = {fact.field.partition("]")[0] for fact in found.facts if fact.id == "C-many" and "lines[" in fact.field}
    assert shown == {"lines[0", "lines[2"}


def test_a_fact_not_stated_is_shown_as_such() -> None:
    [found] = traced(a_course(1, condition={"onset_date": None}), "CHRONICITY_UNDOCUMENTED")
    assert [fact.value for fact in found.facts if fact.field == "condition.onset_date"] == [None]


def test_the_law_is_that_of_the_date_of_service() -> None:
    for on, codes in ((date(2021, 9, 30), ["M54.5"]), (date(2021, 10, 1), ["M54.50", "M54.51", "M54.59"])):
        [found] = traced([a_claim(on=on, diagnoses=["M54.2"])], "DX_NOT_COVERED")
        [covered] = [law for law in found.law if law.setting == "covered_diagnoses"]
        assert covered.value == codes
        assert covered.since <= on
        assert covered.source
        assert covered.reading


def test_a_claim_is_judged_by_the_law_of_the_day_it_was_received() -> None:
    [found] = traced([a_claim(frequency_code="8", replaces_claim_id="C-9", lines=[])], "ORPHAN_VOID")
    assert [law.setting for law in found.law] == list(found_rule("ORPHAN_VOID").cites)
    assert found.steps[-1].values == {"names": "C-9", "on_record": False}


def found_rule(name: str) -> Any:
    return next(rule for rule in RULES if rule.name == name)


def test_the_steps_to_a_number() -> None:
    [found] = traced(thirteen_without_kx(), "KX_MISSING")
    period, number, kx = found.steps
    assert period.values == {"started_on": FIRST_DAY, "next_from": date(2026, 1, 1)}
    assert number.values == {"number": 13, "counted_before": [week(n) for n in range(1, 13)], "elsewhere": 0}
    assert kx.values == {"first": 13, "last": 20, "due": True, "lines": {"line 1 of claim C-1-13": False}}
    assert "visit V-1-01" in period.text


def test_sessions_elsewhere_are_told_with_their_source() -> None:
    found = traced([*a_course(1), an_eligibility(external_sessions=ABROAD)], "KX_MISSING")[0]
    period, number, _kx = found.steps
    assert "furnished elsewhere, says eligibility E-1-01" in period.text
    assert number.values == {"number": 13, "counted_before": [], "elsewhere": 12}


def test_the_steps_of_a_comparison() -> None:
    [found] = traced(a_course(13, scores={1: 7, 12: 6}), "IMPROVEMENT_BELOW_MIC")
    scores = next(step for step in found.steps if step.name == "scores")
    assert scores.text == (
        "NRS: baseline 7 on 2025-01-06 (visit V-1-01); latest 6 on 2025-03-24 (visit V-1-12): a gain of 1, 14.3% of "
        "the baseline; 2 or 30 % is important: better by less."
    )
    level = next(step for step in found.steps if step.name == "improvement")
    assert (level.values["level"], level.values["ever_better"]) == ("some", True)


def test_a_second_period_says_why_it_began() -> None:
    [found] = traced([*a_course(1), *a_course(13, start=date(2026, 1, 1), first=2, kx_from=None)], "KX_MISSING")
    assert "on or after 2026-01-01" in found.steps[0].text


@pytest.mark.parametrize(
    ("events", "rule", "limit"),
    [
        pytest.param([a_claim()], "CLAIM_WITHOUT_VISIT", date(2025, 1, 14), id="visit due"),
        pytest.param([a_visit()], "VISIT_WITHOUT_CLAIM", date(2025, 2, 5), id="claim due"),
        pytest.param([a_claim(received_on="2026-01-07")], "FILING_DEADLINE", date(2026, 1, 6), id="filing limit"),
    ],
)
def test_a_clock_tells_its_date(events: list[Envelope], rule: str, limit: date) -> None:
    [found] = traced(events, rule)
    assert found.steps[0].values["limit"] == limit
    assert found.steps[0].values.get("as_of", AS_OF) == AS_OF


def test_steps_are_told_of_rules_that_exist() -> None:
    assert set(STEPS) <= {rule.name for rule in RULES}


def crowded() -> list[Envelope]:
    """A finding of every section at least."""
    visit = a_visit(
        30,
        on=week(22),
        performer={"profession": "chiropractor"},
        note={"signed": False},
        condition={"due_to_surgery": True},
        procedure={"muscles": [], "injection": True},
    )
    beside = [a_line(1, on=week(22), modifiers=["50", "GA"]), a_line(2, on=week(22), procedure_code="20561")]
    return [
        *a_course(21, scores={**WORSENING, 9: 4, 15: 6}),
        visit,
        a_claim("C-30", on=week(22), lines=beside),
        a_claim("C-31", on=week(23), received_on="2026-08-01", diagnoses=["M54.2"]),
        a_claim("C-32", on=week(24), payer="medicare_advantage"),
        a_claim("C-33", frequency_code="8", replaces_claim_id="C-99", lines=[]),
        a_remittance(a_claim_for(a_visit(21, on=week(21)), modifiers=["KX"])),
        a_visit(40, on=week(25)),
    ]


def test_the_records_of_a_trace_give_the_same_finding_byte_for_byte() -> None:
    history = history_of(crowded())
    standing = audit("P-1", history, policies(), AS_OF).findings
    assert {rule.section for rule in RULES} == {found_rule(finding.rule).section for finding in standing.values()}
    for finding_id, finding in standing.items():
        [found] = trace(finding_id, "P-1", history, policies(), AS_OF)
        assert found.finding == finding
        assert as_bytes(replayed(found, policies(), AS_OF)) == as_bytes(finding)


def test_a_finding_is_replayed_from_the_records_of_its_trace_alone() -> None:
    history = history_of(a_course(14, kx_from=None))
    traces = trace(None, "P-1", history, policies(), AS_OF)
    assert [found.finding for found in traces] == list(audit("P-1", history, policies(), AS_OF).findings.values())
    for found in traces:
        assert replayed(found, policies(), AS_OF) == found.finding


def as_bytes(finding: Finding) -> bytes:
    return TypeAdapter(Finding).dump_json(finding)


def test_every_finding_has_facts_and_law() -> None:
    history = history_of(crowded())
    for finding_id in audit("P-1", history, policies(), AS_OF).findings:
        [found] = trace(finding_id, "P-1", history, policies(), AS_OF)
        assert found.facts, found.finding.rule
        assert {law.setting for law in found.law} <= set(SETTINGS)
        assert len(found.law) == len(found.finding.citations)


def test_a_finding_is_asked_for_by_id_or_by_rule_and_subject() -> None:
    history = history_of(a_course(15, kx_from=None))
    first, second, third = trace(("KX_MISSING", None), "P-1", history, policies(), AS_OF)
    assert trace(second.finding.finding_id, "P-1", history, policies(), AS_OF) == (second,)
    assert trace(("KX_MISSING", third.finding.subject), "P-1", history, policies(), AS_OF) == (third,)
    assert trace(("KX_UNNEEDED", first.finding.subject), "P-1", history, policies(), AS_OF) == ()


def ran(*arguments: str) -> Any:
    app = typer.Typer()
    app.command()(explain)
    return typer.main.get_command(app)(list(arguments), standalone_mode=False)


@pytest.fixture
def stream(tmp_path: Path) -> str:
    path = tmp_path / "stream.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in thirteen_without_kx()), encoding="utf-8")
    return str(path)


def test_explain_prints_four_sections(stream: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("--rule", "KX_MISSING", "--patient", "P-1", stream) == 0
    out = capsys.readouterr().out
    places = [out.index(f"\n{title}\n") for title in ("Facts", "Law", "Steps", "Verdict")]
    assert places == sorted(places)
    assert "2025-03-31 is session 13" in " ".join(out.split())


def test_explain_for_machines_by_id(stream: str, capsys: pytest.CaptureFixture[str]) -> None:
    [found] = traced(thirteen_without_kx(), "KX_MISSING")
    assert ran(found.finding.finding_id, stream, "--as-of", str(AS_OF), "--json") == 0
    [told] = json.loads(capsys.readouterr().out)
    assert list(told) == ["finding", "facts", "law", "steps"]
    assert told["finding"]["finding_id"] == found.finding.finding_id
    assert told["finding"]["subject"]["claim_id"] == "C-1-13"
    assert {"kind": "claim", "id": "C-1-13", "version": 1, "field": "lines[0].modifiers", "value": []} in told["facts"]
    assert told["steps"][1]["values"]["number"] == 13
    assert told["law"][0]["value"] == 13


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--rule", "KX_UNNEEDED", "--patient", "P-1"], "what stands: KX_MISSING (1)", id="another rule"),
        pytest.param(["--rule", "KX_MISSING", "--patient", "P-9"], "of that patient, but of P-1", id="another patient"),
        pytest.param(["0123456789"], "what stands: KX_MISSING (1)", id="an unknown id"),
    ],
)
def test_explain_says_in_one_line_what_stands_instead(
    arguments: list[str], said: str, stream: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(*arguments, stream) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--rule", "KX_MISSING"], []], ids=["no patient", "no files"])
def test_explain_refuses_a_question_that_is_not_whole(arguments: list[str], stream: str) -> None:
    with pytest.raises(typer.BadParameter):
        ran(*arguments, stream)
