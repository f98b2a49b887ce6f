"""Data that is read, lost or forgotten."""

from tests.template import keeping
from tests.template.faults.fault import Fault

FAULTS = (
    Fault(
        "AWS's key",
        keeping.everything_rests_under_a_key_of_ours,
        "      DisplayName: NCD 30.3.3 audit\n      KmsMasterKeyId: !GetAtt DataKey.Arn",
        "      DisplayName: NCD 30.3.3 audit\n      KmsMasterKeyId: alias/aws/sns",
    ),
    Fault("a key for ever", keeping.keys_are_changed_and_kept, "EnableKeyRotation: true", "EnableKeyRotation: false"),
    Fault(
        "a table that goes with the stack",
        keeping.what_holds_data_outlives_the_stack,
        "    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n",
        "    Type: AWS::DynamoDB::Table\n",
    ),
    Fault(
        "a table that can be deleted",
        keeping.tables_can_be_put_back,
        "      DeletionProtectionEnabled: true\n",
        "",
    ),
    Fault(
        "a public bucket", keeping.buckets_are_closed_and_kept, "BlockPublicPolicy: true", "BlockPublicPolicy: false"
    ),
    Fault(
        "a bucket that forgets",
        keeping.buckets_are_closed_and_kept,
        "      VersioningConfiguration: {Status: Enabled}\n",
        "",
    ),
    Fault(
        "a log for ever",
        keeping.logs_are_kept_and_end,
        "{RetentionInDays: !Ref LogRetentionDays, KmsKeyId: !GetAtt OperationsKey.Arn}",
        "{KmsKeyId: !GetAtt OperationsKey.Arn}",
    ),
    Fault(
        "another's log",
        keeping.logs_are_kept_and_end,
        "Resource: !GetAtt TurnClockLog.Arn",
        "Resource: !GetAtt SendAlertLog.Arn",
    ),
    Fault(
        "dead letters for four days",
        keeping.dead_letters_are_kept_for_two_weeks,
        "MessageRetentionPeriod: 1209600",
        "MessageRetentionPeriod: 345600",
    ),
    Fault(
        "a key that the bus may not use",
        keeping.services_may_use_the_keys_they_meet,
        "Principal: {Service: events.amazonaws.com}\n            Action: [kms:",
        "Principal: {Service: s3.amazonaws.com}\n            Action: [kms:",
    ),
    Fault(
        "a key that the alarms may not use",
        keeping.services_may_use_the_keys_they_meet,
        "Principal: {Service: cloudwatch.amazonaws.com}\n            Action: [kms:Decrypt, kms:GenerateDataKey]",
        "Principal: {Service: cloudwatch.amazonaws.com}\n            Action: kms:Decrypt",
    ),
    Fault(
        "settings that cannot be read",
        keeping.functions_may_use_the_key,
        "ManagedPolicyArns: [!Ref UseOfDataKey]",
        "ManagedPolicyArns: []",
    ),
    Fault(
        "names of archives under a key of others",
        keeping.everything_rests_under_a_key_of_ours,
        "{Type: CUSTOMER_MANAGED_KMS_KEY, KmsKeyId: !GetAtt DataKey.Arn, KmsDataKeyReusePeriodSeconds: 300}",
        "{Type: AWS_OWNED_KEY}",
    ),
)
