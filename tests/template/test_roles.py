"""Role by action: the whole of what each function may do, as a table. A line too many is as wrong as one too few."""

from tests.template.resources import FUNCTION, ours

# Function -> resource -> actions, beside what every function has.
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
    "ServeDesk": {
        "Table": "dynamodb:GetItem dynamodb:PutItem dynamodb:Query",
        "Worklist/index/rank-index": "dynamodb:Query",
    },
    "ReplayQuarantine": {
        "Inbox": "sqs:SendMessage",
        "QuarantineBucket": "s3:ListBucket",
        "QuarantineBucket/*": "s3:GetObject",
    },
}


def test_each_function_may_do_what_the_table_says_and_no_more() -> None:
    stack = ours()
    found: dict[str, dict[str, set[str]]] = {function: {} for function in stack.of(FUNCTION)}
    functions = {stack.role_of(function): function for function in found}
    for role, one in stack.granted():
        assert one.effect == "Allow"
        for resource in one.resources:
            found[functions[role]].setdefault(resource, set()).update(one.actions)

    assert found == {function: _sets(grants | _of_every(function)) for function, grants in GRANTS.items()}


def _sets(grants: dict[str, str]) -> dict[str, set[str]]:
    return {resource: set(actions.split()) for resource, actions in grants.items()}


def _of_every(function: str) -> dict[str, str]:
    """Its settings are under the key, and it writes its own log."""
    return {"DataKey": "kms:Decrypt kms:GenerateDataKey", f"{function}Log": "logs:CreateLogStream logs:PutLogEvents"}
