"""The same questions to our rules: the core six of the catalogue, or all of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from shared.core.audit import audit
from shared.core.chart import Chart
from shared.core.findings import Finding
from shared.core.history import History
from shared.core.intake import parse_event
from shared.core.policy import policies
from shared.core.rules import RULES
from shared.core.rules.rule import Rule
from tests.benchmarks.patients import CORE_SIX, Told

AS_OF = date(2025, 12, 31)
_SIX = [rule for rule in RULES if rule.name in CORE_SIX]


def history(lines: list[bytes]) -> History:
    return History.of(parse_event(line).detail for line in lines)[0]


def core_six(patient_id: str, records: History) -> list[Finding]:
    """With message, evidence, citations and money, as the audit makes them."""
    chart = Chart(records, policies(), AS_OF)
    return [finding for rule in _SIX for finding in rule.findings(chart, patient_id)]


def judged(records: History) -> int:
    """The verdicts of the core six alone, nothing written out."""
    chart = Chart(records, policies(), AS_OF)
    rules: list[Rule[Any]] = _SIX
    return sum(rule.judge(each, chart) is not None for rule in rules for each in chart.once(rule.over))


def whole(patient_id: str, records: History) -> list[Finding]:
    return list(audit(patient_id, records, policies(), AS_OF).findings.values())


def told(findings: list[Finding]) -> Iterator[Told]:
    for finding in findings:
        if finding.rule in CORE_SIX:
            yield finding.patient_id, finding.rule, str(finding.subject.date_of_service)
