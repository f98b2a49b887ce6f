"""Alerts on their way out: to people by the topic, to machines by the bus.

Both may repeat an alert after a failure half-way; its id stays the same, and whoever hears it twice knows by that.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from shared.aws.errors import AlertsNotTaken
from shared.aws.runtime import SERVICE, events, settings, sns
from shared.core.alerts import Alert, announced
from shared.core.findings import Severity

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef
    from types_boto3_sns import SNSClient
    from types_boto3_sns.type_defs import MessageAttributeValueTypeDef

SOURCE = SERVICE  # the rule on the bus leaves this source out, or we would hear ourselves
_ENTRIES_A_CALL = 10  # what PutEvents takes


@dataclass(frozen=True)
class Announcer:
    topic: "SNSClient"
    topic_arn: str
    bus: "EventBridgeClient"
    bus_name: str
    min_severity: Severity

    def announce(self, alerts: Sequence[Alert]) -> None:
        # Machines first: a bus that goes on refusing must not have people mailed at every try.
        for some in _by(_ENTRIES_A_CALL, alerts):
            self._tell_machines(some)
        for alert in announced(alerts, self.min_severity):
            self._tell_people(alert)

    def _tell_people(self, alert: Alert) -> None:
        self.topic.publish(
            TopicArn=self.topic_arn, Subject=alert.subject, Message=alert.body, MessageAttributes=_attributes(alert)
        )

    def _tell_machines(self, alerts: Sequence[Alert]) -> None:
        answer = self.bus.put_events(Entries=[self._entry(alert) for alert in alerts])
        if answer["FailedEntryCount"]:
            raise AlertsNotTaken([entry["ErrorCode"] for entry in answer["Entries"] if "ErrorCode" in entry])

    def _entry(self, alert: Alert) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self.bus_name,
            "Source": SOURCE,
            "DetailType": f"Finding{alert.step.capitalize()}",
            "Detail": json.dumps(alert.detail()),
        }


def _attributes(alert: Alert) -> "dict[str, MessageAttributeValueTypeDef]":
    said = {
        "alert_id": alert.alert_id,
        "finding_id": alert.finding.finding_id,
        "revision": str(alert.revision),
        "severity": alert.finding.severity,
        "rule": alert.finding.rule,
        "transition": alert.step,
    }
    return {name: {"DataType": "String", "StringValue": value} for name, value in said.items()}


def _by(size: int, alerts: Sequence[Alert]) -> Iterator[list[Alert]]:
    rest = iter(alerts)
    while some := list(islice(rest, size)):
        yield some


def announcer() -> Announcer:
    ours = settings()
    return Announcer(sns(), ours.topic_arn, events(), ours.bus_name, ours.alert_min_severity)
