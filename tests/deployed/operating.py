"""What an operator does to a system that runs: sets a function's date, asks what is scheduled, takes a grant away."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.deployed.deployment import Deployment


def scheduled(system: Deployment, handler: str) -> list[str]:
    """The ARN of every schedule's target that is the function, if the function lets the schedule in."""
    events, lambdas = system.emulator.client("events"), system.emulator.client("lambda")
    name, found = system.functions[handler], []
    let_in = json.loads(lambdas.get_policy(FunctionName=name)["Policy"])["Statement"]
    sources = {s["Condition"]["ArnLike"]["AWS:SourceArn"] for s in let_in if s["Action"] == "lambda:InvokeFunction"}
    for rule in events.list_rules()["Rules"]:
        if "ScheduleExpression" in rule and rule["Arn"] in sources:
            targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
            found += [target["Arn"] for target in targets if target["Arn"].split(":")[6] == name]
    return found


@contextmanager
def as_of(system: Deployment, handler: str, day: date) -> Iterator[None]:
    """The function judges as of that day: the code as it is now, not the version behind the alias."""
    lambdas, name = system.emulator.client("lambda"), system.functions[handler]
    before = lambdas.get_function_configuration(FunctionName=name)["Environment"]
    now = {"Variables": {**before["Variables"], "AS_OF": day.isoformat()}}
    lambdas.update_function_configuration(FunctionName=name, Environment=now)
    try:
        yield
    finally:
        lambdas.update_function_configuration(FunctionName=name, Environment=before)


@dataclass(frozen=True)
class Grant:
    """One action of one statement of a role's own policy."""

    role: str
    policy: str
    statement: int
    action: str


def grants(system: Deployment, handler: str) -> list[Grant]:
    """What the function may do, by the policies written for it."""
    role = _role(system, handler)
    policies = system.emulator.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    return [
        Grant(role, policy, number, action)
        for policy in policies
        for number, statement in enumerate(_document(system, role, policy)["Statement"])
        if statement["Effect"] == "Allow"
        for action in _actions(statement)
    ]


def _role(system: Deployment, handler: str) -> str:
    name = system.functions[handler]
    arn: str = system.emulator.client("lambda").get_function_configuration(FunctionName=name)["Role"]
    return arn.rsplit("/", 1)[1]


def _document(system: Deployment, role: str, policy: str) -> dict[str, Any]:
    found: dict[str, Any] = system.emulator.client("iam").get_role_policy(RoleName=role, PolicyName=policy)
    return dict(found["PolicyDocument"])


def _actions(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else list(actions)


@contextmanager
def without(system: Deployment, grant: Grant) -> Iterator[None]:
    """The role as it is but for that grant."""
    before = _document(system, grant.role, grant.policy)
    now = deepcopy(before)
    statement = now["Statement"][grant.statement]
    statement["Action"] = [action for action in _actions(statement) if action != grant.action] or ["none:None"]
    _put(system, grant, now)
    try:
        yield
    finally:
        _put(system, grant, before)


def _put(system: Deployment, grant: Grant, document: dict[str, Any]) -> None:
    system.emulator.client("iam").put_role_policy(
        RoleName=grant.role, PolicyName=grant.policy, PolicyDocument=json.dumps(document)
    )
