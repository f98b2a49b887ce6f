"""What of the expanded template the emulator makes. What it does not is left out by kind, and said.

A kind in neither list stops the run, and so does a reference to what was left out: nobody has looked at it yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.deployed.expanded import Template

MADE = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Stage",
        "AWS::CloudWatch::Alarm",
        "AWS::DynamoDB::Table",
        "AWS::Events::EventBus",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Version",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::Scheduler::Schedule",
        "AWS::SecretsManager::Secret",
    }
)
LEFT_OUT = {
    "AWS::Events::Archive": "the emulator refuses the kind",
    "AWS::Events::EventBusPolicy": "the emulator refuses the kind",
    "AWS::CloudWatch::CompositeAlarm": "the emulator refuses the kind",
    "AWS::CloudWatch::Dashboard": "it shows the alarms that are left out, and nobody looks at it here",
    "AWS::CodeDeploy::Application": "the emulator refuses the kind",
    "AWS::CodeDeploy::DeploymentGroup": "the emulator refuses the kind",
    "AWS::Logs::QueryDefinition": "the emulator refuses the kind",
    "AWS::Lambda::LayerVersion": "the functions find the layer where it was built",
}
# By a property: the whole resource goes.
LEFT_OUT_WITH = {("AWS::CloudWatch::Alarm", "Metrics"): "the emulator has no metric math"}
# By a condition: what is deployed only when asked for.
LEFT_OUT_UNDER = {"HasLookback": "nobody asks for a look-back here: tests/fleet runs it"}
# Beside Type and Properties.
ATTRIBUTES_LEFT_OUT = {"UpdatePolicy": "CodeDeploy shifts the traffic, and the emulator has none"}
PROPERTIES_LEFT_OUT = {
    ("AWS::ApiGatewayV2::Api", "Body"): "the emulator makes no routes and authorizers of it",
    ("AWS::Lambda::Function", "Layers"): LEFT_OUT["AWS::Lambda::LayerVersion"],
}


class NotEmulated(Exception):
    """The template holds what nobody has tried on the emulator: try it, and say in tests/deployed/emulated.py."""


@dataclass(frozen=True)
class Emulated:
    template: Template
    left_out: tuple[str, ...]


def emulated(template: Mapping[str, Any]) -> Emulated:
    gone = {name: why for name, resource in template["Resources"].items() if (why := _why_left_out(name, resource))}
    resources = {n: _bare(r, gone) for n, r in template["Resources"].items() if n not in gone}
    outputs = {n: o for n, o in template.get("Outputs", {}).items() if not _named(o) & gone.keys()}
    for name, resource in resources.items():
        if lost := _named(resource) & gone.keys():
            raise NotEmulated(f"{name} refers to {', '.join(sorted(lost))}, which is left out")
    said = [f"{name}: {template['Resources'][name]['Type']}, {why}" for name, why in gone.items()]
    said += [f"output {name}" for name in template.get("Outputs", {}).keys() - outputs.keys()]
    said += [
        text for name, resource in template["Resources"].items() if name not in gone for text in _parts(name, resource)
    ]
    return Emulated({**template, "Resources": resources, "Outputs": outputs}, tuple(sorted(said)))


def _why_left_out(name: str, resource: Mapping[str, Any]) -> str | None:
    kind = resource["Type"]
    if resource.get("Condition") in LEFT_OUT_UNDER:
        return LEFT_OUT_UNDER[resource["Condition"]]
    for (wanted, having), why in LEFT_OUT_WITH.items():
        if kind == wanted and having in resource.get("Properties", {}):
            return why
    if kind not in MADE and kind not in LEFT_OUT:
        raise NotEmulated(f"{name} is of the kind {kind}, of which nothing is said")
    return LEFT_OUT.get(kind)


def _parts(name: str, resource: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}: {key}, {why}" for key, why in ATTRIBUTES_LEFT_OUT.items() if key in resource)
    for (kind, key), why in PROPERTIES_LEFT_OUT.items():
        if kind == resource["Type"] and key in resource.get("Properties", {}):
            yield f"{name}: {kind}.{key}, {why}"


def _bare(resource: Mapping[str, Any], gone: Mapping[str, str]) -> dict[str, Any]:
    kind = resource["Type"]
    bare = {key: value for key, value in resource.items() if key not in {*ATTRIBUTES_LEFT_OUT, "DependsOn"}}
    properties = resource.get("Properties", {})
    bare["Properties"] = {key: v for key, v in properties.items() if (kind, key) not in PROPERTIES_LEFT_OUT}
    needed = resource.get("DependsOn", [])
    if kept := [name for name in ([needed] if isinstance(needed, str) else needed) if name not in gone]:
        bare["DependsOn"] = kept
    return bare


def _named(value: Any) -> set[str]:
    """Whatever a Ref, GetAtt or Sub in `value` may name; words that are no resource do no harm."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_] | str(name)}:
            return {name.split(".")[0]}
        case {"Fn::Sub": [str(text), given]}:
            return _names_in(text) | _named(given)
        case {"Fn::Sub": str(text)}:
            return _names_in(text)
        case dict() | list():
            parts = value.values() if isinstance(value, dict) else value
            return set[str]().union(*map(_named, parts))
    return set()


def _names_in(text: str) -> set[str]:
    return {part.split("}")[0].split(".")[0] for part in text.split("${")[1:]}
