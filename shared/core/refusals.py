"""Of what pydantic finds wrong with an event: our reason, and the place by the names of our fields."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.core.errors import Reason, Unreadable

M = TypeVar("M", bound=BaseModel)
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


def checked(model: type[M], detail: Mapping[str, Any]) -> M:
    """The snapshot in `detail`, which a reader of another format made: its types are right, its values any."""
    try:
        return model.model_validate(detail, strict=False)
    except ValidationError as error:
        raise Unreadable(*first_of(error)) from None


def first_of(error: ValidationError) -> tuple[Reason, str]:
    """The first of what is wrong, and where. Nothing of the message is in it."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return _reason(first), _place(first)


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
