"""How one finding came to be what it is: each step of it in the audit trail, what caused it and who was told."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from shared.core.alerts import alerts_of
from shared.core.changes import FindingChange, Strict
from shared.core.findings import Severity
from shared.core.standing import Transition
from shared.core.trail import Cause, Entry, Step


class Turn(Strict):
    """One revision. `cause` None: no record came, the day alone did it. `waiting`: who is to be told was not yet."""

    at: AwareDatetime
    as_of: date
    revision: int
    transition: Transition
    severity: Severity
    message: str
    cause: Cause | None
    told: Literal["people", "machines", "nobody"]
    waiting: bool


def turns(finding_id: str, trail: Iterable[Entry], pending: Sequence[Entry], least: Severity) -> Iterator[Turn]:
    """In the order of the trail. `pending` was not announced yet; `least` is what people are told of."""
    waiting = {entry.hash for entry in pending}
    for entry in trail:
        if any(change["finding_id"] == finding_id for change in entry.said["findings"]):
            [change] = [change for change in entry.step.findings if change.finding_id == finding_id]
            yield _turn(entry.step, change, least, waiting=entry.hash in waiting)


def _turn(step: Step, change: FindingChange, least: Severity, *, waiting: bool) -> Turn:
    return Turn(
        at=step.recorded_at,
        as_of=step.as_of,
        revision=change.revision,
        transition=change.transition,
        severity=change.finding.severity,
        message=change.finding.message,
        cause=step.cause,
        told=(told := _told(step, change, least)),
        waiting=waiting and told != "nobody",
    )


def _told(step: Step, change: FindingChange, least: Severity) -> Literal["people", "machines", "nobody"]:
    alert = next((alert for alert in alerts_of(step) if alert.finding.finding_id == change.finding_id), None)
    if alert is None:
        return "nobody"
    return "people" if alert.weight.gravity >= least.gravity else "machines"
