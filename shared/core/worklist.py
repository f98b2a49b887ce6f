"""The list that the compliance officer works: one row for each finding that ever stood, from case file and reviews.

A row is a function of the two, so that the whole list can be thrown away and made again. It says nothing of a chart
but the patient's key, the subject and the rule's own words.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from shared.core.findings import Finding
from shared.core.policy import Policies
from shared.core.repayment import repayment
from shared.core.review import Review, record_state
from shared.core.row import Row
from shared.core.severity import Severity
from shared.core.standing import Life, Standing
from shared.core.workflow import RecordState, Workflow


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
