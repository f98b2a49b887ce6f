"""The process around the handlers: clients of the simulated AWS, its clock, its chance, and nothing printed."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from local.surroundings import environment
from shared.aws import recording, runtime
from shared.core import digest
from tests.simulation.wire import Client, Wire

_ENVIRONMENT = {
    "TABLE_NAME": "table",
    "QUARANTINE_BUCKET": "quarantine",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
    "BUS_NAME": "bus",
    "ALERT_MIN_SEVERITY": "warning",
    "INBOX_URL": "inbox",
    "QUIET_HOURS": "",
    "UNSENT_AFTER_MINUTES": "5",
    "UNTAKEN_AFTER_MINUTES": "20",
    "POWERTOOLS_METRICS_DISABLED": "false",
    "POWERTOOLS_DEV": "false",
}
START = 1_780_000_000


@dataclass
class Clock:
    """Seconds since 1970; `sleep` passes them."""

    now: int = START

    def sleep(self, _: float) -> None:
        """A wait within a function is too short to count."""

    def at(self, zone: tzinfo = UTC) -> datetime:
        return datetime.fromtimestamp(self.now, zone)


@contextmanager
def surroundings(services: dict[str, Any], wire: Wire, clock: Clock, as_of: str) -> Iterator[io.StringIO]:
    """Whatever a function takes from outside comes from the simulation."""
    session = SimpleNamespace(create_client=lambda name, **_: Client(services[name], wire))
    with ExitStack() as stack:
        stack.enter_context(environment({**_ENVIRONMENT, "AS_OF": as_of}))
        stack.enter_context(patch.object(runtime, "Session", lambda: session))
        stack.enter_context(patch.object(recording, "time", SimpleNamespace(sleep=clock.sleep)))
        stack.enter_context(patch.object(runtime, "datetime", SimpleNamespace(now=clock.at)))
        stack.enter_context(patch.object(digest, "_MOST_FINDINGS", 10_000))  # a book reads them all
        printed = stack.enter_context(redirect_stdout(io.StringIO()))
        stack.callback(runtime.start_afresh)
        runtime.start_afresh()
        yield printed
