"""The stack as the emulator made it, and its neighbours: an EHR sends, an officer hears, an operator asks.

Nothing here knows the name of a resource: the outputs and the handlers of template.yaml are all it goes by.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shared.aws.quarantine import Entry, Quarantine
from shared.aws.table import CaseTable
from tests.deployed.emulator import Emulator

Found = TypeVar("Found")

REDELIVERY = "15"  # seconds
PATIENCE = 90  # seconds: functions that start at once on a busy machine take some


class NotSeen(Exception):
    """What was waited for did not come."""


@dataclass(frozen=True)
class Deployment:
    emulator: Emulator
    stack: str
    outputs: Mapping[str, str]
    functions: Mapping[str, str]  # names by handler
    listening: str  # the queue of an officer who subscribed to the alerts
    alerts: list[dict[str, Any]] = field(default_factory=list)  # what came out of it so far

    def put(self, *envelopes: Mapping[str, Any]) -> None:
        """As an EHR does."""
        entries = [
            {
                "EventBusName": self.outputs["BusName"],
                "Source": envelope["source"],
                "DetailType": envelope["detail-type"],
                "Detail": json.dumps(envelope["detail"]),
            }
            for envelope in envelopes
        ]
        for first in range(0, len(entries), 10):
            answer = self.emulator.client("events").put_events(Entries=entries[first : first + 10])
            assert answer["FailedEntryCount"] == 0, answer

    def heard(self, rule: str, patient_id: str, patience: float = PATIENCE) -> dict[str, Any]:
        """The first alert of that rule on that patient."""
        return eventually(lambda: next(iter(self.told(rule, patient_id)), None), f"an alert of {rule}", patience)

    def told(self, rule: str, patient_id: str) -> list[dict[str, Any]]:
        """All that the officer has heard so far of that rule on that patient, but for reminders, which name no rule."""
        queue = self.emulator.client("sqs")
        while messages := queue.receive_message(QueueUrl=self.listening, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                self.alerts.append(_alert(json.loads(message["Body"])))
                queue.delete_message(QueueUrl=self.listening, ReceiptHandle=message["ReceiptHandle"])
        of_patient = re.compile(rf"^Patient key: +{re.escape(patient_id)}$", re.MULTILINE)
        return [alert for alert in self.alerts if alert.get("rule") == rule and of_patient.search(alert["body"])]

    def settle(self) -> None:
        """Wait until nothing is left in the queues that feed a function, on its way or waiting to be tried again."""
        eventually(lambda: not self.is_waiting(), "empty queues")

    def redeliver_soon(self) -> None:
        """What lost a race for its case file comes again in seconds, not after the three minutes of the template."""
        queue = self.emulator.client("sqs")
        for name in self._sources():
            url = queue.get_queue_url(QueueName=name)["QueueUrl"]
            queue.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": REDELIVERY})

    def is_waiting(self) -> bool:
        return any(map(self._holds, self._sources()))

    def _sources(self) -> list[str]:
        mappings = self.emulator.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        ours = [m["EventSourceArn"] for m in mappings if f":{self.stack}-" in m["FunctionArn"]]
        return [arn.split(":")[5] for arn in ours if arn.split(":")[2] == "sqs"]

    def _holds(self, name: str) -> bool:
        queue = self.emulator.client("sqs")
        counts = queue.get_queue_attributes(
            QueueUrl=queue.get_queue_url(QueueName=name)["QueueUrl"], AttributeNames=["All"]
        )
        held = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return any(int(counts["Attributes"][name]) for name in held)

    @property
    def table(self) -> CaseTable:
        return CaseTable(self.emulator.client("dynamodb"), self.outputs["TableName"])

    @property
    def quarantine(self) -> Quarantine:
        return Quarantine(self.emulator.client("s3"), self.outputs["QuarantineBucketName"])

    def quarantined(self) -> list[Entry]:
        return [entry for key in self.quarantine.listed() if (entry := self.quarantine.entry(key))]

    def logged(self, words: str) -> list[str]:
        """Every line of the functions' logs with these words."""
        logs = self.emulator.client("logs")
        groups = [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]]
        ours = [logs.filter_log_events(logGroupName=name)["events"] for name in groups if self.stack in name]
        return [event["message"] for events in ours for event in events if words in event["message"]]

    def invoke(self, name: str, payload: Mapping[str, Any]) -> Any:
        """What the function answers; `FunctionFailed` if it raised."""
        answer = self.emulator.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload))
        said = json.loads(answer["Payload"].read() or "null")
        if "FunctionError" in answer:
            raise FunctionFailed(said)
        return said


class FunctionFailed(Exception):
    """The function raised; its answer is in the message."""


def _alert(notification: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {name: value["Value"] for name, value in notification["MessageAttributes"].items()}
    return {**attributes, "body": notification["Message"]}


def eventually(look: Callable[[], Found | None], what: str, patience: float = PATIENCE) -> Found:
    """The first thing found, looking again and again."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise NotSeen(f"{what} was not seen in {patience} seconds")
