"""The machine-readable answer of ../shared/domain/output.md: one document for every way of asking."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from shared.core.alerts import Alert
from shared.core.errors import Reason
from shared.core.findings import Finding, Subject
from shared.core.history import Outcome
from shared.core.standing import Life, PeriodView, Standing


@dataclass(frozen=True)
class Counts:
    """Every message received is one of the four: recorded, a duplicate, superseded or quarantined."""

    received: int = 0
    recorded: int = 0
    duplicates: int = 0
    superseded: int = 0
    quarantined: int = 0

    @property
    def conserved(self) -> bool:
        return self.received == self.recorded + self.duplicates + self.superseded + self.quarantined

    @classmethod
    def of(cls, outcomes: Sequence[Outcome | Reason]) -> "Counts":
        return cls(
            received=len(outcomes),
            recorded=outcomes.count(Outcome.RECORDED),
            duplicates=outcomes.count(Outcome.DUPLICATE),
            superseded=outcomes.count(Outcome.SUPERSEDED),
            quarantined=sum(isinstance(outcome, Reason) for outcome in outcomes),
        )


@dataclass(frozen=True)
class Quarantined:
    event_id: str | None
    reason: str
    where: str


@dataclass(frozen=True)
class Run:
    """A stream that was taken in: what became of its messages, and what stands. Alerts and quarantine by arrival."""

    as_of: date
    policy: str
    counts: Counts
    quarantine: Sequence[Quarantined]
    standings: Sequence[Standing]
    alerts: Sequence[dict[str, str]]


def document(run: Run, *, withdrawn: bool) -> dict[str, Any]:
    """The answer, ready for JSON. `withdrawn` adds the findings that no longer stand, with the date they fell."""
    in_order = sorted(run.standings, key=lambda standing: standing.patient_id)
    return {
        "as_of": run.as_of.isoformat(),
        "policy": run.policy,
        "events": asdict(run.counts),
        "quarantine": [asdict(entry) for entry in run.quarantine],
        "patients": [patient_entry(standing, withdrawn=withdrawn) for standing in in_order],
        "alerts": list(run.alerts),
    }


def alert_entry(alert: Alert) -> dict[str, str]:
    return {"finding_id": alert.finding.finding_id, "transition": alert.step, "subject": alert.subject}


def patient_entry(standing: Standing, *, withdrawn: bool) -> dict[str, Any]:
    """One of `patients` in the answer."""
    entries = [(finding, _finding(finding, "open")) for finding in standing.findings.values()]
    if withdrawn:
        entries += [(finding, _withdrawn(finding, since)) for finding, since in standing.withdrawn]
    entries.sort(key=lambda entry: entry[0].order)
    return {
        "patient_id": standing.patient_id,
        "periods": [_period(period) for period in standing.periods],
        "findings": [entry for _, entry in entries],
    }


def _period(period: PeriodView) -> dict[str, Any]:
    sessions = [{"number": s.number, "date_of_service": s.date_of_service.isoformat()} for s in period.sessions]
    view = {name: _plain(value) for name, value in vars(period).items()}
    return {**view, "sessions": sessions}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _finding(finding: Finding, status: str) -> dict[str, Any]:
    return {
        "finding_id": finding.finding_id,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "status": status,
        "subject": _subject(finding.subject),
        "message": finding.message,
        "evidence": [reference._asdict() for reference in finding.evidence],
        "basis": finding.basis,
        "citations": [citation._asdict() for citation in finding.citations],
        "remedy": finding.remedy,
        **_cost(finding),
    }


def _cost(finding: Finding) -> dict[str, Any]:
    """What the violation is likely to cost, as far as that is known."""
    cost: dict[str, Any] = {}
    if finding.forecast:
        codes = {"carc": list(finding.forecast.carc), "rarc": list(finding.forecast.rarc)}
        cost["forecast"] = {**finding.forecast._asdict(), **codes, "is_forecast": True}
    if finding.at_stake:
        cost["at_stake"] = {"amount": f"{finding.at_stake.amount:.2f}", "known_from": finding.at_stake.known_from}
    return cost


def finding_entry(finding: Finding, life: Life) -> dict[str, Any]:
    """One of `findings` in the answer, standing or not."""
    return _finding(finding, "open") if life.last is None else _withdrawn(finding, life.since)


def _withdrawn(finding: Finding, since: date) -> dict[str, Any]:
    return {**_finding(finding, "withdrawn"), "withdrawn_on": since.isoformat()}


def _subject(subject: Subject) -> dict[str, Any]:
    return {name: _plain(value) for name, value in subject._asdict().items() if value is not None}
