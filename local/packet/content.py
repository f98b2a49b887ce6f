"""What a packet says, before it is a PDF or a table: timeline, checklist of rules, documents still to attach."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.core.case import CaseFile
from shared.core.catalogue import catalogue, matrix
from shared.core.chart import Chart
from shared.core.events import (
    ClaimSubmitted,
    EligibilityReceived,
    Event,
    MeasureRecorded,
    RemittanceReceived,
    VisitRecorded,
)
from shared.core.findings import Finding
from shared.core.policy import Policies


@dataclass(frozen=True)
class Dated:
    """One record on the timeline."""

    on: date
    record: str
    said: str


@dataclass(frozen=True)
class Checked:
    """One rule of the catalogue and what it found."""

    rule: str
    means: str
    citation: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        found = [finding.severity.value for finding in self.findings]
        return ", ".join(f"{found.count(each)} {each}" for each in dict.fromkeys(found)) or "no finding"


@dataclass(frozen=True)
class Packet:
    """`claim_id` where one claim is asked about; the course it belongs to is told all the same."""

    patient_id: str
    claim_id: str | None
    as_of: date
    policy: str
    findings: tuple[Finding, ...]
    timeline: tuple[Dated, ...]
    checklist: tuple[Checked, ...]
    to_attach: tuple[str, ...]


def packet(case: CaseFile, law: Policies, as_of: date, claim_id: str | None) -> Packet:
    """Everything about the patient, findings narrowed to those that concern the claim where one is named."""
    found = tuple(f for f in case.standing.findings.values() if claim_id is None or _concerns(f, claim_id))
    return Packet(
        patient_id=case.patient_id,
        claim_id=claim_id,
        as_of=as_of,
        policy=law.id,
        findings=found,
        timeline=tuple(_timeline(case, law, as_of)),
        checklist=tuple(_checklist(found)),
        to_attach=tuple(_to_attach()),
    )


def _concerns(finding: Finding, claim_id: str) -> bool:
    """Its subject is on the claim, or the claim is among the records that prove it."""
    return finding.subject.claim_id == claim_id or ("claim", claim_id) in {tuple(r[:2]) for r in finding.evidence}


def _timeline(case: CaseFile, law: Policies, as_of: date) -> list[Dated]:
    chart = Chart(case.history, law, as_of)
    records = [told for event in case.history.latest.values() for told in _told(event, chart)]
    return sorted(records, key=lambda told: (told.on, told.record))


def _told(event: Event, chart: Chart) -> Iterator[Dated]:
    name = f"{event.kind} {event.record_id} v{event.version}"
    match event:
        case VisitRecorded():
            session = chart.session_on.get(event.date_of_service)
            number = f"session {session.number}" if session and event in session.visits else "no session"
            scores = "".join(f"; {score.instrument} {score.score}" for score in event.measures)
            yield Dated(event.date_of_service, name, f"{event.status}, {number}{scores}")
        case ClaimSubmitted():
            for line in event.lines:
                codes = " ".join((line.procedure_code, *line.modifiers))
                yield Dated(line.date_of_service, f"{name} line {line.line_number}", f"{codes}, charge {line.charge}")
        case RemittanceReceived():
            paid = "; ".join(f"line {line.line_number} {line.status} {line.paid}" for line in event.lines)
            yield Dated(event.paid_on, name, f"claim {event.claim_id}: {paid}")
        case EligibilityReceived():
            yield Dated(event.as_of, name, f"{event.external_sessions.count} sessions elsewhere, says {event.source}")
        case MeasureRecorded():
            yield Dated(event.assessed_on, name, f"{event.instrument} {event.score}, {event.status}")


def _checklist(found: tuple[Finding, ...]) -> Iterator[Checked]:
    for entry in catalogue():
        law = entry.citations[0]
        findings = tuple(finding for finding in found if finding.rule == entry.rule)
        yield Checked(entry.rule, entry.means, f"{law.source}, {law.section}", findings)


def _to_attach() -> Iterator[str]:
    """What no event can show: the requirements that a person must prove from the chart."""
    yield "The signed note of each session on the timeline, with consent, technique and response"
    yield "The plan of care and the measures behind each score on the timeline, as filled in"
    for requirement in matrix().requirement:
        if requirement.manual:
            yield f"{requirement.text} ({requirement.source}, {requirement.section}: {requirement.manual})"
