"""What is counted: each alarm and curve is of a metric that there is, of this stack, and of nothing of a patient."""

import re
from collections.abc import Iterator
from pathlib import Path

from functions.record_event import METRICS
from tests.template.resources import ALARM, DASHBOARD, FUNCTION, Expanded
from tests.template.watching import metrics_of, widgets

# Whatever else stood among the dimensions of a metric could be something of a patient.
_DIMENSIONS = {
    "EventBusName",
    "EventSourceMappingUUID",
    "FunctionName",
    "QueueName",
    "RuleName",
    "StateMachineArn",
    "TableName",
    "TopicName",
    "service",
}
_OURS = "ncd-audit"
_STACK = [{"Name": "service", "Value": {"Ref": "AWS::StackName"}}]
_METRICS_AN_ALARM = 10  # of CloudWatch, and not to be raised
# What the code counts of things that went wrong.
_WRONG = re.compile(r'"([A-Z]\w*(?:Failures|Full|Missed|Refused|Remaining|TooLarge|Unsent)|Unsent)"')
_CODE = Path(__file__).parents[2]


def the_four_outcomes_add_up(stack: Expanded) -> Iterator[str]:
    """As record_event counts them: of what is received, each has one of them."""
    alarm = stack.of(ALARM).get("ConservationGap", {})
    counted = {
        one["Id"]: one["MetricStat"]["Metric"]["MetricName"] for one in alarm.get("Metrics", []) if "MetricStat" in one
    }
    [expression] = [one["Expression"] for one in alarm.get("Metrics", []) if "Expression" in one] or [""]
    outcomes = {*METRICS.values(), "Quarantined"}
    taken_off = re.fullmatch(r"ABS\(received - SUM\(FILL\(\[([a-z, ]+)\], 0\)\)\)", expression)
    if taken_off is None or {counted.get(one) for one in taken_off[1].split(", ")} != outcomes:
        yield f"ConservationGap is not what is received less {sorted(outcomes)}"
    if counted.get("received") != "Received" or alarm.get("Threshold") != 0:
        yield "ConservationGap does not begin with what is received, or lets some be lost"


def dimensions_name_no_patient(stack: Expanded) -> Iterator[str]:
    for name, alarm in stack.of(ALARM).items():
        for one in metrics_of(alarm):
            strange = {dimension["Name"] for dimension in one["Dimensions"]} - _DIMENSIONS
            if strange or (one["Namespace"] == _OURS and one["Dimensions"] != _STACK):
                yield f"{name} is about {strange or one['Dimensions']}"


def _code(*parts: str) -> str:
    return " ".join(path.read_text(encoding="utf-8") for part in parts for path in (_CODE / part).rglob("*.py"))


def what_is_watched_is_counted(stack: Expanded) -> Iterator[str]:
    """A name that no code counts would be an alarm that never speaks."""
    code = _code("functions", "shared")
    for name, alarm in stack.of(ALARM).items():
        for one in metrics_of(alarm):
            if one["Namespace"] == _OURS and f'"{one["MetricName"]}"' not in code:
                yield f"{name} waits for {one['MetricName']}, which nobody counts"


def what_went_wrong_and_is_counted_is_watched(stack: Expanded) -> Iterator[str]:
    """By the names of metrics that the functions use."""
    watched = {one["MetricName"] for alarm in stack.of(ALARM).values() for one in metrics_of(alarm)}
    counted = set(_WRONG.findall(_code("functions")))
    yield from (f"nobody hears of {name}" for name in sorted(counted - watched))


def alarms_hold_no_more_than_cloudwatch_takes(stack: Expanded) -> Iterator[str]:
    for name, alarm in stack.of(ALARM).items():
        if len(metrics_of(alarm)) > _METRICS_AN_ALARM:
            yield f"{name} has {len(metrics_of(alarm))} metrics: a deployment would fail"


def each_stack_counts_for_itself(stack: Expanded) -> Iterator[str]:
    """By its name, in what the functions count and in what the dashboard shows; alarms: dimensions_name_no_patient."""
    for name, function in stack.of(FUNCTION).items():
        if function["Environment"]["Variables"].get("POWERTOOLS_SERVICE_NAME") != {"Ref": "AWS::StackName"}:
            yield f"{name} counts as another stack's function would"
    for name, dashboard in stack.of(DASHBOARD).items():
        rows = [row for widget in widgets(dashboard) for row in widget.get("metrics", []) if len(row) > 2]
        yield from (f"{name} is about {row[2]}" for row in rows if row[2] not in _DIMENSIONS)
        strange = [row[1] for row in rows if row[0] == _OURS and row[2:4] != ["service", "AWS::StackName"]]
        yield from (f"{name} shows {one} of any stack" for one in strange)


CHECKS = (
    the_four_outcomes_add_up,
    dimensions_name_no_patient,
    what_is_watched_is_counted,
    what_went_wrong_and_is_counted_is_watched,
    alarms_hold_no_more_than_cloudwatch_takes,
    each_stack_counts_for_itself,
)
