"""Faults of a template: the same template without some of what its policies allow."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.deployed.expanded import Template

Statement = Mapping[str, Any]


def without(template: Template, unwanted: Callable[[Statement], bool]) -> Template:
    """No policy of `template` has a statement that is `unwanted`; a policy left without statements is gone."""
    kept = {name: _pruned(resource, unwanted) for name, resource in template["Resources"].items()}
    if kept == template["Resources"]:
        raise ValueError("the template has no such statement: the fault would be none")
    return {**template, "Resources": {name: r for name, r in kept.items() if not _is_empty(r["Properties"])}}


def _pruned(value: Any, unwanted: Callable[[Statement], bool]) -> Any:
    match value:
        case {"Statement": list(statements)}:
            return {**value, "Statement": [s for s in statements if not unwanted(s)]}
        case dict():
            return {key: _pruned(part, unwanted) for key, part in value.items()}
        case list():
            pruned = [_pruned(part, unwanted) for part in value]
            return [part for part in pruned if not (isinstance(part, dict) and _is_empty(part))]
    return value


def _is_empty(policy: Mapping[str, Any]) -> bool:
    return "PolicyDocument" in policy and not policy["PolicyDocument"]["Statement"]


def allows(service: str, action: str) -> Callable[[Statement], bool]:
    """A statement of a resource that lets that AWS service in."""
    return lambda statement: (
        statement["Effect"] == "Allow"
        and statement.get("Principal") == {"Service": f"{service}.amazonaws.com"}
        and action in statement["Action"]
    )


def grants(action: str) -> Callable[[Statement], bool]:
    """A statement of a role that allows the action, perhaps among others."""
    return lambda statement: (
        statement["Effect"] == "Allow" and "Principal" not in statement and action in statement["Action"]
    )
