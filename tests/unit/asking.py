"""Asking the auditor in a test: events in, what a compliance officer would read out."""

import json
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from typing import Any

from local.answer import answer
from shared.core.audit import Conclusions, audit
from shared.core.events import Event
from shared.core.findings import Finding
from shared.core.history import History
from shared.core.intake import parse_event
from shared.core.policy import Policies, policies
from shared.core.rules import RULES
from tests.builders import Envelope
from tests.stories import Told

AS_OF = date(2026, 12, 31)
RECORDED_AT = datetime(2026, 12, 31, 12, tzinfo=UTC)
# A history that shows one point of these sections is no complete record: other sections have something to say of it.
SECTIONS = {"Condition and diagnosis", "Frequency", "Improvement", "Payer"}
COVERAGE = frozenset(rule.name for rule in RULES if rule.section in SECTIONS)


def message(event: Envelope) -> bytes:
    """`event` as the bus delivers it."""
    return json.dumps(event).encode()


def snapshot(event: Envelope) -> Event:
    return parse_event(message(event)).detail


def ask(events: Iterable[Envelope], *, as_of: date = AS_OF, withdrawn: bool = False) -> dict[str, Any]:
    """The document for events in their order of arrival."""
    return answer(map(message, events), as_of, withdrawn=withdrawn)


def findings(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for patient in document["patients"] for finding in patient["findings"]]


def periods(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"patient_id": p["patient_id"], **period} for p in document["patients"] for period in p["periods"]]


def said(document: dict[str, Any]) -> set[Told]:
    """Every finding as (rule, severity, subject type, date of service or claim id)."""
    return {_told(f["rule"], f["severity"], **f["subject"]) for f in findings(document)}


def _told(rule: str, severity: str, **subject: Any) -> Told:
    return Told(rule, severity, subject["type"], subject.get("date_of_service") or subject["claim_id"])


def told(*lines: str) -> set[Told]:
    """What is expected: "RULE severity type date" each."""
    return {Told(*line.split()) for line in lines}


def history_of(events: Iterable[Envelope]) -> History:
    history = History()
    for event in events:
        history, _ = history.taking(snapshot(event))
    return history


def concluded(events: Iterable[Envelope], law: Policies | None = None, *, as_of: date = AS_OF) -> Conclusions:
    """What the core concludes under `law`, the shipped policy unless told otherwise."""
    told = list(events)
    patient_id = told[0]["detail"]["patient_id"] if told else "P-1"
    return audit(patient_id, history_of(told), law or policies(), as_of)


def heard(*events: Envelope, law: Policies | None = None, rules: AbstractSet[str] = COVERAGE) -> list[Finding]:
    """The findings of some rules, straight from the core: all of them, in order."""
    return [finding for finding in concluded(events, law).findings.values() if finding.rule in rules]


def found(*events: Envelope, law: Policies | None = None, rules: AbstractSet[str] = COVERAGE) -> set[Told]:
    """The same as (rule, severity, subject type, date of service or claim id)."""
    return {_of(finding) for finding in heard(*events, law=law, rules=rules)}


def _of(finding: Finding) -> Told:
    subject = finding.subject
    return Told(finding.rule, finding.severity.value, subject.type, str(subject.date_of_service or subject.claim_id))


def numbers(events: Iterable[Envelope], law: Policies | None = None) -> list[int]:
    """The number of every session, in order."""
    return [session.number for course in concluded(events, law).courses for session in course.sessions]


def starts(events: Iterable[Envelope], law: Policies | None = None) -> list[str]:
    """The first day of every period."""
    return [str(course.period.started_on) for course in concluded(events, law).courses]
