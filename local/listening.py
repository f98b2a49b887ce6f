"""Hears what the auditor says: to people through the topic, to machines through the bus."""

import json
from collections.abc import Iterator
from typing import Any

from local.pumps import delete
from local.surroundings import sqs
from shared.aws.announcing import SOURCE
from shared.aws.runtime import events, sns


class Listener:
    """A queue subscribed to the topic, and one behind a rule on the bus."""

    def __init__(self, bus: str, topic: str) -> None:
        self._client = sqs()
        self._people, people_arn = self._queue("heard-by-people")
        self._machines, machines_arn = self._queue("heard-by-machines")
        sns().subscribe(TopicArn=topic, Protocol="sqs", Endpoint=people_arn)
        events().put_rule(Name="heard", EventBusName=bus, EventPattern=json.dumps({"source": [SOURCE]}))
        events().put_targets(Rule="heard", EventBusName=bus, Targets=[{"Id": "heard", "Arn": machines_arn}])
        self.messages: list[dict[str, Any]] = []  # as SNS delivers them: Subject, Message, MessageAttributes
        self.events: list[dict[str, Any]] = []  # as the bus delivers them: detail-type, detail

    def listen(self) -> None:
        """Take in what was said since the last time, in the order in which it was said."""
        self.messages += self._drained(self._people)
        self.events += self._drained(self._machines)

    def _queue(self, name: str) -> tuple[str, str]:
        url = self._client.create_queue(QueueName=name)["QueueUrl"]
        answer = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, answer["Attributes"]["QueueArn"]

    def _drained(self, url: str) -> Iterator[dict[str, Any]]:
        while messages := self._client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            yield from (json.loads(message["Body"]) for message in messages)
            delete(url, messages)
