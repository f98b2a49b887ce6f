"""The one door in: a message becomes a snapshot here, or is refused with a reason and a place."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.core.errors import Reason, Unreadable
from shared.core.events import (
    ClaimSubmitted,
    EligibilityReceived,
    Event,
    Kind,
    MeasureRecorded,
    RemittanceReceived,
    VisitRecorded,
)

# What EventBridge and SQS carried for ten years; a snapshot of one record is a few KB.
MAX_EVENT_BYTES = 256 * 1024


class _Envelope(BaseModel):
    """`id` names a delivery and is kept for tracing only, so a strange one is no reason to refuse the fact."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: object = None

    @property
    def event_id(self) -> str | None:
        return self.id if isinstance(self.id, str) else None


class _Visit(_Envelope):
    type: Literal["VisitRecorded"] = Field(alias="detail-type")
    detail: VisitRecorded


class _Claim(_Envelope):
    type: Literal["ClaimSubmitted"] = Field(alias="detail-type")
    detail: ClaimSubmitted


class _Remittance(_Envelope):
    type: Literal["RemittanceReceived"] = Field(alias="detail-type")
    detail: RemittanceReceived


class _Eligibility(_Envelope):
    type: Literal["EligibilityReceived"] = Field(alias="detail-type")
    detail: EligibilityReceived


class _Measure(_Envelope):
    type: Literal["MeasureRecorded"] = Field(alias="detail-type")
    detail: MeasureRecorded


Envelope = _Visit | _Claim | _Remittance | _Eligibility | _Measure

_envelope: TypeAdapter[Envelope] = TypeAdapter(
    Annotated[Envelope, Field(discriminator="type")], config=ConfigDict(defer_build=True)
)

SNAPSHOTS: dict[Kind, type[Event]] = {
    "visit": VisitRecorded,
    "claim": ClaimSubmitted,
    "remittance": RemittanceReceived,
    "eligibility": EligibilityReceived,
    "measure": MeasureRecorded,
}

# pydantic's word for what is wrong -> ours. What is not named here is of a wrong form.
_REASONS = {
    "json_invalid": Reason.NOT_JSON,
    "missing": Reason.MISSING_FIELD,
    "union_tag_not_found": Reason.MISSING_FIELD,
    "union_tag_invalid": Reason.UNKNOWN_KIND,
    "literal_error": Reason.NOT_IN_LIST,
    "greater_than_equal": Reason.OUT_OF_RANGE,
    "less_than_equal": Reason.OUT_OF_RANGE,
    "finite_number": Reason.OUT_OF_RANGE,
    "too_long": Reason.TOO_MANY,
}
_OURS = {reason.value for reason in Reason}
_TAGS = {"VisitRecorded", "ClaimSubmitted", "RemittanceReceived", "EligibilityReceived", "MeasureRecorded"}


def parse_event(body: bytes) -> Envelope:
    """The envelope in `body` (UTF-8 JSON as EventBridge delivers it), its `detail` checked; raises `Unreadable`."""
    if len(body) > MAX_EVENT_BYTES:
        raise Unreadable(Reason.TOO_LARGE, "body")
    try:
        return _envelope.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Unreadable(_reason(first), _place(first), _event_id(body)) from None


def stored_event(kind: Kind, body: bytes) -> Event:
    """A snapshot from its canonical JSON, as we wrote it ourselves."""
    return SNAPSHOTS[kind].model_validate_json(body)


def _reason(error: ErrorDetails) -> Reason:
    kind = error["type"]
    if kind in _REASONS:
        return _REASONS[kind]
    if kind in _OURS:
        return Reason(kind)
    return Reason.WRONG_TYPE if kind.endswith("_type") or kind == "model_attributes_type" else Reason.BAD_FORM


def _place(error: ErrorDetails) -> str:
    """The path of field names and positions. Unknown fields are ignored, so every name in it is one of ours."""
    steps = [str(step) for step in error["loc"] if step not in _TAGS]
    if error["type"].startswith("union_tag"):
        steps = ["detail-type"]
    return ".".join(steps) or "body"


def _event_id(body: bytes) -> str | None:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return None
    event_id = envelope.get("id") if isinstance(envelope, dict) else None
    return event_id if isinstance(event_id, str) else None


def envelope_models() -> dict[Kind, type[BaseModel]]:
    """The envelope of each kind, for those who tell senders what it looks like."""
    return {
        "visit": _Visit,
        "claim": _Claim,
        "remittance": _Remittance,
        "eligibility": _Eligibility,
        "measure": _Measure,
    }
