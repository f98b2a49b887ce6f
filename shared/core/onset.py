"""Who says when the pain began: the visit itself, else an earlier visit, else a claim that carries the date."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from shared.core.events import ClaimSubmitted, VisitRecorded


@dataclass(frozen=True)
class Onsets:
    """Every statement of the onset, by date of service and id."""

    visits: list[tuple[date, str, VisitRecorded]]
    claims: list[tuple[date, str, ClaimSubmitted]]

    @classmethod
    def stated(cls, visits: Iterable[VisitRecorded], claims: Iterable[ClaimSubmitted]) -> Self:
        """`visits` by date and id."""
        said = [(v.date_of_service, v.visit_id, v) for v in visits if v.condition.onset_date is not None]
        billed = {
            (line.date_of_service, claim.claim_id): claim
            for claim in claims
            if _onset_of(claim)
            for line in claim.lines
        }
        return cls(said, [(*key, billed[key]) for key in sorted(billed)])

    def source(self, visit: VisitRecorded) -> VisitRecorded | ClaimSubmitted | None:
        """The statement that holds for `visit`: its own, the nearest earlier visit's, else the nearest claim's."""
        if visit.condition.onset_date is not None:
            return visit
        if earlier := bisect_left(self.visits, visit.date_of_service, key=lambda entry: entry[0]):
            return self.visits[earlier - 1][-1]
        billed = bisect_right(self.claims, visit.date_of_service, key=lambda entry: entry[0])
        return self.claims[billed - 1][-1] if billed else None


def _onset_of(claim: ClaimSubmitted) -> date | None:
    return claim.condition.onset_date if claim.condition else None
