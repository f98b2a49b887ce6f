"""What can go wrong with one call to AWS: before its effect, or after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import ReadTimeoutError

from tests.simulation.answers import service_error

Effect = Callable[..., Any]


class Killed(BaseException):
    """The execution environment died: no handler of ours may catch it."""


@dataclass(frozen=True)
class Call:
    """`name` is boto3's; Lambda's own answer to queue or stream is the call `return`."""

    name: str
    asked: Mapping[str, Any]

    @property
    def about(self) -> str:
        """With the sort key of the item or the index, for those who read a trace."""
        if index := self.asked.get("IndexName"):
            return f"{self.name} {index}"
        item = self.asked.get("Item") or self.asked.get("Key")
        return f"{self.name} {item.get('sk', {}).get('S')}" if isinstance(item, Mapping) else self.name

    @property
    def label(self) -> str:
        """The same for all facts: `put_item fact`, `put_item case`."""
        return self.about.split("#")[0]


class Kind(StrEnum):
    KILL = "kill"
    TIMEOUT = "timeout"
    THROTTLE = "throttle"
    INTERNAL = "internal error"
    CONFLICT = "false conflict"
    REPEAT = "repeat"  # the reply is lost and botocore tries again by itself
    REFUSE_ALL = "refuse all"  # PutEvents answers 200 and has taken nothing
    REFUSE_SOME = "refuse some"


class When(StrEnum):
    BEFORE = "before"
    AFTER = "after"


_ANYWHERE = [(kind, when) for kind in (Kind.KILL, Kind.TIMEOUT, Kind.THROTTLE, Kind.INTERNAL) for when in When]
_OWN: Mapping[str, list[tuple[Kind, When]]] = {
    "put_item": [(Kind.CONFLICT, When.BEFORE), (Kind.REPEAT, When.AFTER)],
    "send_message": [(Kind.REPEAT, When.AFTER)],
    "put_object": [(Kind.REPEAT, When.AFTER)],
    "publish": [(Kind.REPEAT, When.AFTER)],
    "put_events": [(Kind.REPEAT, When.AFTER), (Kind.REFUSE_ALL, When.BEFORE), (Kind.REFUSE_SOME, When.AFTER)],
}


def possible(label: str) -> list[tuple[Kind, When]]:
    """What may happen to such a call; the answer of Lambda can only be lost."""
    name, *_ = label.split()
    return [(Kind.KILL, When.BEFORE)] if name == "return" else [*_ANYWHERE, *_OWN.get(name, [])]


_CODES = {
    Kind.THROTTLE: "ThrottlingException",
    Kind.INTERNAL: "InternalServerError",
    Kind.CONFLICT: "ConditionalCheckFailedException",
}


@dataclass(frozen=True)
class Fault:
    """The `at`-th call goes wrong in this way."""

    at: int
    kind: Kind
    when: When

    def fits(self, call: Call) -> bool:
        """Code that was changed makes other calls than those the fault was meant for."""
        return (self.kind, self.when) in possible(call.label)

    def strike(self, call: Call, effect: Effect) -> Any:
        if self.kind is Kind.REFUSE_ALL:
            return _refusal(0, call)
        if self.kind is Kind.REFUSE_SOME:
            taken = call.asked["Entries"][: len(call.asked["Entries"]) // 2]
            if taken:
                effect(Entries=taken)
            return _refusal(len(taken), call)
        if self.when is When.AFTER:
            effect(**call.asked)
        if self.kind is Kind.REPEAT:
            return effect(**call.asked)
        raise self._error(call)

    def _error(self, call: Call) -> BaseException:
        if self.kind is Kind.KILL:
            return Killed()
        if self.kind is Kind.TIMEOUT:
            return ReadTimeoutError(endpoint_url="simulated")
        return service_error(call.name, _CODES[self.kind])

    def __str__(self) -> str:
        return f"{self.kind} {self.when} call {self.at}"


def _refusal(taken: int, call: Call) -> dict[str, Any]:
    refused = len(call.asked["Entries"]) - taken
    entries = [{"EventId": "simulated"}] * taken + [{"ErrorCode": "ThrottlingException"}] * refused
    return {"FailedEntryCount": refused, "Entries": entries}
