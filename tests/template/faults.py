"""Faults planted in template.yaml: what a hasty change could leave, and the check that must see it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from local.template import TEMPLATE
from tests.template import access, delivering, doors, keeping, watching
from tests.template.resources import Expanded


class Fault(NamedTuple):
    """`old` becomes `new`, once, where it stands first."""

    what: str
    check: Callable[[Expanded], Iterator[str]]
    old: str
    new: str

    def planted(self) -> str:
        text = TEMPLATE.read_text(encoding="utf-8")
        assert self.old in text, f"{self.what}: the template no longer says so"
        return text.replace(self.old, self.new, 1)


_INBOX_DEAD = """      RedrivePolicy:
        deadLetterTargetArn: !GetAtt InboxDeadLetters.Arn
        maxReceiveCount: 5
"""
_OPEN_API = """      Events:
        Open: {Type: HttpApi, Properties: {Path: /replay, Method: post}}
      Handler: functions.replay_quarantine.handler
"""
_OPEN_URL = """      FunctionUrlConfig: {AuthType: NONE}
      Handler: functions.replay_quarantine.handler
"""
_LAST_SETTING = "        ALERT_MIN_SEVERITY: !Ref AlertMinSeverity\n"

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
        "an open queue",
        doors.nobody_is_let_in_unnamed,
        "Principal: {Service: events.amazonaws.com}\n            Action: sqs:SendMessage",
        'Principal: "*"\n            Action: sqs:SendMessage',
    ),
    Fault(
        "a key for every customer's bus",
        doors.services_act_for_us_only,
        "            Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}\n",
        "",
    ),
    Fault(
        "a queue that takes requests in the clear",
        doors.nothing_goes_in_the_clear,
        "              - !GetAtt UndeliveredMail.Arn\n              - !GetAtt FailedRuns.Arn\n",
        "              - !GetAtt FailedRuns.Arn\n",
    ),
    Fault(
        "two policies for one queue",
        doors.a_policy_is_not_overwritten,
        "Queues: [!Ref Inbox]",
        "Queues: [!Ref Inbox, !Ref FailedRuns]",
    ),
    Fault(
        "an inbox for whoever has a right of his own",
        doors.only_the_rule_and_the_replay_send_to_the_inbox,
        "Sid: NobodyElseMaySend\n            Effect: Deny",
        "Sid: NobodyElseMaySend\n            Effect: Allow",
    ),
    Fault(
        "another function that may forge a replay",
        doors.only_the_rule_and_the_replay_send_to_the_inbox,
        "aws:PrincipalArn: [!GetAtt ReplayQuarantineRole.Arn]",
        "aws:PrincipalArn: [!GetAtt ReplayQuarantineRole.Arn, !GetAtt SendAlertRole.Arn]",
    ),
    Fault(
        "an open bus",
        doors.only_named_roles_put_events,
        "StatementId: OnlyFromSenders\n      Statement:\n        Effect: Deny",
        "StatementId: OnlyFromSenders\n      Statement:\n        Effect: Allow",
    ),
    Fault("our name for anybody", doors.only_named_roles_put_events, "[ncd-audit, ncd-audit.*]", "[ncd-audit]"),
    Fault(
        "any kind of event",
        doors.senders_are_told_what_to_send,
        "[VisitRecorded, ClaimSubmitted, RemittanceReceived, EligibilityReceived, MeasureRecorded]",
        '["*"]',
    ),
    Fault(
        "a condition that is true of nothing",
        doors.senders_are_told_what_to_send,
        "          StringEquals:\n            events:source",
        "          ForAllValues:StringEquals:\n            events:source",
    ),
    Fault(
        "a topic for forgers",
        doors.only_named_roles_publish,
        "Sid: OnlyOurAlerts\n            Effect: Deny",
        "Sid: OnlyOurAlerts\n            Effect: Allow",
    ),
    Fault(
        "an API without an authoriser",
        doors.every_way_in_asks_who_it_is,
        "      Handler: functions.replay_quarantine.handler\n",
        _OPEN_API,
    ),
    Fault(
        "an open function URL",
        doors.every_way_in_asks_who_it_is,
        "      Handler: functions.replay_quarantine.handler\n",
        _OPEN_URL,
    ),
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
        "a rule that drops",
        delivering.rules_keep_what_they_cannot_deliver,
        "          Arn: !GetAtt Inbox.Arn\n          DeadLetterConfig:\n            Arn: !GetAtt UndeliveredEvents.Arn",
        "          Arn: !GetAtt Inbox.Arn",
    ),
    Fault(
        "a schedule that drops",
        delivering.rules_keep_what_they_cannot_deliver,
        "            DeadLetterConfig: {Arn: !GetAtt FailedRuns.Arn}\n",
        "",
    ),
    Fault(
        "a queue that lets no bus in",
        delivering.buses_keep_what_they_cannot_read,
        "            Resource: !GetAtt UndeliveredEvents.Arn\n",
        "            Resource: !GetAtt UndeliveredMail.Arn\n",
    ),
    Fault(
        "mail that is dropped",
        delivering.subscriptions_keep_what_they_cannot_deliver,
        "      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt UndeliveredMail.Arn\n",
        "",
    ),
    Fault("a queue without dead letters", delivering.queues_give_a_function_its_time, _INBOX_DEAD, ""),
    Fault(
        "five timeouts", delivering.queues_give_a_function_its_time, "VisibilityTimeout: 180", "VisibilityTimeout: 179"
    ),
    Fault("four tries", delivering.queues_give_a_function_its_time, "maxReceiveCount: 5", "maxReceiveCount: 4"),
    Fault(
        "a batch that fails whole",
        delivering.failures_are_told_one_by_one,
        "            FunctionResponseTypes: [ReportBatchItemFailures]\n",
        "",
    ),
    Fault(
        "more at once than are let in",
        delivering.queues_do_not_flood_functions,
        "MaximumConcurrency: 10",
        "MaximumConcurrency: 11",
    ),
    Fault(
        "tries without end",
        delivering.streams_end_their_tries_and_keep_the_record,
        "            MaximumRetryAttempts: 8\n",
        "",
    ),
    Fault(
        "records that are not kept",
        delivering.streams_end_their_tries_and_keep_the_record,
        "{Type: S3, Destination: !GetAtt FailedAlerts.Arn}",
        "{Type: SQS, Destination: !GetAtt FailedRuns.Arn}",
    ),
    Fault(
        "runs that are not kept",
        delivering.runs_nobody_waits_for_are_tried_again_and_kept,
        "{Type: SQS, Destination: !GetAtt FailedRuns.Arn}",
        "{Type: SQS, Destination: !GetAtt InboxDeadLetters.Arn}",
    ),
    Fault(
        "one function that takes all",
        delivering.functions_leave_each_other_room,
        "    ReservedConcurrentExecutions: 10 # a storm in one function leaves the others their share\n",
        "",
    ),
    Fault(
        "new code at once",
        delivering.new_code_comes_by_degrees,
        "Type: Canary10Percent5Minutes",
        "Type: AllAtOnce",
    ),
    Fault(
        "new code whatever happens",
        delivering.new_code_comes_by_degrees,
        "Alarms: [!Ref FunctionErrors, !Ref FunctionThrottles, !Ref ConservationGap]",
        "Alarms: []",
    ),
    Fault(
        "dead letters that kill again",
        delivering.queues_that_dead_letters_go_to_feed_nothing,
        "        deadLetterTargetArn: !GetAtt InboxDeadLetters.Arn\n",
        "        deadLetterTargetArn: !GetAtt Inbox.Arn\n",
    ),
    Fault(
        "dead letters of which nobody hears",
        watching.every_dead_letter_queue_is_watched,
        "Value: !GetAtt UndeliveredMail.QueueName",
        "Value: !GetAtt FailedRuns.QueueName",
    ),
    Fault(
        "a stream nobody counts",
        watching.every_stream_is_watched,
        "            MetricsConfig: {Metrics: [EventCount]}\n",
        "",
    ),
    Fault("a stream that is late", watching.every_stream_is_watched, "MetricName: IteratorAge", "MetricName: Duration"),
    Fault(
        "a function nobody hears of",
        watching.every_function_is_watched,
        "              MetricName: Errors\n              Dimensions: [{Name: FunctionName, Value: !Ref RecordEvent}]",
        "              MetricName: Errors\n              Dimensions: [{Name: FunctionName, Value: !Ref SendAlert}]",
    ),
    Fault(
        "events that the bus loses",
        watching.what_the_services_lose_is_watched,
        "MetricName: InvocationsFailedToBeSentToDlq",
        "MetricName: InvocationsSentToDlq",
    ),
    Fault(
        "an outcome that is not counted",
        watching.the_four_outcomes_add_up,
        "ABS(received - SUM(FILL([recorded, duplicates, superseded, quarantined], 0)))",
        "ABS(received - SUM(FILL([recorded, duplicates, superseded], 0)))",
    ),
    Fault(
        "a clock that stops",
        watching.heartbeats_are_missed,
        "TreatMissingData: breaching",
        "TreatMissingData: notBreaching",
    ),
    Fault("an alarm nobody hears", watching.every_alarm_is_heard, "      AlarmActions: [!Ref OperationsTopic]\n", ""),
    Fault(
        "a topic that takes no alarm",
        watching.every_alarm_is_heard,
        "Principal: {Service: cloudwatch.amazonaws.com}\n            Action: sns:Publish",
        "Principal: {Service: events.amazonaws.com}\n            Action: sns:Publish",
    ),
    Fault(
        "a patient among the dimensions",
        watching.dimensions_name_no_patient,
        "      MetricName: CaseFileTooLarge\n      Dimensions: [{Name: service, Value: ncd-audit}]",
        "      MetricName: CaseFileTooLarge\n      Dimensions: [{Name: patient, Value: P-1}]",
    ),
    Fault(
        "a metric that does not exist",
        watching.what_is_watched_is_counted,
        "MetricName: CaseFileTooLarge",
        "MetricName: CaseFileTooBig",
    ),
    Fault("an alarm that is not shown", watching.the_dashboard_shows_every_alarm, '"${ConservationGap.Arn}", ', ""),
    Fault(
        "events in the log",
        watching.nothing_of_a_patient_is_logged,
        'POWERTOOLS_LOGGER_LOG_EVENT: "false"',
        'POWERTOOLS_LOGGER_LOG_EVENT: "true"',
    ),
    Fault(
        "a password",
        watching.no_secret_is_written_down,
        _LAST_SETTING,
        _LAST_SETTING + "        DB_PASSWORD: swordfish\n",
    ),
)
