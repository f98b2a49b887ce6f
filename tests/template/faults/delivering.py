"""Ways on which something is dropped."""

from tests.template import delivering
from tests.template.faults.fault import Fault

_INBOX_DEAD = """      RedrivePolicy:
        deadLetterTargetArn: !GetAtt InboxDeadLetters.Arn
        maxReceiveCount: 5
"""
_THIRD_READER = """        Third:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST}
        FiveMinutes:
"""
FAULTS = (
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
    Fault(
        "a schedule that drops what it cannot start",
        delivering.schedules_start_new_code_and_keep_what_they_cannot,
        "            RoleArn: !GetAtt SendDigestScheduleRole.Arn\n"
        "            DeadLetterConfig: {Arn: !GetAtt FailedRuns.Arn}\n",
        "            RoleArn: !GetAtt SendDigestScheduleRole.Arn\n",
    ),
    Fault(
        "a schedule that may not start it",
        delivering.schedules_start_new_code_and_keep_what_they_cannot,
        "Resource: !Ref SendDigest.Alias",
        "Resource: !Ref TurnClock.Alias",
    ),
    Fault(
        "reminders that run more often than they think",
        delivering.reminders_know_for_when_they_run,
        "cron(0/15 * * * ? *)",
        "cron(0/5 * * * ? *)",
    ),
    Fault(
        "reminders that do not know when",
        delivering.reminders_know_for_when_they_run,
        "<aws.scheduler.scheduled-time>",
        "<aws.scheduler.execution-id>",
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
        "[!Ref FunctionErrors, !Ref FunctionThrottles, !Ref DeskErrors, !Ref DeskThrottles, !Ref ConservationGap]",
        "[]",
    ),
    Fault(
        "new code of the desk, whatever happens",
        delivering.new_code_comes_by_degrees,
        "!Ref DeskErrors, !Ref DeskThrottles, ",
        "",
    ),
    Fault(
        "a third reader of the stream",
        delivering.streams_have_no_more_readers_than_they_serve,
        "        FiveMinutes:\n",
        _THIRD_READER,
    ),
    Fault(
        "dead letters that kill again",
        delivering.queues_that_dead_letters_go_to_feed_nothing,
        "        deadLetterTargetArn: !GetAtt InboxDeadLetters.Arn\n",
        "        deadLetterTargetArn: !GetAtt Inbox.Arn\n",
    ),
    Fault(
        "a step that Lambda may refuse once",
        delivering.machines_try_each_step_again,
        "                MaxAttempts: 8\n",
        "                MaxAttempts: 4\n",
    ),
    Fault(
        "an archive that is tried once",
        delivering.machines_try_each_step_again,
        "                      MaxAttempts: 2\n",
        "                      MaxAttempts: 0\n",
    ),
    Fault(
        "a step that is not allowed",
        delivering.machines_try_each_step_again,
        "!Ref SplitArchive.Alias, !Ref AuditShard.Alias, !Ref SumLookback.Alias]",
        "!Ref SplitArchive.Alias, !Ref SumLookback.Alias]",
    ),
    Fault(
        "a look-back that ends without its sum",
        delivering.machines_go_on_to_their_end,
        "            Catch: [{ErrorEquals: [States.ALL], ResultPath: $.stopped, Next: Sum}]\n",
        "",
    ),
)
