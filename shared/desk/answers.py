"""What the routes of a patient ask and answer, as the desk's OpenAPI document says it."""

from datetime import date
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, Field

from shared.core.review import Action, Wish
from shared.core.turns import Turn
from shared.core.workflow import Workflow

PatientId = Annotated[str, Path(min_length=1, max_length=200)]
FindingId = Annotated[str, Path(pattern="^[0-9a-f]{20}$")]

Plain = dict[str, Any]


class Reviewed(BaseModel):
    """What people did about one finding and where that leaves it. `seen` goes back with the next action."""

    patient_id: str
    finding_id: str
    workflow: Workflow
    seen: int
    due_on: date | None
    suspended_until: date | None
    actions: list[Action]


class Acting(Wish):
    """An action on a finding, and how many actions were seen when it was decided on."""

    seen: Annotated[int, Field(ge=0)]


class Proved(BaseModel):
    """A finding as output.md shows it, with its trace, how it came to be so and what was done about it."""

    finding: dict[str, Any]
    facts: list[dict[str, Any]]
    law: list[dict[str, Any]]
    steps: list[str]
    history: list[Turn]
    review: Reviewed
