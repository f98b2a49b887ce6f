"""Who says when the pain began: the visit itself, else an earlier visit, else a claim that carries the date."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Self

from shared.core.events import ClaimSubmitted, VisitRecorded


class Onsets(NamedTuple):
    """Every statement of the onset, by date of service and id, and those dates beside them."""

    visits: list[VisitRecorded]
    visit_days: list[date]
    claims: list[ClaimSubmitted]
    claim_days: list[date]

    @classmethod
    def stated(cls, visits: Iterable[VisitRecorded], claims: Iterable[ClaimSubmitted]) -> Self:
        """`visits` by date and id."""
        said = [visit for visit in visits if visit.condition.onset_date is not None]
        billed = {
            (line.date_of_service, claim.claim_id): claim
            for claim in claims
            if _onset_of(claim)
            for line in claim.lines
        }
        in_order = sorted(billed)
        days = [visit.date_of_service for visit in said]
        return cls(said, days, [billed[key] for key in in_order], [day for day, _ in in_order])

    def source(self, visit: VisitRecorded) -> VisitRecorded | ClaimSubmitted | None:
        """The statement that holds for `visit`: its own, the nearest earlier visit's, else the nearest claim's."""
        if visit.condition.onset_date is not None:
            return visit
        if earlier := bisect_left(self.visit_days, visit.date_of_service):
            return self.visits[earlier - 1]
        billed = bisect_right(self.claim_days, visit.date_of_service)
        return self.claims[billed - 1] if billed else None


def _onset_of(claim: ClaimSubmitted) -> date | None:
    return claim.condition.onset_date if claim.condition else None
