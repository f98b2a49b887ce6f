"""Figures of nothing, of another stack, or of a patient."""

from tests.template import counting
from tests.template.faults.fault import Fault

_OF_ALL = '        - {Id: answer, Expression: "SUM(FILL(METRICS(), 0))", Label: FunctionErrors}\n'
_MORE = (
    "        - {{Id: m{0}, MetricStat: {{Metric: {{Namespace: AWS/Lambda, MetricName: Errors, Dimensions: []}}}}}}\n"
)
FAULTS = (
    Fault(
        "an outcome that is not counted",
        counting.the_four_outcomes_add_up,
        "ABS(received - SUM(FILL([recorded, duplicates, superseded, quarantined], 0)))",
        "ABS(received - SUM(FILL([recorded, duplicates, superseded], 0)))",
    ),
    Fault(
        "a patient among the dimensions",
        counting.dimensions_name_no_patient,
        "      MetricName: CaseFileTooLarge\n      Dimensions: [{Name: service, Value: !Ref AWS::StackName}]",
        "      MetricName: CaseFileTooLarge\n      Dimensions: [{Name: patient, Value: P-1}]",
    ),
    Fault(
        "a metric that does not exist",
        counting.what_is_watched_is_counted,
        "MetricName: CaseFileTooLarge",
        "MetricName: CaseFileTooBig",
    ),
    Fault(
        "an alarm of any stack",
        counting.dimensions_name_no_patient,
        "      MetricName: Unsent\n      Dimensions: [{Name: service, Value: !Ref AWS::StackName}]",
        "      MetricName: Unsent\n      Dimensions: [{Name: service, Value: ncd-audit}]",
    ),
    Fault(
        "events that wait, and nobody hears of it",
        counting.what_went_wrong_and_is_counted_is_watched,
        "MetricName: OutboxFull",
        "MetricName: Recorded",
    ),
    Fault(
        "an alarm that CloudWatch does not take",
        counting.alarms_hold_no_more_than_cloudwatch_takes,
        _OF_ALL,
        _OF_ALL + "".join(map(_MORE.format, range(4))),
    ),
    Fault(
        "functions that count as another stack's",
        counting.each_stack_counts_for_itself,
        "POWERTOOLS_SERVICE_NAME: !Ref AWS::StackName",
        "POWERTOOLS_SERVICE_NAME: ncd-audit",
    ),
    Fault(
        "a curve of all stacks",
        counting.each_stack_counts_for_itself,
        '["ncd-audit", "Unsent", "service", "${AWS::StackName}"]',
        '["ncd-audit", "Unsent", "service", "ncd-audit"]',
    ),
)
