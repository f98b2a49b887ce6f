"""Doors that let in too many."""

from tests.template import doors
from tests.template.faults.fault import Fault

FAULTS = (
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
)
