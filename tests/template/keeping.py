"""What stands stays: under a key of ours, for as long as it must, whatever happens to the stack."""

from collections.abc import Iterator
from typing import Any

from tests.template.resources import (
    BUCKET,
    BUS,
    FUNCTION,
    KEY,
    LOG,
    MACHINE,
    QUEUE,
    RULE,
    TABLE,
    TOPIC,
    Expanded,
    mentioned,
    named,
    written,
)

_FOURTEEN_DAYS = 14 * 24 * 60 * 60
# Kind -> where it names its key.
_KEYS = {
    QUEUE: "KmsMasterKeyId",
    TOPIC: "KmsMasterKeyId",
    TABLE: "SSESpecification",
    BUCKET: "BucketEncryption",
    BUS: "KmsKeyIdentifier",
    "AWS::Events::Archive": "KmsKeyIdentifier",
    LOG: "KmsKeyId",
    FUNCTION: "KmsKeyArn",
    MACHINE: "EncryptionConfiguration",
}
# What each service does with the key of a queue or a log group that it writes to.
_WRITES = {"kms:Decrypt", "kms:GenerateDataKey"}


def everything_rests_under_a_key_of_ours(stack: Expanded) -> Iterator[str]:
    for kind, where in _KEYS.items():
        for name, properties in stack.of(kind).items():
            if not mentioned(properties.get(where)) & set(stack.of(KEY)):
                yield f"{name} is not encrypted with a key of ours"


def keys_are_changed_and_kept(stack: Expanded) -> Iterator[str]:
    for name, key in stack.of(KEY).items():
        if not key.get("EnableKeyRotation") or key.get("PendingWindowInDays", 30) < 30:
            yield f"{name} is not rotated, or can be lost within a month"


def what_holds_data_outlives_the_stack(stack: Expanded) -> Iterator[str]:
    for kind in (TABLE, BUCKET, KEY, QUEUE, LOG):
        for name in stack.of(kind):
            whole = stack.resources[name]
            if (whole.get("DeletionPolicy"), whole.get("UpdateReplacePolicy")) != ("Retain", "Retain"):
                yield f"{name} goes with the stack"


def tables_can_be_put_back(stack: Expanded) -> Iterator[str]:
    for name, table in stack.of(TABLE).items():
        recovery = table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled")
        if not recovery or not table.get("DeletionProtectionEnabled"):
            yield f"{name} can be lost"


def buckets_are_closed_and_kept(stack: Expanded) -> Iterator[str]:
    for name, bucket in stack.of(BUCKET).items():
        access = bucket.get("PublicAccessBlockConfiguration", {})
        if len(access) < 4 or not all(access.values()):
            yield f"{name} can be made public"
        if bucket.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield f"{name} forgets what is overwritten"
        if bucket.get("OwnershipControls") != {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}:
            yield f"{name} may hold objects of others"


def logs_are_kept_and_end(stack: Expanded) -> Iterator[str]:
    for function, properties in stack.of(FUNCTION).items():
        log = named(properties.get("LoggingConfig", {}).get("LogGroup"))
        if stack.of(LOG).get(log, {}).get("RetentionInDays") is None:
            yield f"{function} has no log group of a stated retention"
        if {log} != {
            one.resources[0] for role, one in stack.granted() if role == stack.role_of(function) and _logs(one.actions)
        }:
            yield f"{function} may write to other logs than {log}"


def _logs(actions: tuple[str, ...]) -> bool:
    return "logs:PutLogEvents" in actions


def dead_letters_are_kept_for_two_weeks(stack: Expanded) -> Iterator[str]:
    for name, queue in stack.of(QUEUE).items():
        if queue.get("MessageRetentionPeriod") != _FOURTEEN_DAYS:
            yield f"{name} forgets before an operator is back from holidays"


def services_may_use_the_keys_they_meet(stack: Expanded) -> Iterator[str]:
    """Without it a delivery fails in silence."""
    for service, resources in _meetings(stack):
        for name in resources:
            properties = stack.resources[name]["Properties"]
            key = next(iter(mentioned(properties.get(_KEYS[stack.resources[name]["Type"]])) & set(stack.of(KEY))), "")
            if key and not _allowed(stack, key, service) >= _WRITES:
                yield f"{service} may not use {key}, so that {name} gets nothing from it"


def _meetings(stack: Expanded) -> Iterator[tuple[str, set[str]]]:
    queues = set(stack.of(QUEUE))
    rules = [*stack.of(RULE).values(), *stack.of(BUS).values(), *stack.of("AWS::Events::Archive").values()]
    yield "events.amazonaws.com", set().union(*map(mentioned, rules)) & queues | set(stack.of(BUS))
    yield "sns.amazonaws.com", set().union(*map(mentioned, stack.of("AWS::SNS::Subscription").values())) & queues
    alarms = [alarm.get("AlarmActions", []) for alarm in stack.of("AWS::CloudWatch::Alarm").values()]
    yield "cloudwatch.amazonaws.com", set().union(*map(mentioned, alarms)) & set(stack.of(TOPIC))
    yield "logs", set(stack.of(LOG))


def _allowed(stack: Expanded, key: str, service: str) -> set[str]:
    statements = written(key, stack.of(KEY)[key]["KeyPolicy"])
    return {
        action for one in statements if _is(one.principal, service) for action in one.actions if one.effect == "Allow"
    }


def _is(principal: Any, service: str) -> bool:
    who = principal.get("Service", "")
    return who == service or (service == "logs" and who == {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"})


def functions_may_use_the_key(stack: Expanded) -> Iterator[str]:
    """Their settings are under it, before they touch anything else."""
    for function, properties in stack.of(FUNCTION).items():
        if stack.role_of(function) not in stack.holders("kms:Decrypt", named(properties.get("KmsKeyArn"))):
            yield f"{function} cannot read its own settings"


CHECKS = (
    everything_rests_under_a_key_of_ours,
    keys_are_changed_and_kept,
    what_holds_data_outlives_the_stack,
    tables_can_be_put_back,
    buckets_are_closed_and_kept,
    logs_are_kept_and_end,
    dead_letters_are_kept_for_two_weeks,
    services_may_use_the_keys_they_meet,
    functions_may_use_the_key,
)
