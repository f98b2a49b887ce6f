"""What template.yaml describes, made on moto: the template is the one place where the wiring is written.

A resource is made when something first refers to it, and in the end every one is made that is not knowingly left out.
A type or a reference that is not understood stops the simulation: a part left out unseen would make it lie.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from local.functions import Function, TemplateNotUnderstood, function
from local.surroundings import sqs
from shared.aws.runtime import dynamodb, events, s3, secrets, sns

_NO_PERMISSIONS = "moto asks nobody for permission"
NOT_SIMULATED = {
    "AWS::CloudWatch::Alarm": "nobody watches a simulation",
    "AWS::CloudWatch::Dashboard": "nobody watches a simulation",
    "AWS::Events::Archive": "a copy for replay",
    "AWS::Events::EventBusPolicy": _NO_PERMISSIONS,
    "AWS::IAM::ManagedPolicy": _NO_PERMISSIONS,
    "AWS::IAM::Policy": _NO_PERMISSIONS,
    "AWS::IAM::Role": _NO_PERMISSIONS,
    "AWS::KMS::Key": "nothing is kept, so nothing is encrypted",
    "AWS::Lambda::Permission": _NO_PERMISSIONS,
    "AWS::Logs::LogGroup": "what the functions print is heard by the invoker",
    "AWS::S3::BucketPolicy": _NO_PERMISSIONS,
    "AWS::SNS::Subscription": "e-mail to people",
    "AWS::SNS::TopicPolicy": _NO_PERMISSIONS,
    "AWS::SQS::QueuePolicy": _NO_PERMISSIONS,
    "AWS::StepFunctions::StateMachine": "tests/fleet runs its definition",
    "AWS::Serverless::HttpApi": "ncd-audit serve answers for the desk; what is posted is handed to the function",
    "AWS::Serverless::LayerVersion": "the code is imported where it lies",
}
# Properties of the table that protect it or say how it is paid, and change nothing that a function could see.
_TABLE_ONLY_ON_AWS = {
    "DeletionProtectionEnabled",
    "PointInTimeRecoverySpecification",
    "ResourcePolicy",
    "SSESpecification",
}
_PSEUDO = {
    "AWS::StackName": "ncd-audit",
    "AWS::Region": "us-east-1",
    "AWS::Partition": "aws",
    "AWS::AccountId": "123456789012",
}


@dataclass(frozen=True)
class Made:
    """A resource on moto: what `Ref` gives, and what `GetAtt` gives."""

    ref: str
    attributes: Mapping[str, str]


class Stack:
    """The resources of one template, made on demand. What is not given of its parameters has its default."""

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, str] = MappingProxyType({})) -> None:
        self._template = template
        self._given = given
        self._made: dict[str, Made] = {}

    def make_all(self) -> tuple[Function, ...]:
        """Make every resource; the functions with the settings and event sources the template gives them."""
        asked_for = {name: r for name, r in self._template["Resources"].items() if self._is_asked_for(r)}
        for name, resource in asked_for.items():
            if resource["Type"] not in {*NOT_SIMULATED, "AWS::Serverless::Function"}:
                self.made(name)
        common = self._template.get("Globals", {}).get("Function", {})
        return tuple(
            function(name, self.resolved(common), self.resolved(resource["Properties"]))
            for name, resource in asked_for.items()
            if resource["Type"] == "AWS::Serverless::Function"
        )

    def _is_asked_for(self, resource: Mapping[str, Any]) -> bool:
        """Whether CloudFormation would make it with these parameters."""
        if "Condition" not in resource:
            return True
        match self._template["Conditions"][resource["Condition"]]:
            case {"Fn::Not": [{"Fn::Equals": [left, right]}]}:
                return str(self.resolved(left)) != str(right)
        raise TemplateNotUnderstood(f"condition {resource['Condition']} is none of the form !Not [!Equals [.., ..]]")

    def of_type(self, kind: str) -> list[Made]:
        return [self.made(name) for name, resource in self._template["Resources"].items() if resource["Type"] == kind]

    def made(self, name: str) -> Made:
        if name not in self._made:
            resource = self._template["Resources"][name]
            maker = _MAKERS.get(resource["Type"])
            if maker is None:
                raise TemplateNotUnderstood(f"{name}: no counterpart for {resource['Type']}")
            self._made[name] = maker(name, self.resolved(resource.get("Properties", {})))
        return self._made[name]

    def resolved(self, value: Any) -> Any:
        """The value with every Ref, GetAtt and Sub replaced by what it refers to."""
        match value:
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self._attribute(name, attribute)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._named(found[1]), text)
            case dict():
                return {key: self.resolved(part) for key, part in value.items()}
            case list():
                return [self.resolved(part) for part in value]
        return value

    def _named(self, name: str) -> str:
        return self._attribute(*name.split(".", 1)) if "." in name else self._ref(name)

    def _ref(self, name: str) -> str:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._template.get("Parameters", {}):
            return self._given.get(name, str(self._template["Parameters"][name]["Default"]))
        if self._template["Resources"][name]["Type"] in NOT_SIMULATED:
            return name
        return self.made(name).ref

    def _attribute(self, name: str, attribute: str) -> str:
        if self._template["Resources"][name]["Type"] in NOT_SIMULATED:
            return f"{name}.{attribute}"
        attributes = self.made(name).attributes
        if attribute not in attributes:
            raise TemplateNotUnderstood(f"{name}: no counterpart for its attribute {attribute}")
        return attributes[attribute]


def _bus(_: str, properties: Mapping[str, Any]) -> Made:
    made = events().create_event_bus(Name=properties["Name"])
    return Made(properties["Name"], {"Arn": made["EventBusArn"], "Name": properties["Name"]})


def _rule(name: str, properties: Mapping[str, Any]) -> Made:
    client, bus = events(), properties.get("EventBusName", "default")
    made = client.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(properties["EventPattern"]))
    for target in properties["Targets"]:
        if strange := target.keys() - {"Id", "Arn", "DeadLetterConfig"}:
            raise TemplateNotUnderstood(f"{name}: moto would ignore {', '.join(sorted(strange))} of a target")
    client.put_targets(Rule=name, EventBusName=bus, Targets=properties["Targets"])
    return Made(name, {"Arn": made["RuleArn"]})


def _queue(name: str, properties: Mapping[str, Any]) -> Made:
    attributes: Any = {key: value if isinstance(value, str) else json.dumps(value) for key, value in properties.items()}
    client = sqs()
    url = client.create_queue(QueueName=attributes.pop("QueueName", name), Attributes=attributes)["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Made(url, {"Arn": arn, "QueueName": arn.rsplit(":", 1)[1]})


def _table(name: str, properties: Mapping[str, Any]) -> Made:
    described = {"TableName": name} | {key: properties[key] for key in properties.keys() - _TABLE_ONLY_ON_AWS}
    # CloudFormation has no StreamEnabled: to name a view is to want it.
    if "StreamSpecification" in described:
        described["StreamSpecification"] = {"StreamEnabled": True} | described["StreamSpecification"]
    table = dynamodb().create_table(**described)["TableDescription"]
    stream = {"StreamArn": table["LatestStreamArn"]} if "LatestStreamArn" in table else {}
    return Made(table["TableName"], {"Arn": table["TableArn"]} | stream)


def _bucket(name: str, properties: Mapping[str, Any]) -> Made:
    bucket = properties.get("BucketName", name.lower())
    s3().create_bucket(Bucket=bucket)
    s3().put_bucket_versioning(Bucket=bucket, VersioningConfiguration=properties["VersioningConfiguration"])
    if "NotificationConfiguration" in properties:
        said: Any = {"EventBridgeConfiguration": {}}  # CloudFormation says EventBridgeEnabled inside
        s3().put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=said)
    return Made(bucket, {"Arn": f"arn:aws:s3:::{bucket}"})


def _secret(name: str, properties: Mapping[str, Any]) -> Made:
    length = properties["GenerateSecretString"]["PasswordLength"]
    arn = secrets().create_secret(Name=name, SecretString="0" * length)["ARN"]
    return Made(arn, {"Id": arn})


def _topic(name: str, properties: Mapping[str, Any]) -> Made:
    arn = sns().create_topic(Name=properties.get("TopicName", name))["TopicArn"]
    return Made(arn, {"TopicArn": arn, "TopicName": arn.rsplit(":", 1)[1]})


_MAKERS: dict[str, Callable[[str, Mapping[str, Any]], Made]] = {
    "AWS::Events::EventBus": _bus,
    "AWS::Events::Rule": _rule,
    "AWS::SQS::Queue": _queue,
    "AWS::DynamoDB::Table": _table,
    "AWS::S3::Bucket": _bucket,
    "AWS::SNS::Topic": _topic,
    "AWS::SecretsManager::Secret": _secret,
}
