"""How the stack is made: its packages and template uploaded, created by CloudFormation, an officer subscribed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.deployed.deployment import Deployment, eventually
from tests.deployed.emulated import emulated
from tests.deployed.emulator import Emulator
from tests.deployed.expanded import PACKAGES, Template
from tests.deployed.packages import on_our_runtime, packages

# What has no default in the template, or needs another one here.
PARAMETERS: Mapping[str, str] = {
    "AtOnceMinSeverity": "warning",  # so that a visit of today that nobody billed is told at once
    "DeskAudience": "ncd-audit-desk",
    "DeskIssuer": "https://officers.example",
}


class NotMade(Exception):
    """The emulator could not create the stack; the message holds its reasons."""


def deployed(emulator: Emulator, template: Template, stack: str) -> Deployment:
    """Create the stack from an expanded template, its packages uploaded before."""
    storage = emulator.client("s3")
    storage.create_bucket(Bucket=PACKAGES)
    for key, archive in packages(template).items():
        storage.put_object(Bucket=PACKAGES, Key=key, Body=archive)
    storage.put_object(Bucket=PACKAGES, Key=stack, Body=json.dumps(on_our_runtime(emulated(template).template)))
    outputs = _created(emulator, stack)
    listening = subscribed(emulator, outputs["AlertTopicArn"], stack)
    made = Deployment(emulator, stack, outputs, _functions(emulator, stack), listening)
    made.redeliver_soon()
    return made


def _created(emulator: Emulator, stack: str) -> dict[str, str]:
    """Out of the bucket, since a request holds no template of more than 51,200 bytes."""
    cloudformation = emulator.client("cloudformation")
    parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in PARAMETERS.items()]
    url = f"{emulator.url}/{PACKAGES}/{stack}"
    cloudformation.create_stack(
        StackName=stack, TemplateURL=url, Parameters=parameters, Capabilities=["CAPABILITY_NAMED_IAM"]
    )

    def settled() -> dict[str, Any] | None:
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return None if found["StackStatus"].endswith("_IN_PROGRESS") else found

    made = eventually(settled, "the end of the stack's creation")
    if made["StackStatus"] != "CREATE_COMPLETE":
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        raise NotMade(
            [(e["LogicalResourceId"], e["ResourceStatusReason"]) for e in events if "ResourceStatusReason" in e]
        )
    return {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}


def _functions(emulator: Emulator, stack: str) -> dict[str, str]:
    pages: Sequence[Any] = emulator.client("lambda").get_paginator("list_functions").paginate()
    functions = [function for page in pages for function in page["Functions"]]
    return {f["Handler"]: f["FunctionName"] for f in functions if f["FunctionName"].startswith(f"{stack}-")}


def subscribed(emulator: Emulator, topic: str, stack: str) -> str:
    """A queue that hears the alerts, as an officer's system would be connected."""
    queues = emulator.client("sqs")
    url: str = queues.create_queue(QueueName=f"{stack}-officer")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    lets_in = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [lets_in]})
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    emulator.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url
