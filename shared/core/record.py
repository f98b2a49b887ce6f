"""A patient's standing records indexed once: visits by date, billed lines with their claim, who said what of the onset.

Theory: rules are asked about one visit, line or session at a time and must not search. Everything they look up is
derived here on first use, once per audit, in time linear in the records.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

from shared.core.billed_line import BilledLine, by_date, lines_of
from shared.core.diagnoses import Named, named_of
from shared.core.events import (
    ClaimSubmitted,
    Reference,
    RemittanceLine,
    RemittanceReceived,
    VisitRecorded,
)
from shared.core.history import History
from shared.core.joined import Joined, joined
from shared.core.onset import Onsets
from shared.core.policy import Policies

VOID = "8"
CHANGES_ANOTHER = ("7", VOID)
T = TypeVar("T")


class PatientRecord:
    """What stands in a history, seen from the dates of service."""

    def __init__(self, history: History, policies: Policies, as_of: date) -> None:
        self.history = history
        self.policies = policies
        self.policy_on = policies.on
        self.as_of = as_of
        self.covered_from = policies.covered_from
        self._made: dict[object, Any] = {}

    def once(self, make: Callable[[Any], T]) -> T:
        """What `make` makes of the record, made when first asked for: an index of those who ask, kept for all."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def _joined(self) -> Joined:
        visits = [visit for visit in self.history.visits if visit.status == "completed"]
        visits.sort(key=attrgetter("date_of_service"))  # by id they are
        return joined(visits, self.policy_on)

    @property
    def completed_visits(self) -> list[VisitRecorded]:
        """By date and id; a visit told by several sources once."""
        return self._joined.visits

    def as_told(self, references: Iterable[Reference]) -> tuple[Reference, ...]:
        """Records, each named once, with those beside each that other sources told of the same visit."""
        if not (behind := self._joined.behind):
            return tuple(references)
        return tuple(dict.fromkeys(told for first in references for told in (first, *behind.get(first, ()))))

    @cached_property
    def needling_visits(self) -> dict[date, list[VisitRecorded]]:
        """Completed visits with a procedure since the NCD, by date, each date's by id."""
        by_date: defaultdict[date, list[VisitRecorded]] = defaultdict(list)
        for visit in self.completed_visits:
            if visit.procedure and visit.date_of_service >= self.covered_from:
                by_date[visit.date_of_service].append(visit)
        return dict(by_date)

    @cached_property
    def _claims_by_payer_number(self) -> dict[str, str]:
        """Which claim the payer calls by a number of its own, as its remittances tell (by id, the greater stands)."""
        told = (remittance for remittance in self.history.remittances if remittance.payer_claim_number)
        return {str(remittance.payer_claim_number): remittance.claim_id for remittance in told}

    def changed_by(self, claim: ClaimSubmitted) -> str | None:
        """The claim that `claim` says it replaces or voids, by its id or else by the payer's number of it."""
        named = claim.replaces_claim_id
        if named is None or ("claim", named) in self.history.latest:
            return named
        return self._claims_by_payer_number.get(named, named)

    @cached_property
    def changing_claims(self) -> list[ClaimSubmitted]:
        """Replacements and voids, also those that no longer stand."""
        return [claim for claim in self.history.claims if claim.frequency_code in CHANGES_ANOTHER]

    @cached_property
    def replaced_claims(self) -> frozenset[str]:
        """Claims that another claim replaces or voids."""
        pairs = ((self.changed_by(claim), claim.claim_id) for claim in self.changing_claims)
        return frozenset(changed for changed, own in pairs if changed is not None and changed != own)

    @cached_property
    def active_claims(self) -> list[ClaimSubmitted]:
        return [
            claim
            for claim in self.history.claims
            if claim.frequency_code != VOID and claim.claim_id not in self.replaced_claims
        ]

    @cached_property
    def lines(self) -> list[BilledLine]:
        """Every line of an active claim, in the order of claim and line."""
        return [line for claim in self.active_claims for line in lines_of(claim, self.policy_on)]

    @cached_property
    def _lines_with_ncd_code(self) -> list[BilledLine]:
        return [billed for billed in self.lines if billed.line.procedure_code in billed.policy.covered_codes.value]

    @cached_property
    def ncd_lines(self) -> list[BilledLine]:
        return [billed for billed in self._lines_with_ncd_code if billed.on >= self.covered_from]

    @cached_property
    def lines_before_ncd(self) -> list[BilledLine]:
        return [billed for billed in self._lines_with_ncd_code if billed.on < self.covered_from]

    @cached_property
    def ncd_lines_by_date(self) -> dict[date, list[BilledLine]]:
        return by_date(self.ncd_lines)

    @cached_property
    def counted_lines_by_date(self) -> dict[date, list[BilledLine]]:
        """Covered lines to Original Medicare: the ones that frequency and KX rules speak of."""
        return by_date(billed for billed in self.ncd_lines if billed.covered and billed.original_medicare)

    @cached_property
    def judged_visits(self) -> list[VisitRecorded]:
        """Needling visits for low back pain, or on a date billed as if they were."""
        return [
            visit
            for day, visits in self.needling_visits.items()
            for visit in visits
            if day in self.ncd_lines_by_date or self.named[visit.visit_id].low_back
        ]

    @cached_property
    def named(self) -> dict[str, Named]:
        """What the diagnoses of each needling visit name, by its id."""
        return named_of(self.needling_visits, self.policy_on)

    @cached_property
    def low_back_visits(self) -> list[VisitRecorded]:
        """Needling visits whose note holds a code of the low back pain family, valid on that date or not."""
        return [
            visit for visits in self.needling_visits.values() for visit in visits if self.named[visit.visit_id].low_back
        ]

    def visit_of(self, billed: BilledLine) -> VisitRecorded | None:
        """The visit of the line's date: the only one, or the only one whose performer is the line's rendering NPI."""
        visits = self.needling_visits.get(billed.on, [])
        if len(visits) > 1:
            visits = [visit for visit in visits if visit.performer.npi == billed.line.rendering_npi]
        return visits[0] if len(visits) == 1 else None

    def only_visit_on(self, day: date) -> str | None:
        visits = self.needling_visits.get(day, [])
        return visits[0].visit_id if len(visits) == 1 else None

    @cached_property
    def _onsets(self) -> Onsets:
        return Onsets.stated(self.completed_visits, self.active_claims)

    def onset_source(self, visit: VisitRecorded) -> VisitRecorded | ClaimSubmitted | None:
        """The record whose statement of the onset holds for `visit`."""
        return self._onsets.source(visit)

    @cached_property
    def pregnant_claims(self) -> dict[date, ClaimSubmitted]:
        """Of each date the first active claim that calls the patient pregnant."""
        said = [claim for claim in self.active_claims if claim.condition and claim.condition.pregnant]
        return {line.date_of_service: claim for claim in reversed(said) for line in claim.lines}

    @cached_property
    def _latest_remittance(self) -> dict[tuple[str, int], tuple[RemittanceReceived, RemittanceLine]]:
        oldest_first = sorted(self.history.remittances, key=lambda r: (r.paid_on, r.remittance_id))
        return {(r.claim_id, line.line_number): (r, line) for r in oldest_first for line in r.lines}

    def remitted(self, billed: BilledLine) -> tuple[RemittanceReceived, RemittanceLine] | None:
        """What the latest remittance that names the line says of it."""
        return self._latest_remittance.get((billed.claim.claim_id, billed.line.line_number))

    def answers_to(self, claim: ClaimSubmitted) -> Iterable[RemittanceReceived]:
        """The latest remittance that names each line of the claim."""
        told = (self._latest_remittance.get((claim.claim_id, line.line_number)) for line in claim.lines)
        return (remittance for remittance, _ in filter(None, told))

    def denied(self, billed: BilledLine) -> bool:
        remitted = self.remitted(billed)
        return remitted is not None and remitted[1].status == "denied"
