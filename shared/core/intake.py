"""The one door in: a message becomes a snapshot here, or is refused with a reason and a place."""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

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
# The id of a delivery is logged, so it must look like one: a name or a note that strayed into it does not.
_DELIVERY_ID = re.compile(r"[!-~]{1,200}")


class _Envelope(BaseModel):
    """`id` names a delivery and is kept for tracing only, so a strange one is no reason to refuse the fact."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: object = None

    @property
    def event_id(self) -> str | None:
        return delivery_id(self.id)


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
    _says_one_thing(body)
    try:
        envelope = _envelope.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Unreadable(_reason(first), _place(first), _event_id(body)) from None
    # Whoever reads what we stored may take a null character for the end of it. Bare ones are no JSON.
    if b"\\u0000" in body and _holds_null(envelope.detail.model_dump()):
        raise Unreadable(Reason.BAD_FORM, "detail", envelope.event_id)
    return envelope


def _says_one_thing(body: bytes) -> None:
    """JSON, no deeper than we can read, and no name twice in an object: readers differ in which they take."""
    try:
        read = from_json(body)
    except ValueError as error:
        reason = Reason.TOO_DEEP if "recursion limit" in str(error) else Reason.NOT_JSON
        raise Unreadable(reason, "body", _event_id(body)) from None
    if _names_twice(body, read):
        raise Unreadable(Reason.AMBIGUOUS, "body", _event_id(body))


def _names_twice(body: bytes, read: object) -> bool:
    """Of a name that stands twice only one is read, so written again the text has fewer colons."""
    if b"\\u003" not in body:  # an escaped colon is written as one, and would make good for one that is missing
        return body.count(b":") != to_json(read).count(b":")
    objects: list[list[tuple[str, Any]]] = []
    json.loads(body, object_pairs_hook=objects.append)
    return any(len(dict(pairs)) < len(pairs) for pairs in objects)


def _holds_null(value: object) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(map(_holds_null, value.values()))
        case list() | tuple():
            return any(map(_holds_null, value))
    return False


def stored_event(kind: Kind, body: bytes) -> Event:
    """A snapshot from its canonical JSON, as we wrote it ourselves."""
    return SNAPSHOTS[kind].model_validate_json(body)


def _reason(error: ErrorDetails) -> Reason:
    kind = error["type"]
    if kind in _REASONS:
        return _REASONS[kind]
    if kind in _OURS:
        return Reason(kind)
    return Reason.WRONG_TYPE if kind.endswith("_type") else Reason.BAD_FORM


def _place(error: ErrorDetails) -> str:
    """The path of field names and positions. Unknown fields are ignored, so every name in it is one of ours."""
    steps = [str(step) for step in error["loc"] if step not in _TAGS]
    if error["type"].startswith("union_tag"):
        steps = ["detail-type"]
    return ".".join(steps) or "body"


def _event_id(body: bytes) -> str | None:
    """The id of a delivery that was refused, if it can be made out and stands there once."""
    try:
        envelope = json.loads(body, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return None
    ids = [value for name, value in envelope if name == "id"] if isinstance(envelope, tuple) else []
    return delivery_id(ids[0]) if len(ids) == 1 else None


def delivery_id(value: object) -> str | None:
    """The sender's id of a delivery, kept for tracing and so logged: short, printable and without spaces, or none."""
    return value if isinstance(value, str) and _DELIVERY_ID.fullmatch(value) else None


def envelope_models() -> dict[Kind, type[BaseModel]]:
    """The envelope of each kind, for those who tell senders what it looks like."""
    return {
        "visit": _Visit,
        "claim": _Claim,
        "remittance": _Remittance,
        "eligibility": _Eligibility,
        "measure": _Measure,
    }
