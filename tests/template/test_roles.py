"""Role by action: the whole of what each function may do, as a table. A line too many is as wrong as one too few."""

from tests.template.resources import FUNCTION, MACHINE, SCHEDULE, Expanded, named, ours

# Function or state machine -> resource -> actions, beside what every function has.
GRANTS = {
    "RecordEvent": {
        "Inbox": "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage",
        "QuarantineBucket/*": "s3:PutObject",
        "Table": "dynamodb:GetItem dynamodb:PutItem",
    },
    "ReadFile": {
        "Bus": "events:PutEvents",
        "Files": "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage",
        "IdentityKey": "secretsmanager:GetSecretValue",
        "IntakeBucket/*": "s3:GetObject s3:GetObjectVersion",
        "QuarantineBucket/*": "s3:PutObject",
        "Table": "dynamodb:GetItem dynamodb:PutItem",
    },
    "ReceiveFhir": {
        "FailedRuns": "sqs:SendMessage",
        "IntakeBucket/*": "s3:PutObject",
        "Table": "dynamodb:GetItem dynamodb:PutItem",
    },
    "SendAlert": {
        "AlertTopic": "sns:Publish",
        "Bus": "events:PutEvents",
        "FailedAlerts": "s3:ListBucket",
        "FailedAlerts/*": "s3:PutObject",
        "Table": "dynamodb:PutItem dynamodb:Query",
        "Table.StreamArn": "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams",
    },
    "TurnClock": {
        "FailedRuns": "sqs:SendMessage",
        "Table": "dynamodb:GetItem dynamodb:PutItem",
        "Table/index/clock-index": "dynamodb:Query",
    },
    "Sweep": {
        "AlertTopic": "sns:Publish",
        "Bus": "events:PutEvents",
        "FailedRuns": "sqs:SendMessage",
        "Table": "dynamodb:GetItem dynamodb:PutItem dynamodb:Query",
        "Table/index/arrival-index": "dynamodb:Query",
        "Table/index/unsent-index": "dynamodb:Query",
    },
    "SendDigest": {
        "AlertTopic": "sns:Publish",
        "FailedRuns": "sqs:SendMessage",
        "Table": "dynamodb:GetItem dynamodb:PutItem dynamodb:Query",
        "Table/index/tell-index": "dynamodb:Query",
    },
    # What EventBridge Scheduler starts a function as.
    "SendDigestQuarterHour": {
        "FailedRuns": "sqs:SendMessage",
        "SendDigestAliaslive": "lambda:InvokeFunction",
    },
    "KeepWorklist": {
        "FailedAlerts": "s3:ListBucket",
        "FailedAlerts/*": "s3:PutObject",
        "Table": "dynamodb:GetItem dynamodb:Query",
        "Table.StreamArn": "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams",
        "Worklist": "dynamodb:PutItem dynamodb:Query",
    },
    "Remind": {
        "AlertTopic": "sns:Publish",
        "FailedRuns": "sqs:SendMessage",
        "Worklist/index/rank-index": "dynamodb:Query",
    },
    "RemindQuarterHour": {
        "FailedRuns": "sqs:SendMessage",
        "RemindAliaslive": "lambda:InvokeFunction",
    },
    "ServeDesk": {
        "IdentityKey": "secretsmanager:GetSecretValue",
        "Table": "dynamodb:GetItem dynamodb:PutItem dynamodb:Query",
        "Worklist/index/rank-index": "dynamodb:Query",
    },
    "ReplayQuarantine": {
        "Inbox": "sqs:SendMessage",
        "QuarantineBucket": "s3:ListBucket",
        "QuarantineBucket/*": "s3:GetObject",
    },
    # What the four ask for is seen in tests/fleet.
    "PlanLookback": {
        "LookbackBucket": "s3:ListBucket",
    },
    "SplitArchive": {
        "IdentityKey": "secretsmanager:GetSecretValue",
        "LookbackBucket/archives/*": "s3:GetObject",
        "LookbackBucket/work/*": "s3:PutObject",
    },
    "AuditShard": {
        "LookbackBucket": "s3:ListBucket",
        "LookbackBucket/results/*": "s3:PutObject",
        "LookbackBucket/work/*": "s3:GetObject",
    },
    "SumLookback": {
        "LookbackBucket": "s3:ListBucket",
        "LookbackBucket/results/*": "s3:GetObject s3:PutObject",
        "LookbackBucket/work/*": "s3:GetObject",
    },
    # A distributed map lists its items, keeps its results, and runs each item as an execution of its own machine.
    "Lookback": {
        "AuditShardAliaslive": "lambda:InvokeFunction",
        "PlanLookbackAliaslive": "lambda:InvokeFunction",
        "SplitArchiveAliaslive": "lambda:InvokeFunction",
        "SumLookbackAliaslive": "lambda:InvokeFunction",
        "Lookback": "states:StartExecution",
        "LookbackBucket": "s3:ListBucket",
        "LookbackBucket/work/*": "s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject",
        "executions of Lookback": "states:DescribeExecution states:StopExecution",
    },
}
_EXECUTIONS = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${Lookback.Name}:*"


def test_each_function_may_do_what_the_table_says_and_no_more() -> None:
    stack = ours()
    owners = _owners(stack)
    found: dict[str, dict[str, set[str]]] = {owner: {} for owner in owners.values()}
    for role, one in stack.granted():
        assert one.effect == "Allow"
        for resource in one.resources:
            about = "executions of Lookback" if resource == named({"Fn::Sub": _EXECUTIONS}) else resource
            found[owners[role]].setdefault(about, set()).update(one.actions)

    assert found == {owner: _sets(grants | _of_every(owner, stack)) for owner, grants in GRANTS.items()}


def _owners(stack: Expanded) -> dict[str, str]:
    """Role -> the function, state machine or schedule that has it."""
    machines = {named(machine["RoleArn"]): name for name, machine in stack.of(MACHINE).items()}
    machines |= {named(schedule["Target"]["RoleArn"]): name for name, schedule in stack.of(SCHEDULE).items()}
    return machines | {stack.role_of(function): function for function in stack.of(FUNCTION)}


def _sets(grants: dict[str, str]) -> dict[str, set[str]]:
    return {resource: set(actions.split()) for resource, actions in grants.items()}


def _of_every(owner: str, stack: Expanded) -> dict[str, str]:
    """Its settings are under the key, and a function writes its own log."""
    key = {"DataKey": "kms:Decrypt kms:GenerateDataKey"}
    return key | ({f"{owner}Log": "logs:CreateLogStream logs:PutLogEvents"} if owner in stack.of(FUNCTION) else {})
