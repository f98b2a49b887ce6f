"""Is anything lost or late? Each loss has its alarm, each alarm its hearer, and none of them speaks of a patient."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.template.resources import (
    ALARM,
    DASHBOARD,
    FUNCTION,
    MACHINE,
    QUEUE,
    RULE,
    SCHEDULE,
    TABLE,
    TOPIC,
    Expanded,
    mentioned,
    named,
)

_POWERTOOLS_OFF = {
    "POWERTOOLS_LOGGER_LOG_EVENT",
    "POWERTOOLS_TRACER_CAPTURE_ERROR",
    "POWERTOOLS_TRACER_CAPTURE_RESPONSE",
}
_SECRET = re.compile(r"passw|secret|token|credential|private|api_?key", re.IGNORECASE)


def metrics_of(alarm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Of an alarm of one metric, or of several and what is made of them."""
    several = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
    return several or [alarm]


def _about(stack: Expanded, metric: str) -> set[str]:
    """What an alarm watches that metric of; of several metrics, only what is always added up."""
    return {
        one
        for alarm in stack.of(ALARM).values()
        for watched in metrics_of(alarm)
        if watched["MetricName"] == metric
        for one in mentioned(watched["Dimensions"])
    }


def every_dead_letter_queue_is_watched(stack: Expanded) -> Iterator[str]:
    """Whatever no function reads."""
    read = {named(source["EventSourceArn"]) for source in stack.sources(QUEUE).values()}
    held = _about(stack, "ApproximateNumberOfMessagesVisible")
    yield from (f"nobody hears of what lies in {name}" for name in set(stack.of(QUEUE)) - read - held)
    yield from (f"nobody hears that {name} waits" for name in read - _about(stack, "ApproximateAgeOfOldestMessage"))


def every_stream_is_watched(stack: Expanded) -> Iterator[str]:
    for name, source in stack.sources(TABLE).items():
        if stack.function_of(source["FunctionName"]) not in _about(stack, "IteratorAge"):
            yield f"nobody hears that {name} is late"
        for metric in ("DroppedEventCount", "OnFailureDestinationDeliveredEventCount"):
            counted = "EventCount" in source.get("MetricsConfig", {}).get("Metrics", [])
            if not counted or name not in _about(stack, metric):
                yield f"nobody hears of {metric} of {name}"


def every_function_is_watched(stack: Expanded) -> Iterator[str]:
    for metric in ("Errors", "Throttles"):
        yield from (f"nobody hears of {metric} of {one}" for one in set(stack.of(FUNCTION)) - _about(stack, metric))


def every_machine_is_watched(stack: Expanded) -> Iterator[str]:
    for metric in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"):
        yield from (f"nobody hears of {metric} of {one}" for one in set(stack.of(MACHINE)) - _about(stack, metric))


def what_the_services_lose_is_watched(stack: Expanded) -> Iterator[str]:
    rules = {name for name, rule in stack.of(RULE).items() if "EventPattern" in rule}
    subscribed = {"AlertTopic"}
    for metric, watched in (
        ("FailedInvocations", rules),
        ("InvocationsFailedToBeSentToDlq", rules),
        ("NumberOfNotificationsFailed", subscribed),
        ("ReadThrottleEvents", set(stack.of(TABLE))),
        ("WriteThrottleEvents", set(stack.of(TABLE))),
    ):
        yield from (f"nobody hears of {metric} of {one}" for one in watched - _about(stack, metric))


def heartbeats_are_missed(stack: Expanded) -> Iterator[str]:
    """What runs by itself is heard of when it does not: its silence is an alarm."""
    rules = [rule for rule in stack.of(RULE).values() if "ScheduleExpression" in rule]
    scheduled = {stack.function_of(target["Arn"]) for rule in rules for target in rule["Targets"]}
    scheduled |= {stack.function_of(schedule["Target"]["Arn"]) for schedule in stack.of(SCHEDULE).values()}
    breaching = [alarm for alarm in stack.of(ALARM).values() if alarm["TreatMissingData"] == "breaching"]
    missed = {
        one for alarm in breaching if alarm["MetricName"] == "Invocations" for one in mentioned(alarm["Dimensions"])
    }
    yield from (f"nobody hears that {one} stopped" for one in scheduled - missed)


def every_alarm_is_heard(stack: Expanded) -> Iterator[str]:
    for name, alarm in stack.of(ALARM).items():
        heard = mentioned(alarm.get("AlarmActions")) & mentioned(alarm.get("OKActions")) & set(stack.of(TOPIC))
        if not heard or not alarm.get("AlarmDescription") or "TreatMissingData" not in alarm:
            yield f"{name} tells nobody, or not what it means"
        for topic in heard:
            allowed = [
                one for about, one in stack.guarded("AWS::SNS::TopicPolicy") if about == topic and one.effect == "Allow"
            ]
            if not any(one.principal == {"Service": "cloudwatch.amazonaws.com"} for one in allowed):
                yield f"{name} may not speak to {topic}"


def widgets(dashboard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What each shows, its references by their names alone."""
    text = re.sub(r"\$\{([^}]+)\}", r"\1", dashboard["DashboardBody"]["Fn::Sub"])
    return [widget["properties"] for widget in json.loads(text)["widgets"]]


def the_dashboard_shows_every_alarm(stack: Expanded) -> Iterator[str]:
    """That of the part of the stack to which the alarm belongs: one cannot show what is not always there."""
    for name, dashboard in stack.of(DASHBOARD).items():
        shown = {one.removesuffix(".Arn") for widget in widgets(dashboard) for one in widget.get("alarms", [])}
        part = {one for one in stack.of(ALARM) if stack.condition_of(one) == stack.condition_of(name)}
        yield from (f"{name} does not show {one}" for one in part - shown)


def nothing_of_a_patient_is_logged(stack: Expanded) -> Iterator[str]:
    for name, function in stack.of(FUNCTION).items():
        variables = function["Environment"]["Variables"]
        yield from (f"{name}: {one} is on" for one in _POWERTOOLS_OFF if variables.get(one) != "false")
        yield from (
            f"{name}: {one} prints events" for one in ("POWERTOOLS_DEV", "POWERTOOLS_DEBUG") if one in variables
        )


def no_secret_is_written_down(stack: Expanded) -> Iterator[str]:
    """A reference to where a secret is kept may have such a name; a text may not."""
    for name, function in stack.of(FUNCTION).items():
        for variable, value in function["Environment"]["Variables"].items():
            kept = _SECRET.search(variable) and isinstance(value, str)
            if kept or (isinstance(value, dict) and "resolve:" in json.dumps(value)):
                yield f"{name}: {variable} can be read by whoever reads the function"


CHECKS = (
    every_dead_letter_queue_is_watched,
    every_stream_is_watched,
    every_function_is_watched,
    every_machine_is_watched,
    what_the_services_lose_is_watched,
    heartbeats_are_missed,
    every_alarm_is_heard,
    the_dashboard_shows_every_alarm,
    nothing_of_a_patient_is_logged,
    no_secret_is_written_down,
)
