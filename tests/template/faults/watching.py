"""Losses of which nobody hears."""

from tests.template import watching
from tests.template.faults.fault import Fault

_LAST_SETTING = "        ALERT_MIN_SEVERITY: !Ref AlertMinSeverity\n"
FAULTS = (
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
        "a clock that stops",
        watching.heartbeats_are_missed,
        "TreatMissingData: breaching",
        "TreatMissingData: notBreaching",
    ),
    Fault(
        "digests that stop",
        watching.heartbeats_are_missed,
        "MetricName: Invocations\n      Dimensions: [{Name: FunctionName, Value: !Ref SendDigest}]",
        "MetricName: Duration\n      Dimensions: [{Name: FunctionName, Value: !Ref SendDigest}]",
    ),
    Fault("an alarm nobody hears", watching.every_alarm_is_heard, "      AlarmActions: [!Ref OperationsTopic]\n", ""),
    Fault(
        "a topic that takes no alarm",
        watching.every_alarm_is_heard,
        "Principal: {Service: cloudwatch.amazonaws.com}\n            Action: sns:Publish",
        "Principal: {Service: events.amazonaws.com}\n            Action: sns:Publish",
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
    Fault(
        "a look-back that fails unheard",
        watching.every_machine_is_watched,
        "MetricName: ExecutionsTimedOut",
        "MetricName: ExecutionsStarted",
    ),
    Fault(
        "an alarm missing on the dashboard of its part",
        watching.the_dashboard_shows_every_alarm,
        """"alarms": ["${LookbackFailed.Arn}", """,
        """"alarms": [""",
    ),
)
