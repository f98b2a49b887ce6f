"""The trace of a finding: the facts its rule read, the law it applied, the steps it took, and the verdict.

The records behind the facts are enough: an audit of them alone comes to the same finding (`replayed`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.core.audit import audit
from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted, Event
from shared.core.facts import Fact, facts_of
from shared.core.findings import Finding, Subject
from shared.core.history import History
from shared.core.policy import Policies
from shared.core.rules import RULES
from shared.core.rules.reads import MONEY
from shared.core.rules.rule import Rule
from shared.core.steps import Step, steps_of


@dataclass(frozen=True, slots=True)
class Law:
    """One setting of the policy as it stood on the day judged."""

    setting: str
    value: Any
    since: date
    basis: str
    source: str
    section: str
    url: str
    quote: str
    reading: str


@dataclass(frozen=True)
class Trace:
    """Why a finding stands. `records` are its evidence, whole."""

    finding: Finding
    facts: tuple[Fact, ...]
    law: tuple[Law, ...]
    steps: tuple[Step, ...]
    records: tuple[Event, ...]


Wanted = str | tuple[str, Subject | None] | None


def trace(wanted: Wanted, patient_id: str, history: History, policies: Policies, as_of: date) -> tuple[Trace, ...]:
    """The traces of what stands: of the finding with that id, those of a rule (about one subject, or any), or all."""
    chart = Chart(history, policies, as_of)
    return tuple(
        _traced(finding, rule, chart)
        for finding in audit(patient_id, history, policies, as_of).findings.values()
        if _is_wanted(finding, wanted)
        for rule in _rules_behind(finding, chart)
    )


def replayed(traced: Trace, policies: Policies, as_of: date) -> Finding:
    """The same finding from nothing but the records of its trace."""
    history = History({(record.kind, record.record_id): record for record in traced.records})
    return audit(traced.finding.patient_id, history, policies, as_of).findings[traced.finding.finding_id]


def _is_wanted(finding: Finding, wanted: Wanted) -> bool:
    match wanted:
        case None:
            return True
        case str():
            return finding.finding_id == wanted
    rule, subject = wanted
    return finding.rule == rule and subject in (None, finding.subject)


def _rules_behind(finding: Finding, chart: Chart) -> list[Rule[Any]]:
    """The rule that says so; two rules may share a name, and the last to speak of a subject stands."""
    speaking = [
        rule for rule in RULES if rule.name == finding.rule and finding in rule.findings(chart, finding.patient_id)
    ]
    return speaking[-1:]


def _traced(finding: Finding, rule: Rule[Any], chart: Chart) -> Trace:
    latest = chart.history.latest
    records = tuple(latest[kind, record_id] for kind, record_id, _ in finding.evidence)
    reads = (*rule.reads, *MONEY) if finding.at_stake else rule.reads
    facts = (fact for record in records for fact in facts_of(record, reads, finding.subject, chart.history))
    law = _law(rule, _day_judged(finding, chart.history), chart.policies)
    return Trace(finding, tuple(facts), tuple(law), tuple(steps_of(finding, chart)), records)


def _day_judged(finding: Finding, history: History) -> date:
    """The date of service; of a claim the day it was received."""
    claim = history.latest.get(("claim", finding.subject.claim_id or ""))
    received = claim.received_on if isinstance(claim, ClaimSubmitted) else date.min
    return finding.subject.date_of_service or received


def _law(rule: Rule[Any], day: date, policies: Policies) -> Iterator[Law]:
    policy = policies.on(day)
    for name, citation in zip(rule.cites, policies.citations(rule.cites, day), strict=True):
        setting = getattr(policy, name)
        source, section, url, basis, quote, reading = citation
        yield Law(name, setting.plain, setting.since, basis, source, section, url, quote, reading)
