"""The one door in: a message becomes a snapshot here, or is refused with a reason and a place.

A visit must be told in full, except by our own readers of other formats (`ncd-audit.…`), which leave out what their
format cannot say. Who may use such a source is for the policy of the bus to decide; here it is taken at its word.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from shared.core import in_full
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
from shared.core.snapshot import read_by_us

# What EventBridge and SQS carried for ten years; a snapshot of one record is a few KB.
MAX_EVENT_BYTES = 256 * 1024
# The id of a delivery is logged, so it must look like one: a name or a note that strayed into it does not.
_DELIVERY_ID = re.compile(r"[!-~]{1,200}")


class _Envelope(BaseModel):
    """`id` and `source` are kept for tracing and precedence only: a strange one is no reason to refuse the fact."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: object = None
    source: object = None

    @property
    def event_id(self) -> str | None:
        return delivery_id(self.id)


class _Visit(_Envelope):
    type: Literal["VisitRecorded"] = Field(alias="detail-type")
    detail: VisitRecorded


class _VisitInFull(_Envelope):
    type: Literal["VisitRecorded"] = Field(alias="detail-type")
    detail: in_full.VisitRecorded


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
    read = _says_one_thing(body)
    try:
        if _must_be_told_in_full(read):
            _VisitInFull.model_validate_json(body)
        envelope = _envelope.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Unreadable(_reason(first), _place(first), _event_id(body)) from None
    # Whoever reads what we stored may take a null character for the end of it. Bare ones are no JSON.
    if b"\\u0000" in body and _holds_null(envelope.detail.model_dump()):
        raise Unreadable(Reason.BAD_FORM, "detail", envelope.event_id)
    envelope.detail.as_told_by(delivery_id(envelope.source))
    return envelope


def _must_be_told_in_full(read: object) -> bool:
    return isinstance(read, dict) and read.get("detail-type") == "VisitRecorded" and not read_by_us(read.get("source"))


def _says_one_thing(body: bytes) -> object:
    """The body as JSON: no deeper than we can read, no name twice in an object (readers differ in which they take)."""
    try:
        read = from_json(body)
    except ValueError as error:
        reason = Reason.TOO_DEEP if "recursion limit" in str(error) else Reason.NOT_JSON
        raise Unreadable(reason, "body", _event_id(body)) from None
    if _names_twice(body, read):
        raise Unreadable(Reason.AMBIGUOUS, "body", _event_id(body))
    return read


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


def checked(kind: Kind, detail: Mapping[str, Any]) -> Event:
    """The snapshot in `detail`, which a reader of another format made: its types are right, its values any."""
    try:
        return SNAPSHOTS[kind].model_validate(detail, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Unreadable(_reason(first), _place(first)) from None


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
    """A sender's id or name, kept for tracing and so logged: short, printable and without spaces, or none."""
    return value if isinstance(value, str) and _DELIVERY_ID.fullmatch(value) else None


def envelope_models() -> dict[Kind, type[BaseModel]]:
    """The envelope of each kind, for those who tell senders what it looks like."""
    return {
        "visit": _VisitInFull,
        "claim": _Claim,
        "remittance": _Remittance,
        "eligibility": _Eligibility,
        "measure": _Measure,
    }
