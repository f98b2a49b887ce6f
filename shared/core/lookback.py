"""Look-back: one patient's records of years through the same audit, as flat rows for whoever works on millions of them.

Rows can be added up: `amount` is what hangs on a finding, `amount_once` the part of it that no earlier finding of the
patient claims, so that no line's money is counted twice.
"""

import hashlib
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, Self

from shared.core.audit import conclusions_of
from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted, Event, VisitRecorded
from shared.core.findings import Finding, Subject
from shared.core.history import History, Outcome
from shared.core.policy import Policies
from shared.core.rules import denial
from shared.core.severity import Severity

HEX_DIGITS = 15  # 60 bits: a signed integer of any database holds them
_NOTHING = Decimal(0)


class Row(NamedTuple):
    """A finding that stands. `provider_npi`: who held the needle, or is on the line; of a claim its biller."""

    patient_id: str
    rule: str
    severity: str
    basis: str
    subject_type: str
    date_of_service: date | None
    visit_id: str | None
    claim_id: str | None
    line_number: int | None
    procedure_code: str | None
    provider_npi: str | None
    amount: Decimal | None
    amount_once: Decimal | None
    known_from: str | None
    message: str
    finding_id: str
    policy: str

    def plain(self) -> dict[str, Any]:
        """For JSON: dates in ISO form, money as decimal strings."""
        return {
            name: str(value) if isinstance(value, date | Decimal) else value for name, value in self._asdict().items()
        }


@dataclass(frozen=True)
class Tally:
    """What was read and what came of it, of one patient or, added, of many. Events are conserved: see `read`."""

    patients: int = 0
    with_findings: int = 0
    recorded: int = 0
    duplicates: int = 0
    superseded: int = 0
    conflicts: int = 0
    periods: int = 0
    sessions: int = 0
    violations: int = 0
    warnings: int = 0
    infos: int = 0
    at_stake: Decimal = _NOTHING
    needling_visits: int = 0

    @property
    def read(self) -> int:
        """Every event that was handed over is one of the four."""
        return self.recorded + self.duplicates + self.superseded + self.conflicts

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))


class LookedBack(NamedTuple):
    """Rows in the order of output.md; `outcomes` in that of the events: a conflict is for a person to decide."""

    rows: tuple[Row, ...]
    outcomes: tuple[Outcome, ...]
    tally: Tally


def look_back(
    patient_id: str,
    events: Iterable[Event],
    policies: Policies,
    as_of: date,
    leaving_out: AbstractSet[str] = frozenset(),
) -> LookedBack:
    """Judge all that was ever told of a patient, but for some rules whose findings are of no use to who asks.

    Of two bodies under one id and version the first told stays. Rows say no evidence, so none is gathered.
    """
    history, outcomes = History.of(events)
    chart = Chart(history, policies, as_of)
    concluded = conclusions_of(chart, patient_id, leaving_out=leaving_out, proved=False)
    claimed = _Claimed(chart)
    rows = tuple(_row(finding, claimed, chart) for finding in concluded.findings.values())
    return LookedBack(rows, outcomes, _tally(rows, outcomes, chart))


def shard_of(patient_id: str, shards: int) -> int:
    """Which of so many shards a patient belongs to: the same on every machine and in every language with SHA-256."""
    return int(hashlib.sha256(patient_id.encode()).hexdigest()[:HEX_DIGITS], 16) % shards


class _Claimed:
    """Whose money findings have claimed so far."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._lines: set[BilledLine] = set()

    def rest(self, finding: Finding) -> Decimal | None:
        """What of the money that hangs on the finding none before it claimed; it is claimed now."""
        if finding.at_stake is None:
            return None
        lines = [billed for billed in self._lines_of(finding.subject) if billed not in self._lines]
        self._lines.update(lines)
        stake = denial.at_stake(lines, self._chart)
        return stake.amount if stake else _NOTHING

    def _lines_of(self, subject: Subject) -> Sequence[BilledLine]:
        match subject:
            case Subject("line", claim_id=str() as claim, line_number=int() as number):
                return (self._by_number[claim, number],)
            case Subject("session", date() as day):
                return self._chart.session_on[day].lines
            case Subject("visit", date() as day):
                return self._chart.ncd_lines_by_date.get(day, ())
        return ()

    @cached_property
    def _by_number(self) -> dict[tuple[str, int], BilledLine]:
        return {(billed.claim.claim_id, billed.line.line_number): billed for billed in self._chart.lines}


def _row(finding: Finding, claimed: _Claimed, chart: Chart) -> Row:
    stake = finding.at_stake
    return Row(
        finding.patient_id,
        finding.rule,
        finding.severity.value,
        finding.basis,
        *finding.subject,
        _provider(finding.subject, chart),
        stake.amount if stake else None,
        claimed.rest(finding),
        stake.known_from if stake else None,
        finding.message,
        finding.finding_id,
        chart.policies.version,
    )


def _provider(subject: Subject, chart: Chart) -> str | None:
    match subject:
        case Subject("session", date() as day):
            session = chart.session_on[day]
            return session.visits[0].performer.npi if session.visits else session.lines[0].line.rendering_npi
        case Subject("visit", visit_id=str() as named):
            visit = chart.history.latest["visit", named]
            return visit.performer.npi if isinstance(visit, VisitRecorded) else None
        case Subject(claim_id=str() as named):
            claim = chart.history.latest["claim", named]
            return _biller(claim, subject.line_number) if isinstance(claim, ClaimSubmitted) else None
    return None


def _biller(claim: ClaimSubmitted, number: int | None) -> str:
    return next((line.rendering_npi for line in claim.lines if line.line_number == number), claim.billing_npi)


def _tally(rows: Sequence[Row], outcomes: Sequence[Outcome], chart: Chart) -> Tally:
    said = [row.severity for row in rows]
    return Tally(
        patients=1,
        with_findings=int(bool(rows)),
        recorded=outcomes.count(Outcome.RECORDED),
        duplicates=outcomes.count(Outcome.DUPLICATE),
        superseded=outcomes.count(Outcome.SUPERSEDED),
        conflicts=outcomes.count(Outcome.CONFLICT),
        periods=len(chart.courses),
        sessions=len(chart.sessions),
        violations=said.count(Severity.VIOLATION.value),
        warnings=said.count(Severity.WARNING.value),
        infos=said.count(Severity.INFO.value),
        at_stake=sum((row.amount_once for row in rows if row.amount_once is not None), _NOTHING),
        needling_visits=sum(map(len, chart.needling_visits.values())),
    )
