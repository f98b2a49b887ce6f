"""The inbox as who sends to it sees it: SQS's call, with the attributes as Lambda passes them on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulation.queue import Queue
from tests.simulation.surroundings import Clock


@dataclass(frozen=True)
class Door:
    queue: Queue
    clock: Clock

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: ARG002, N803
        MessageBody: str,  # noqa: N803
        MessageAttributes: Mapping[str, Mapping[str, str]],  # noqa: N803
    ) -> dict[str, Any]:
        given = {
            name: {"dataType": value["DataType"], "stringValue": value["StringValue"]}
            for name, value in MessageAttributes.items()
        }
        return {"MessageId": self.queue.send(MessageBody, self.clock.now, attributes=given)}
