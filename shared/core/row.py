"""One row of the list that the officer works, as it is stored, sorted and shown; worklist.py makes them."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.core.severity import Severity
from shared.core.workflow import RecordState, Workflow

RANK = r"^\d{4}-\d\d-\d\d#\d#\d{13}#[0-9a-f]{20}$"
_NEVER = date.max
_MOST_CENTS = 10**12


class Row(BaseModel):
    """One finding on the list. `workflow` as of its last action: `on_day` says it as of a day."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    patient_id: str
    finding_id: str
    rule: str
    severity: Severity
    message: str
    subject_type: Literal["visit", "line", "claim", "session"]
    date_of_service: date | None
    claim_id: str | None
    visit_id: str | None
    line_number: int | None
    procedure_code: str | None
    amount: Decimal | None
    known_from: Literal["remittance", "charge"] | None
    revision: int
    since: date
    record: RecordState
    workflow: Workflow
    suppressed_until: date | None
    due_on: date | None
    identified_on: date | None
    actions: int

    def on_day(self, today: date) -> Workflow:
        """A suppression that has ended leaves the finding as new as it was."""
        lapsed = self.suppressed_until is not None and today > self.suppressed_until
        return Workflow.NEW if lapsed else self.workflow

    @property
    def rank(self) -> str:
        """Sorted as text: what falls due first, then the gravest, then the most money. No two rows have the same."""
        due = self.due_on or _NEVER
        cents = _MOST_CENTS - int((self.amount or Decimal(0)) * 100)
        return f"{due.isoformat()}#{-self.severity.gravity}#{cents:013d}#{self.finding_id}"
