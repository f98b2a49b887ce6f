"""Roles that may do too much."""

from tests.template import access
from tests.template.faults.fault import Fault

FAULTS = (
    Fault(
        "AWS's own policies",
        access.policies_are_our_own,
        "ManagedPolicyArns: [!Ref UseOfDataKey]",
        "ManagedPolicyArns: [!Ref UseOfDataKey, arn:aws:iam::aws:policy/ReadOnlyAccess]",
    ),
    Fault(
        "a role of two functions",
        access.every_function_has_its_own_role,
        "Role: !GetAtt SendAlertRole.Arn",
        "Role: !GetAtt RecordEventRole.Arn",
    ),
    Fault(
        "a role that others may assume",
        access.every_function_has_its_own_role,
        "Principal: {Service: lambda.amazonaws.com}",
        "Principal: {Service: [lambda.amazonaws.com, ec2.amazonaws.com]}",
    ),
    Fault("any action", access.actions_are_named, "[dynamodb:GetItem, dynamodb:PutItem]", "dynamodb:*"),
    Fault("any resource", access.resources_are_named, "Resource: !Sub ${QuarantineBucket.Arn}/*", 'Resource: "*"'),
    Fault(
        "any index",
        access.resources_are_named,
        "Resource: !Sub ${Table.Arn}/index/clock-index",
        "Resource: !Sub ${Table.Arn}/*",
    ),
    Fault(
        "a function that deletes",
        access.nothing_that_stands_is_changed_by_a_role,
        "[dynamodb:GetItem, dynamodb:PutItem]",
        "[dynamodb:GetItem, dynamodb:PutItem, dynamodb:DeleteItem]",
    ),
    Fault(
        "a table whose policy forgets one way",
        access.nothing_that_stands_is_changed_by_anyone,
        "                - dynamodb:PartiQLUpdate\n",
        "",
    ),
    Fault(
        "a folder of any bucket",
        access.resources_are_named,
        "!Sub ${LookbackBucket.Arn}/archives/*",
        '"arn:aws:s3:::*/archives/*"',
    ),
    Fault(
        "executions of any machine",
        access.resources_are_named,
        "execution:${Lookback.Name}:*",
        "execution:*",
    ),
)
