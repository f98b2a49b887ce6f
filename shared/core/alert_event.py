"""The event on the bus for whoever makes tickets of alerts, described: events/schemas/alert.json is made of this.

It holds no diagnosis, name or date: the patient's key, the sender's own record ids, and an address behind a sign-in.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.core.severity import Severity
from shared.core.snapshot import Kind

_Id = Annotated[str, Field(pattern="^[0-9a-f]{20}$")]


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Record(_Described):
    """A record that proves the finding, by the sender's own id."""

    kind: Kind
    id: str
    version: int


class AlertDetail(_Described):
    """One step of one finding. A delivery may be repeated: its alert_id stays the same."""

    alert_id: Annotated[_Id, Field(description="The same for every repeat of this alert: drop what you know.")]
    finding_id: Annotated[_Id, Field(description="The same for every step of this finding: one ticket for each.")]
    revision: Annotated[int, Field(ge=1, description="Grows with every step: what is older than you know is late.")]
    transition: Literal["opened", "reopened", "worsened", "withdrawn"]
    rule: Annotated[str, Field(description="`ncd-audit rules RULE` says what it means.")]
    severity: Severity
    patient_id: Annotated[str, Field(description="The sender's key of the patient.")]
    sessions: Annotated[str, Field(description="The number of the session, how many are used and left; may be empty.")]
    records: list[Record]
    link: Annotated[
        str | None, Field(description="The finding at the desk, behind its sign-in; only where DeskLink is set.")
    ] = None


class AlertEvent(BaseModel):
    """What EventBridge delivers, beside its own account, region, id, time, version and resources."""

    source: Literal["ncd-audit"]
    detail_type: Annotated[
        Literal["FindingOpened", "FindingReopened", "FindingWorsened", "FindingWithdrawn"],
        Field(alias="detail-type"),
    ]
    detail: AlertDetail
