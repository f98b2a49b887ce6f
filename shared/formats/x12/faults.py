"""What is wrong with a block: a reason and a place, never a value of the file."""

from collections.abc import Callable
from typing import TypeVar

from shared.core.errors import AuditError, Reason

_Value = TypeVar("_Value")


class Malformed(AuditError):
    """A block that cannot be read. `structural`: what follows under the same level cannot be trusted either."""

    def __init__(self, reason: Reason, place: str, *, structural: bool = False) -> None:
        super().__init__(f"{reason} at {place}")
        self.reason = reason
        self.place = place
        self.structural = structural


def read_as(form: Callable[[str], _Value], text: str, place: str) -> _Value:
    """The value of an element that must be there in the form."""
    try:
        return form(text)
    except ValueError:
        raise Malformed(Reason.BAD_FORM if text else Reason.MISSING_FIELD, place) from None
