"""Asks the policies of the template as AWS would: may this caller do that, with these parameters of the stack?

As much of IAM as the template uses: a refusal wins, then an allowance of the resource or one of the caller's own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.template.resources import Statement, named

Parameters = Mapping[str, list[str]]


@dataclass(frozen=True)
class Caller:
    """A role by its name, or a service acting for a resource; `entitled`: a policy of its own allows the action."""

    role: str = ""
    service: str = ""
    entitled: bool = False
    says: Mapping[str, str] = field(default_factory=dict)  # what a condition can ask for

    def context(self) -> Mapping[str, str]:
        known = {"aws:SecureTransport": "true", **self.says}
        return known | ({"aws:PrincipalArn": self.role} if self.role else {})


def may(caller: Caller, action: str, statements: Iterable[Statement], parameters: Parameters) -> bool:
    """The statements are those about one resource."""
    service, _ = action.split(":")
    matching = [one for one in statements if {action, f"{service}:*"} & set(one.actions)]
    matching = [one for one in matching if _is_meant(caller, one, parameters) and _holds(caller, one, parameters)]
    effects = {one.effect for one in matching}
    return "Deny" not in effects and ("Allow" in effects or caller.entitled)


def _is_meant(caller: Caller, one: Statement, parameters: Parameters) -> bool:
    match one.principal:
        case "*":
            return True
        case {"Service": service}:
            return bool(service == caller.service)
        case {"AWS": roles}:
            return caller.role in _values(roles, parameters)
    raise ValueError(one.principal)


def _holds(caller: Caller, one: Statement, parameters: Parameters) -> bool:
    return all(
        _answers(operator, caller.context().get(key), _values(wanted, parameters))
        for operator, asked in one.condition.items()
        for key, wanted in asked.items()
    )


def _answers(operator: str, said: str | None, wanted: list[str]) -> bool:
    """What is denied of nothing is true, what is asserted of nothing is false."""
    if "Not" in operator:
        return said is None or not any(_SAME[operator](said, one) for one in wanted)
    return said is not None and any(_SAME[operator](said, one) for one in wanted)


def _equal(said: str, wanted: str) -> bool:
    return said == wanted


_SAME: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": fnmatchcase,  # of IAM: both kinds of ARN operators know the wildcard
    "ArnLike": fnmatchcase,
    "ArnNotEquals": fnmatchcase,
    "ArnNotLike": fnmatchcase,
    "Bool": _equal,
    "StringEquals": _equal,
    "StringLike": fnmatchcase,
    "StringNotEquals": _equal,
}


def _values(value: Any, parameters: Parameters) -> list[str]:
    match value:
        case list():
            return [one for part in value for one in _values(part, parameters)]
        case {"Fn::If": [condition, some, none]}:
            return _values(some if parameters.get(condition.removeprefix("Has")) else none, parameters)
        case {"Ref": str(name)} if name in parameters:
            return parameters[name]
    return [named(value)]
