"""What the outside reports: five kinds of snapshot (../shared/domain/events.md is the contract).

Tolerant of fields we do not know, strict about those we do. A field that may be missing is None: *not stated*, never
*no*. How a message becomes one of these is in `intake`.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.core.claims import ClaimLine, ClaimSubmitted, RemittanceLine, RemittanceReceived
from shared.core.errors import Reason
from shared.core.fields import CalendarDate, Identifier, refused
from shared.core.scores import Score
from shared.core.snapshot import Kind, Part, Reference, Snapshot
from shared.core.visits import VisitRecorded

__all__ = [
    "SNAPSHOTS",
    "ClaimLine",
    "ClaimSubmitted",
    "EligibilityReceived",
    "Event",
    "Kind",
    "MeasureRecorded",
    "Reference",
    "RemittanceLine",
    "RemittanceReceived",
    "Snapshot",
    "VisitRecorded",
    "stored_event",
]


class ExternalSessions(Part):
    """Sessions furnished elsewhere; with none, the dates may be missing."""

    count: Annotated[int, Field(ge=0)]
    first_on: CalendarDate | None = None
    last_on: CalendarDate | None = None

    @model_validator(mode="after")
    def _dated_when_there_are_any(self) -> Self:
        if self.count and (self.first_on is None or self.last_on is None):
            raise refused(Reason.MISSING_FIELD)
        return self


class EligibilityReceived(Snapshot):
    kind = "eligibility"
    id_field = "eligibility_id"

    eligibility_id: Identifier
    as_of: CalendarDate
    external_sessions: ExternalSessions
    source: str

    def parts(self) -> tuple[Part | None, ...]:
        return (self, self.external_sessions)


class MeasureRecorded(Snapshot, Score):
    kind = "measure"
    id_field = "measure_id"

    measure_id: Identifier
    status: Literal["final", "entered-in-error"]


Event = VisitRecorded | ClaimSubmitted | RemittanceReceived | EligibilityReceived | MeasureRecorded

SNAPSHOTS: dict[Kind, type[Event]] = {
    "visit": VisitRecorded,
    "claim": ClaimSubmitted,
    "remittance": RemittanceReceived,
    "eligibility": EligibilityReceived,
    "measure": MeasureRecorded,
}


def stored_event(kind: Kind, body: bytes) -> Event:
    """A snapshot from its canonical JSON, as we wrote it ourselves."""
    return SNAPSHOTS[kind].model_validate_json(body)
