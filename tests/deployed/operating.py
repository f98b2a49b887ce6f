"""What an operator does to a system that runs: sets a function's date, stops its stream, takes a grant away."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

from tests.deployed.deployment import Deployment

NCD_AUDIT = str(Path(sys.executable).with_name("ncd-audit"))


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


def verified(system: Deployment, patient_id: str) -> dict[str, Any]:
    """What `ncd-audit verify` says of the patient's trail in the table."""
    command = [NCD_AUDIT, "verify", "--table", system.table.name, "--patient", patient_id, "--json"]
    done = subprocess.run(
        command, env=system.emulator.settings, capture_output=True, text=True, check=False, timeout=120
    )
    assert not done.stderr, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def as_of(system: Deployment, handler: str, day: date) -> AbstractContextManager[None]:
    """The function judges as of that day."""
    return _with(system, handler, {"AS_OF": day.isoformat()})


def digested(system: Deployment, handler: str) -> AbstractContextManager[None]:
    """The function leaves to the digest what is no violation, as it does unless told otherwise."""
    return _with(system, handler, {"ALERT_AT_ONCE_SEVERITY": "violation"})


def afresh(system: Deployment, handler: str) -> AbstractContextManager[None]:
    """The function starts anew with its next call, and knows nothing of those before."""
    return _with(system, handler, {"STARTED": datetime.now(UTC).isoformat()})


@contextmanager
def _with(system: Deployment, handler: str, settings: Mapping[str, str]) -> Iterator[None]:
    """With these settings as well: the code as it is now, not the version behind the alias."""
    lambdas, name = system.emulator.client("lambda"), system.functions[handler]
    before = lambdas.get_function_configuration(FunctionName=name)["Environment"]
    now = {"Variables": {**before["Variables"], **settings}}
    lambdas.update_function_configuration(FunctionName=name, Environment=now)
    try:
        yield
    finally:
        lambdas.update_function_configuration(FunctionName=name, Environment=before)


@contextmanager
def source_stopped(system: Deployment, handler: str) -> Iterator[None]:
    """Nothing comes to the function by its stream or queue; what is new then comes afterwards."""
    lambdas = system.emulator.client("lambda")
    known = lambdas.list_event_source_mappings(FunctionName=system.functions[handler])["EventSourceMappings"]
    [source] = [mapping["UUID"] for mapping in known]
    lambdas.update_event_source_mapping(UUID=source, Enabled=False)
    try:
        yield
    finally:
        lambdas.update_event_source_mapping(UUID=source, Enabled=True)


@dataclass(frozen=True)
class Grant:
    """One action on one resource, of one statement of a role's own policy."""

    role: str
    policy: str
    statement: int
    action: str
    resource: str


def grants(system: Deployment, handler: str) -> list[Grant]:
    """What the function may do, by the policies written for it."""
    role = _role(system, handler)
    policies = system.emulator.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    return [
        Grant(role, policy, number, action, resource)
        for policy in policies
        for number, statement in enumerate(_document(system, role, policy)["Statement"])
        if statement["Effect"] == "Allow"
        for action, resource in _allowed(statement)
    ]


def _role(system: Deployment, handler: str) -> str:
    name = system.functions[handler]
    arn: str = system.emulator.client("lambda").get_function_configuration(FunctionName=name)["Role"]
    return arn.rsplit("/", 1)[1]


def _document(system: Deployment, role: str, policy: str) -> dict[str, Any]:
    found: dict[str, Any] = system.emulator.client("iam").get_role_policy(RoleName=role, PolicyName=policy)
    return dict(found["PolicyDocument"])


def _allowed(statement: dict[str, Any]) -> list[tuple[str, str]]:
    return [*product(_listed(statement["Action"]), _listed(statement["Resource"]))]


def _listed(named: str | list[str]) -> list[str]:
    return [named] if isinstance(named, str) else named


@contextmanager
def without(system: Deployment, grant: Grant) -> Iterator[None]:
    """The role as it is but for that grant."""
    before = _document(system, grant.role, grant.policy)
    statements = list(before["Statement"])
    shortened = statements[grant.statement]
    left = [pair for pair in _allowed(shortened) if pair != (grant.action, grant.resource)] or [("none:None", "*")]
    parts = [{**shortened, "Action": action, "Resource": resource} for action, resource in left]
    statements[grant.statement : grant.statement + 1] = parts
    _put(system, grant, {**before, "Statement": statements})
    try:
        yield
    finally:
        _put(system, grant, before)


def _put(system: Deployment, grant: Grant, document: dict[str, Any]) -> None:
    system.emulator.client("iam").put_role_policy(
        RoleName=grant.role, PolicyName=grant.policy, PolicyDocument=json.dumps(document)
    )
