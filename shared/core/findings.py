"""A finding: which rule, how grave, about what, on which words of the law, proved by which records."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from shared.core.citations import Citation
from shared.core.events import Reference, Snapshot
from shared.core.fields import Money
from shared.core.severity import Severity


class Subject(NamedTuple):
    """The one thing a finding points at. Its identity leaves out what a correction may change."""

    type: Literal["visit", "line", "claim", "session"]
    date_of_service: date | None = None
    visit_id: str | None = None
    claim_id: str | None = None
    line_number: int | None = None
    procedure_code: str | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """A corrected visit or line is the same one, whatever its new date; a session *is* its date."""
        match self.type:
            case "visit":
                return self.type, str(self.visit_id)
            case "session":
                return self.type, str(self.date_of_service)
            case "claim":
                return self.type, str(self.claim_id)
            case "line":
                return self.type, str(self.claim_id), str(self.line_number)

    @property
    def order(self) -> tuple[date, str, str, int, str]:
        """Findings without a date of service (claims) come first. Of one type all have a claim or none, and so on."""
        day, number = self.date_of_service or date.min, self.line_number or 0
        return day, self.type, str(self.claim_id), number, str(self.visit_id)


class Forecast(NamedTuple):
    """How the payer is likely to deny it: adjustment reasons and remarks, likeliest first, and who then owes."""

    carc: tuple[str, ...]
    rarc: tuple[str, ...]
    group: str
    confidence: str


class AtStake(NamedTuple):
    """Money that hangs on a violation: what the payer paid, or as long as it has not answered what was charged."""

    amount: Money
    known_from: Literal["remittance", "charge"]


class Verdict(NamedTuple):
    """What a rule says of its subject when it has something to say. Evidence: the records that prove it."""

    severity: Severity
    message: str
    evidence: tuple[Snapshot, ...]


def violation(message: str, *evidence: Snapshot) -> Verdict:
    return Verdict(Severity.VIOLATION, message, evidence)


def warning(message: str, *evidence: Snapshot) -> Verdict:
    return Verdict(Severity.WARNING, message, evidence)


def info(message: str, *evidence: Snapshot) -> Verdict:
    return Verdict(Severity.INFO, message, evidence)


def gravest(*verdicts: Verdict | None) -> Verdict | None:
    """Several conditions of one rule on one subject make one finding: all are said, the gravest first and deciding."""
    spoken = [verdict for verdict in verdicts if verdict is not None]
    if not spoken:
        return None
    spoken.sort(key=lambda verdict: -verdict.severity.gravity)
    evidence = {snapshot.reference: snapshot for verdict in spoken for snapshot in verdict.evidence}
    return Verdict(spoken[0].severity, " ".join(verdict.message for verdict in spoken), tuple(evidence.values()))


@dataclass(frozen=True)
class Finding:
    """A verdict with its rule's name, remedy and citations, about one subject of one patient.

    The evidence suffices: audited alone, its records give this finding again. What it may cost only a violation says.
    """

    patient_id: str
    rule: str
    severity: Severity
    subject: Subject
    message: str
    evidence: tuple[Reference, ...]
    citations: tuple[Citation, ...]
    remedy: str
    forecast: Forecast | None = None
    at_stake: AtStake | None = None

    @property
    def basis(self) -> str:
        """What the finding rests on: the words of CMS, a table that CMS publishes, or a reading of ours."""
        return self.citations[0].basis

    @cached_property
    def finding_id(self) -> str:
        """Patient, rule and subject: the same finding keeps its id whatever else changes."""
        identity = "\n".join((self.patient_id, self.rule, *self.subject.identity))
        return hashlib.sha256(identity.encode()).hexdigest()[:_ID_LENGTH]

    @property
    def order(self) -> tuple[object, ...]:
        day, *rest = self.subject.order
        return (day, self.rule, *rest)


_ID_LENGTH = 20
