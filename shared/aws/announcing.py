"""Alerts on their way out: to people by the topic, to machines by the bus.

Both may repeat an alert after a failure half-way; its id stays the same, and whoever hears it twice knows by that.
Machines are told everything, and first: a bus that goes on refusing must not have people mailed at every try.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from shared.aws.errors import AlertsNotTaken
from shared.aws.mailing import desk, mail
from shared.aws.runtime import SERVICE, events, settings
from shared.core.alerts import Alert
from shared.core.chat import of_alert
from shared.core.links import finding_link

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = SERVICE  # the rule on the bus leaves this source out, or we would hear ourselves
_ENTRIES_A_CALL = 10  # what PutEvents takes


class Announcer(NamedTuple):
    bus: "EventBridgeClient"
    bus_name: str
    desk: str

    def tell_machines(self, alerts: Sequence[Alert]) -> None:
        for some in _by(_ENTRIES_A_CALL, alerts):
            self._put(some)

    def tell_people(self, alerts: Sequence[Alert]) -> None:
        for alert in alerts:
            link = self._link(alert)
            mail(alert.subject, alert.mail(link), of_alert(alert, link), _attributes(alert))

    def _put(self, alerts: Sequence[Alert]) -> None:
        answer = self.bus.put_events(Entries=[self._entry(alert) for alert in alerts])
        if answer["FailedEntryCount"]:
            raise AlertsNotTaken([entry["ErrorCode"] for entry in answer["Entries"] if "ErrorCode" in entry])

    def _entry(self, alert: Alert) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self.bus_name,
            "Source": SOURCE,
            "DetailType": alert.event,
            "Detail": json.dumps(alert.detail(self._link(alert))),
        }

    def _link(self, alert: Alert) -> str:
        return finding_link(self.desk, alert.finding.patient_id, alert.finding.finding_id)


def _attributes(alert: Alert) -> dict[str, str]:
    return {
        "alert_id": alert.alert_id,
        "finding_id": alert.finding.finding_id,
        "revision": str(alert.revision),
        "severity": alert.finding.severity,
        "rule": alert.finding.rule,
        "transition": alert.step,
    }


def _by(size: int, alerts: Sequence[Alert]) -> Iterator[list[Alert]]:
    rest = iter(alerts)
    while some := list(islice(rest, size)):
        yield some


def announcer() -> Announcer:
    return Announcer(events(), settings().bus_name, desk())
