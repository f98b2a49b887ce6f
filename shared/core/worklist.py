"""The list that the compliance officer works: one row for each finding that ever stood, from case file and reviews.

A row is a function of the two, so that the whole list can be thrown away and made again. It says nothing of a chart
but the patient's key, the subject and the rule's own words.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.core.findings import Finding, Severity
from shared.core.policy import Policies
from shared.core.repayment import repayment
from shared.core.review import RecordState, Review, Workflow, record_state
from shared.core.standing import Life, Standing

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


class Work(NamedTuple):
    """The reviews by finding id; the least severity that people are told of, None while alerts wait to be sent; and
    the findings that they are still to hear of, with a digest or after quiet hours.
    """

    reviews: Mapping[str, Review]
    told: Severity | None
    unheard: frozenset[str] = frozenset()

    def state(self, finding: Finding, life: Life) -> Workflow:
        """NOTIFIED is nobody's action: people were told and nobody has acted. What facts reopened is new again."""
        review = self.reviews.get(finding.finding_id, Review())
        return Workflow.NOTIFIED if self._heard(finding, life) and not review else review.state(life, date.min)

    def _heard(self, finding: Finding, life: Life) -> bool:
        """Of what was cleared people may never have been told: it is no work of theirs."""
        stands = record_state(life) is RecordState.ACTIVE
        least = self.told is not None and finding.severity.gravity >= self.told.gravity
        return stands and least and finding.finding_id not in self.unheard


def rows(standing: Standing, work: Work, law: Policies) -> Iterator[Row]:
    """A row for each finding of the patient, those that no longer stand too."""
    for finding_id, life in standing.life.items():
        finding = standing.findings.get(finding_id) or life.last
        if finding is not None:
            yield _row(finding, life, work, law)


def _row(finding: Finding, life: Life, work: Work, law: Policies) -> Row:
    review, workflow = work.reviews.get(finding.finding_id, Review()), work.state(finding, life)
    clock, stake, subject = repayment(review, None, law), finding.at_stake, finding.subject
    until = next((action.until for action in reversed(review) if action.now is not action.was), None)
    return Row(
        patient_id=finding.patient_id,
        finding_id=finding.finding_id,
        rule=finding.rule,
        severity=finding.severity,
        message=finding.message,
        subject_type=subject.type,
        date_of_service=subject.date_of_service,
        claim_id=subject.claim_id,
        visit_id=subject.visit_id,
        line_number=subject.line_number,
        procedure_code=subject.procedure_code,
        amount=stake.amount if stake else None,
        known_from=stake.known_from if stake else None,
        revision=life.revision,
        since=life.since,
        record=record_state(life),
        workflow=workflow,
        suppressed_until=until if workflow is Workflow.SUPPRESSED else None,
        due_on=clock.due_on if clock else None,
        identified_on=clock.identified_on if clock else None,
        actions=len(review),
    )
