"""A patient's latest snapshots in the words of rules.md: active lines, judged visits, the visit of a line."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from shared.core.events import (
    ClaimSubmitted,
    EligibilityReceived,
    Event,
    MeasureRecorded,
    RemittanceReceived,
    VisitRecorded,
)
from tests.second_reading.words import NCD, START, Line, of_family


class Patient:
    """What stands of the events, whatever their order."""

    def __init__(self, events: Iterable[Event], as_of: date) -> None:
        self.as_of = as_of
        latest: dict[tuple[str, str], Event] = {}
        for event in sorted(events, key=lambda event: event.version):
            latest[event.kind, event.record_id] = event
        standing = [latest[key] for key in sorted(latest)]
        self.visits = [e for e in standing if isinstance(e, VisitRecorded) and e.status == "completed"]
        self.claims = [e for e in standing if isinstance(e, ClaimSubmitted)]
        self.remittances = [e for e in standing if isinstance(e, RemittanceReceived)]
        self.eligibility = [e for e in standing if isinstance(e, EligibilityReceived)]
        self.measures = [e for e in standing if isinstance(e, MeasureRecorded) and e.status == "final"]

    @cached_property
    def changing(self) -> list[ClaimSubmitted]:
        return [claim for claim in self.claims if claim.frequency_code != "1"]

    @cached_property
    def active(self) -> list[Line]:
        changed = {claim.replaces_claim_id for claim in self.changing if claim.replaces_claim_id != claim.claim_id}
        return [
            Line(claim, line)
            for claim in self.claims
            if claim.frequency_code != "8" and claim.claim_id not in changed
            for line in claim.lines
        ]

    @cached_property
    def lines(self) -> list[Line]:
        return [line for line in self.active if line.on >= START]

    @cached_property
    def ncd(self) -> list[Line]:
        return [line for line in self.lines if line.code in NCD]

    @cached_property
    def billed_on(self) -> set[date]:
        return {line.on for line in self.ncd}

    @cached_property
    def needled_on(self) -> dict[date, list[VisitRecorded]]:
        days: defaultdict[date, list[VisitRecorded]] = defaultdict(list)
        for visit in self.visits:
            if visit.procedure and visit.date_of_service >= START:
                days[visit.date_of_service].append(visit)
        return dict(days)

    @cached_property
    def low_back(self) -> list[VisitRecorded]:
        return [
            visit for visits in self.needled_on.values() for visit in visits if any(map(of_family, visit.diagnoses))
        ]

    @cached_property
    def judged(self) -> list[VisitRecorded]:
        return [
            visit
            for day, visits in self.needled_on.items()
            for visit in visits
            if day in self.billed_on or visit in self.low_back
        ]

    @cached_property
    def duplicates(self) -> set[Line]:
        """Of the same service on two claims the one received later, then of the greater id."""

        def service(line: Line) -> object:
            return line.biller, line.code, line.line.units, sorted(line.line.modifiers)

        def received(line: Line) -> tuple[date, str]:
            return line.claim.received_on, line.claim.claim_id

        return {
            line
            for line in self.lines
            if any(service(line) == service(other) and received(line) > received(other) for other in self.lines)
        }

    def same_biller(self, line: Line) -> list[Line]:
        """Duplicates take no part, the line itself does."""
        return [other for other in self.lines if other.biller == line.biller and other not in self.duplicates]

    def visit_of(self, line: Line) -> VisitRecorded | None:
        visits = self.needled_on.get(line.on, [])
        if len(visits) > 1:
            visits = [visit for visit in visits if visit.performer.npi == line.line.rendering_npi]
        return visits[0] if len(visits) == 1 else None

    def onset(self, visit: VisitRecorded) -> date | None:
        """Its own, else that of the nearest earlier completed visit stating one; of two on a date the greater id."""
        if visit.condition.onset_date:
            return visit.condition.onset_date
        stating = [v for v in self.visits if v.condition.onset_date and v.date_of_service < visit.date_of_service]
        nearest = max(stating, key=lambda v: (v.date_of_service, v.visit_id), default=None)
        return nearest.condition.onset_date if nearest else None
