"""Subscription notifications (R5 backport in R4): what one says of itself, and which events before it were lost.

A notification is a Bundle whose first entry is its status, in R4 a Parameters resource. Its events are numbered since
the subscription began, and that is all that tells a receiver that a notification never came.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

from pydantic import ValidationError

from shared.formats.fhir.elements import Element, Many, Reference

_STATUS = "subscription"
_EVENT = "notification-event"
_LARGEST = 2**63 - 1


class _Parameter(Element):
    """Numbers come as valueString in R4, where an unsigned integer would overflow."""

    name: str
    value_string: str | None = None
    value_integer: int | None = None
    value_unsigned_int: int | None = None
    value_code: str | None = None
    value_reference: Reference | None = None
    part: Many["_Parameter"] = ()

    @property
    def number(self) -> int | None:
        told = self.value_integer if self.value_integer is not None else self.value_unsigned_int
        if told is None and self.value_string and self.value_string.isascii() and self.value_string.isdigit():
            told = int(self.value_string) if len(self.value_string) < len(str(_LARGEST)) else None
        return told


class _Status(Element):
    resource_type: str
    parameter: Many[_Parameter] = ()


class Event(NamedTuple):
    """One event of a notification: its number, and the address of the resource it is about."""

    number: int | None
    focus: str | None


class Notification(NamedTuple):
    """`kind`: handshake, heartbeat, event-notification or query-status; `so_far`: events since the beginning."""

    subscription: str | None
    kind: str
    so_far: int | None
    events: tuple[Event, ...]

    @classmethod
    def of(cls, bundle: Mapping[str, Any]) -> Self | None:
        """The notification that a Bundle is; None if it is none."""
        try:
            status = _Status.model_validate(bundle["entry"][0]["resource"])
        except (ValidationError, LookupError, TypeError):
            return None
        told = {parameter.name: parameter for parameter in status.parameter}
        if status.resource_type != "Parameters" or _STATUS not in told or told.get("type") is None:
            return None
        reference, so_far = told[_STATUS].value_reference, told.get("events-since-subscription-start")
        events = tuple(_event(parameter.part) for parameter in status.parameter if parameter.name == _EVENT)
        address = reference.reference if reference else None
        return cls(address, told["type"].value_code or "", so_far.number if so_far else None, events)

    @property
    def last(self) -> int | None:
        """The greatest event number that the notification shows to exist: what to remember for the next one."""
        numbers = [event.number for event in self.events if event.number is not None]
        return max([*numbers, *([self.so_far] if self.so_far is not None else [])], default=None)


def _event(parts: Iterable[_Parameter]) -> Event:
    told = {part.name: part for part in parts}
    number, focus = told.get("event-number"), told.get("focus")
    reference = focus.value_reference if focus else None
    return Event(number.number if number else None, reference.reference if reference else None)


def gap(previous: int, notification: Notification) -> tuple[range, ...]:
    """The numbers of the events after `previous` that neither came before nor come now; none is twice in it.

    `previous` is the greatest number seen of the subscription, 0 when it begins; an old notification that is delivered
    again shows no gap.
    """
    missing, expected = [], previous + 1
    for number in sorted({event.number for event in notification.events if event.number is not None}):
        if number > expected:
            missing.append(range(expected, number))
        expected = max(expected, number + 1)
    if notification.so_far is not None and notification.so_far >= expected:
        missing.append(range(expected, notification.so_far + 1))
    return tuple(missing)
