"""The expanded template as the checks ask of it: resources by kind, what refers to what, statements of policies."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from tests.template.expanding import expanded

QUEUE, TOPIC, BUCKET, BUS = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket", "AWS::Events::EventBus"
TABLE, KEY, LOG, FUNCTION = "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::Lambda::Function"
ROLE, ALARM, SOURCE, RULE = (
    "AWS::IAM::Role",
    "AWS::CloudWatch::Alarm",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Events::Rule",
)
ALIAS, DASHBOARD, STAGE = "AWS::Lambda::Alias", "AWS::CloudWatch::Dashboard", "AWS::ApiGatewayV2::Stage"
MACHINE, SCHEDULE = "AWS::StepFunctions::StateMachine", "AWS::Scheduler::Schedule"
# Kind -> where its policy stands and where that policy names what it is for.
POLICIES = {
    "AWS::SQS::QueuePolicy": ("PolicyDocument", "Queues"),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", "Topics"),
    "AWS::S3::BucketPolicy": ("PolicyDocument", "Bucket"),
    "AWS::Events::EventBusPolicy": ("Statement", "EventBusName"),
}


class Statement(NamedTuple):
    """One statement of a policy: `owner` is the resource that holds the policy."""

    owner: str
    effect: str
    principal: Any
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Expanded:
    """What CloudFormation would be given."""

    resources: Mapping[str, Any]

    def of(self, kind: str) -> dict[str, Any]:
        """Name -> properties."""
        return {name: whole.get("Properties", {}) for name, whole in self.resources.items() if whole["Type"] == kind}

    def sources(self, kind: str) -> dict[str, Any]:
        """The event source mappings that read from a resource of that kind."""
        return {
            name: source
            for name, source in self.of(SOURCE).items()
            if self.resources[named(source["EventSourceArn"]).split(".")[0]]["Type"] == kind
        }

    def function_of(self, alias: Any) -> str:
        """The function behind an alias, or behind what names it."""
        name = named(alias)
        return named(self.of(ALIAS)[name]["FunctionName"]) if name in self.of(ALIAS) else name

    def granted(self) -> Iterator[tuple[str, Statement]]:
        """Every statement that a role has, by the role."""
        shared = {name: written(name, policy["PolicyDocument"]) for name, policy in self._managed().items()}
        for role, properties in self.of(ROLE).items():
            for policy in properties.get("Policies", []):
                yield from ((role, statement) for statement in written(role, policy["PolicyDocument"]))
        for name, policy in self.of("AWS::IAM::Policy").items():
            for role in policy["Roles"]:
                yield from ((named(role), statement) for statement in written(name, policy["PolicyDocument"]))
        for role, properties in self.of(ROLE).items():
            for policy in properties.get("ManagedPolicyArns", []):
                yield from ((role, statement) for statement in shared.get(named(policy), ()))

    def guarded(self, kind: str) -> Iterator[tuple[str, Statement]]:
        """Every statement of the policies of that kind (of POLICIES), by each resource that it is about."""
        where, about = POLICIES[kind]
        for name, properties in self.of(kind).items():
            document = properties[where]
            document = document if "Statement" in document else {"Statement": [document]}
            for guarded in _listed(properties[about]):
                yield from ((named(guarded), statement) for statement in written(name, document))

    def condition_of(self, name: str) -> str:
        """Under which condition a resource is made; "": always."""
        return str(self.resources[name].get("Condition", ""))

    def role_of(self, function: str) -> str:
        return named(self.of(FUNCTION)[function]["Role"])

    def holders(self, action: str, resource: str) -> set[str]:
        """The roles that may do `action` to that resource."""
        return {role for role, one in self.granted() if action in one.actions and resource in one.resources}

    def _managed(self) -> dict[str, Any]:
        return self.of("AWS::IAM::ManagedPolicy")


def named(value: Any) -> str:
    """What a value refers to: `Table` for its Ref or ARN, `Table.StreamArn`, `QuarantineBucket/*`; else its JSON."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [name, "Arn" | "Id"]}:
            return str(name)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name}.{attribute}"
        case {"Fn::Sub": str(text)} if found := re.fullmatch(r"\$\{(\w+)\.Arn\}(/\S+)", text):
            return found[1] + found[2]
        case str():
            return value
    return json.dumps(value)


def mentioned(value: Any) -> set[str]:
    """Everything that a value refers to, however deep."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [name, _]}:
            return {str(name)}
        case {"Fn::Sub": str(text)}:
            return set(re.findall(r"\$\{(\w+)[.}]", text))
        case dict():
            return set().union(*map(mentioned, value.values()))
        case list():
            return set().union(*map(mentioned, value))
    return set()


def written(owner: str, document: Mapping[str, Any]) -> list[Statement]:
    return [
        Statement(
            owner,
            one["Effect"],
            one.get("Principal"),
            tuple(_listed(one["Action"])),
            tuple(map(named, _listed(one.get("Resource", [])))),
            one.get("Condition", {}),
        )
        for one in document["Statement"]
    ]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def of_text(text: str | None = None) -> Expanded:
    return Expanded(expanded(text)["Resources"])


@cache
def ours() -> Expanded:
    return of_text()
