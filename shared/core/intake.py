"""The one door in: a message becomes a snapshot here, or is refused with a reason and a place.

A visit must be told in full, except by our own readers of other formats (`ncd-audit.…`), which leave out what their
format cannot say. Who may use such a source is for the policy of the bus to decide; here it is taken at its word.
"""

from pydantic import ValidationError

from shared.core.at_once import at_once
from shared.core.body import delivery_id, event_id_in, holds_null, json_in, may_escape
from shared.core.envelopes import Envelope, any_envelope, visit_in_full
from shared.core.errors import Reason, Unreadable
from shared.core.refusals import first_of
from shared.core.snapshot import read_by_us

# What EventBridge and SQS carried for ten years; a snapshot of one record is a few KB.
MAX_EVENT_BYTES = 256 * 1024


def parse_event(body: bytes) -> Envelope:
    """The envelope in `body` (UTF-8 JSON as EventBridge delivers it), its `detail` checked; raises `Unreadable`."""
    if len(body) > MAX_EVENT_BYTES:
        raise Unreadable(Reason.TOO_LARGE, "body")
    envelope = at_once(body) or step_by_step(body)
    # Whoever reads what we stored may take a null character for the end of it. Bare ones are no JSON.
    if may_escape(body, b"\\u0000") and holds_null(envelope.detail.model_dump()):
        raise Unreadable(Reason.BAD_FORM, "detail", envelope.event_id)
    envelope.detail.as_told_by(delivery_id(envelope.source))
    return envelope


def step_by_step(body: bytes) -> Envelope:
    read = json_in(body)
    try:
        return _validated(read)
    except ValidationError as error:
        raise Unreadable(*first_of(error), event_id_in(body)) from None


def _validated(read: object) -> Envelope:
    """By one model; by the other only where something is wrong or not stated, to say what."""
    in_full_needed = _must_be_told_in_full(read)
    try:
        told = any_envelope().validate_python(read)
    except ValidationError:
        if in_full_needed:
            visit_in_full().validate_python(read)
        raise
    if in_full_needed and not told["detail"].told_in_full:
        visit_in_full().validate_python(read)
    return Envelope(told["detail"], told.get("id"), told.get("source"))


def _must_be_told_in_full(read: object) -> bool:
    return isinstance(read, dict) and read.get("detail-type") == "VisitRecorded" and not read_by_us(read.get("source"))
