"""The resources of template.yaml that a simulation has, each made on moto from its resolved properties."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.functions import TemplateNotUnderstood
from local.surroundings import sqs
from shared.aws.runtime import dynamodb, events, s3, secrets, sns

# Properties of the table that protect it or say how it is paid, and change nothing that a function could see.
_TABLE_ONLY_ON_AWS = {
    "DeletionProtectionEnabled",
    "PointInTimeRecoverySpecification",
    "ResourcePolicy",
    "SSESpecification",
}


@dataclass(frozen=True)
class Made:
    """A resource on moto: what `Ref` gives, and what `GetAtt` gives."""

    ref: str
    attributes: Mapping[str, str]


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


MAKERS: dict[str, Callable[[str, Mapping[str, Any]], Made]] = {
    "AWS::Events::EventBus": _bus,
    "AWS::Events::Rule": _rule,
    "AWS::SQS::Queue": _queue,
    "AWS::DynamoDB::Table": _table,
    "AWS::S3::Bucket": _bucket,
    "AWS::SNS::Topic": _topic,
    "AWS::SecretsManager::Secret": _secret,
}
