"""Doors over HTTP that ask nobody, pass everything on, or tell too much."""

from tests.template import apis
from tests.template.faults.fault import Fault

_OPEN_API = """      Events:
        Open: {Type: HttpApi, Properties: {Path: /replay, Method: post}}
      Handler: functions.replay_quarantine.handler
"""
_OPEN_URL = """      FunctionUrlConfig: {AuthType: NONE}
      Handler: functions.replay_quarantine.handler
"""
_ANSWERED = '"status": "$context.status"'
FAULTS = (
    Fault(
        "an API without an authoriser",
        apis.every_way_in_asks_who_it_is,
        "      Handler: functions.replay_quarantine.handler\n",
        _OPEN_API,
    ),
    Fault(
        "an open function URL",
        apis.every_way_in_asks_who_it_is,
        "      Handler: functions.replay_quarantine.handler\n",
        _OPEN_URL,
    ),
    Fault(
        "requests that nobody sees",
        apis.requests_are_logged,
        "DestinationArn: !GetAtt DeskApiLog.Arn",
        "DestinationArn: !GetAtt AlertTopic.TopicArn",
    ),
    Fault(
        "patients in the log of requests",
        apis.the_log_of_requests_names_no_patient,
        _ANSWERED,
        _ANSWERED + ', "path": "$context.path"',
    ),
    Fault("a log without an answer", apis.the_log_of_requests_names_no_patient, ", " + _ANSWERED, ""),
    Fault(
        "a flood of requests",
        apis.requests_are_bounded,
        "      DefaultRouteSettings: {ThrottlingBurstLimit: 50, ThrottlingRateLimit: 25}\n",
        "",
    ),
)
