"""The answer straight from the core: what `simulate` finds through the cloud's parts, without them.

`answer` serves one request a line for checkers and batch users; a test holds both ways to equal documents.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from local.arguments import midnight
from shared.core.alerts import alerts, announced
from shared.core.case import CaseFile
from shared.core.document import Counts, Quarantined, Run, alert_entry, document
from shared.core.errors import Reason, Unreadable
from shared.core.history import Outcome
from shared.core.intake import parse_event
from shared.core.policy import Policies, policies


class Desk:
    """Takes messages one by one and keeps every patient's case file, as the deployed system would."""

    def __init__(self, law: Policies, as_of: date) -> None:
        self.law = law
        self.as_of = as_of
        self.cases: dict[str, CaseFile] = {}
        self.outcomes: list[Outcome | Reason] = []
        self.quarantine: list[Quarantined] = []
        self.alerts: list[dict[str, str]] = []

    def receive(self, message: bytes) -> None:
        try:
            self.outcomes.append(self._take(message))
        except Unreadable as refusal:
            self.outcomes.append(refusal.reason)
            self.quarantine.append(Quarantined(refusal.event_id, refusal.reason.value, refusal.where))

    def _take(self, message: bytes) -> Outcome:
        envelope = parse_event(message)
        patient_id = envelope.detail.patient_id
        before = self.cases.get(patient_id) or CaseFile.new(patient_id)
        case, outcome = before.taking(envelope.detail, self.law, self.as_of, midnight(self.as_of))
        if outcome is Outcome.CONFLICT:
            raise Unreadable(Reason.CONFLICT, "detail.version", envelope.event_id)
        self.cases[patient_id] = case
        self.alerts += map(alert_entry, announced(alerts(before.standing, case.standing)))
        return outcome


def answer(messages: Iterable[bytes], as_of: date, *, withdrawn: bool = False) -> dict[str, Any]:
    """The document of output.md for a stream of messages in their order of arrival."""
    desk = Desk(policies(), as_of)
    for message in messages:
        desk.receive(message)
    standings = [case.standing for case in desk.cases.values()]
    run = Run(as_of, desk.law.id, Counts.of(desk.outcomes), desk.quarantine, standings, desk.alerts)
    return document(run, withdrawn=withdrawn)
