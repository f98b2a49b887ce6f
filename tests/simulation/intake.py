"""read_file with its bucket, table and bus in memory: a file delivered until it is read, whatever goes wrong."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from functions import read_file
from local.invoking import Context
from local.surroundings import environment
from shared.aws import identity, posting, runtime
from shared.aws.files import Checkpoints, Progress, dropped
from tests.simulation.faults import Call, Fault, Killed
from tests.simulation.stores import Bucket, Bus
from tests.simulation.surroundings import Clock, surroundings
from tests.simulation.table import Table
from tests.simulation.wire import Wire

KEY = "0123456789abcdef0123456789abcdef"
_FIRST = "v1"
_TRIES = 5  # what the queue gives a message
_SETTINGS = {"INTAKE_BUCKET": "intake", "IDENTITY_KEY_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:key"}


@dataclass
class Files(Bucket):
    """Every object of the account, a dropped file under its bucket's name."""

    def get_object(self, *, Bucket: str, Key: str, VersionId: str = "", IfMatch: str = "") -> dict[str, Any]:  # noqa: N803
        which = VersionId or IfMatch.strip('"')
        return super().get_object(Bucket=Bucket, Key=f"{Bucket}/{Key}/{which}" if which else Key)


class Secrets:
    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: ARG002, N803
        return {"SecretString": KEY}


def a_message(key: str = "Jane Doe.837", **said: str) -> dict[str, Any]:
    """What comes to the queue when a file is stored."""
    which = {name.replace("_", "-"): value for name, value in (said or {"version_id": _FIRST}).items()}
    stored = {"bucket": {"name": "intake"}, "object": {"key": key, "size": 1, **which}}
    event = {"source": "aws.s3", "detail-type": "Object Created", "time": "2025-01-07T08:00:00Z", "detail": stored}
    return {
        "messageId": "m-1",
        "body": json.dumps(event),
        "attributes": {"SentTimestamp": "1750000000123", "ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
    }


@dataclass
class Intake:
    """`notes_each`: how many notes an environment has time for."""

    content: bytes
    fault: Fault | None = None
    wire: Wire = field(default_factory=Wire)
    files: Files = field(default_factory=Files)
    table: Table = field(default_factory=Table)
    bus: Bus = field(default_factory=Bus)
    notes_each: int | None = None

    def __post_init__(self) -> None:
        self.wire.fault = self.fault
        self.files.objects[f"intake/Jane Doe.837/{_FIRST}"] = self.content

    @contextmanager
    def running(self) -> Iterator[io.StringIO]:
        services = {"dynamodb": self.table, "s3": self.files, "events": self.bus, "secretsmanager": Secrets()}
        clock = Clock()
        with (
            environment(_SETTINGS),
            surroundings(services, self.wire, clock, "2026-06-01") as printed,
            patch.object(posting, "time", SimpleNamespace(sleep=clock.sleep)),
        ):
            self._start_afresh()
            yield printed
            self._start_afresh()

    def _start_afresh(self) -> None:
        runtime.start_afresh()
        identity.forget()

    def deliver(self, message: Mapping[str, Any] | None = None) -> int:
        """Give the message to the function until it takes it; how many times it took."""
        for tried in range(1, _TRIES + 1):
            if self._invoked(message or a_message()):
                return tried
        raise AssertionError("the message is among the dead letters")

    def _invoked(self, message: Mapping[str, Any]) -> bool:
        try:
            answer = read_file.handler({"Records": [message]}, _Clocked(self.notes_each))
            self.wire.carry(Call("return", {}), lambda: None)
        except Killed:
            self._start_afresh()
            return False
        return not answer["batchItemFailures"]

    @property
    def progress(self) -> Progress:
        file = dropped(a_message()["body"])
        return Checkpoints(cast("Any", self.table), "table").of(file)

    def claims_sent(self) -> Counter[str]:
        return Counter(json.loads(entry["Detail"])["claim_id"] for entry in self.bus.events)

    def quarantined(self) -> dict[str, dict[str, Any]]:
        entries = {name: body for name, body in self.files.objects.items() if name.endswith(".json")}
        return {name: json.loads(body) for name, body in entries.items()}


@dataclass
class _Clocked:
    """Lambda's context, of an environment that has time for so many notes."""

    notes_left: int | None
    context: Context = field(default_factory=lambda: Context("ReadFile"))

    def get_remaining_time_in_millis(self) -> int:
        if self.notes_left is None:
            return 900_000
        self.notes_left -= 1
        return 900_000 if self.notes_left > 0 else 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.context, name)
