"""What CDS Hooks 2.0 asks and answers: discovery, a call of a service, feedback on its cards."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from shared.core.card import Card, Hooked

Hook = Literal["appointment-book", "encounter-start"]
_Reference = Annotated[str, Field(min_length=1, max_length=200)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # an hour of another zone before the first or after the last day there is
        raise ValueError("no moment of the calendar in UTC") from None


class Service(Hooked):
    hook: Hook
    title: str
    description: str
    id: str
    prefetch: dict[str, str]
    usage_requirements: str


class Discovered(Hooked):
    services: list[Service]


class Context(Hooked):
    """Of both hooks: `appointments` of the one, `encounterId` of the other."""

    patient_id: _Reference
    user_id: _Reference | None = None
    encounter_id: _Reference | None = None
    appointments: dict[str, Any] | None = None


class Called(Hooked):
    """`fhirServer` and `fhirAuthorization` are let in and never used: what is needed comes as prefetch."""

    hook: Annotated[str, Field(max_length=100)]
    hook_instance: Annotated[str, Field(min_length=1, max_length=100)]
    context: Context
    prefetch: dict[str, dict[str, Any] | None] | None = None


class Answered(Hooked):
    cards: list[Card]


class Coding(Hooked):
    code: Annotated[str, Field(max_length=200)]
    system: Annotated[str | None, Field(max_length=500)] = None
    display: Annotated[str | None, Field(max_length=500)] = None


class Overridden(Hooked):
    reason: Coding | None = None
    user_comment: Annotated[str | None, Field(max_length=2_000)] = None


class Accepted(Hooked):
    id: Annotated[str, Field(max_length=100)]


class Feedback(Hooked):
    """What a person did about one card."""

    card: Annotated[str, Field(min_length=1, max_length=100)]
    outcome: Literal["accepted", "overridden"]
    outcome_timestamp: Annotated[AwareDatetime, AfterValidator(_in_utc)]
    accepted_suggestions: Annotated[tuple[Accepted, ...], Field(max_length=20)] = ()
    override_reason: Overridden | None = None


class Fed(Hooked):
    feedback: Annotated[list[Feedback], Field(min_length=1, max_length=100)]


class Kept(Hooked):
    """The specification asks for a status alone."""

    kept: int


class Ask(Hooked):
    """One question of the audit."""

    on: date
    procedure: str | None
