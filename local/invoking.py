"""In the place of Lambda: calls a function's handler as the service would, and reads what it prints."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import date
from typing import Any

from local.functions import Function
from local.surroundings import environment
from shared.aws import runtime


@dataclass(frozen=True)
class Context:
    """What our handlers and powertools ask of Lambda's context."""

    function_name: str
    memory_limit_in_mb: int = 512
    remaining_ms: int = 30_000
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:123456789012:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


class Invoker:
    """Runs functions as of a date; keeps their metrics and what they logged as an error."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.metrics: Counter[str] = Counter()
        self.errors: list[str] = []

    def failed(self, function: Function, records: Sequence[dict[str, Any]], *, partial: bool) -> set[str]:
        """Call the handler; the identifiers of the records it names as failed."""
        answer = self.answer(function, {"Records": list(records)})
        failures = answer["batchItemFailures"] if partial and answer else []
        return {failure["itemIdentifier"] for failure in failures}

    def answer(self, function: Function, event: dict[str, Any]) -> Any:
        """Call the handler; what it returns."""
        with self.inside(function):
            return function.handler(event, Context(function.name))

    @contextmanager
    def inside(self, function: Function) -> Iterator[None]:
        """The environment of the function; what is printed inside is heard here and nowhere else."""
        printed = io.StringIO()
        with environment({**function.environment, "AS_OF": self.as_of.isoformat()}), redirect_stdout(printed):
            runtime.settings.cache_clear()
            try:
                yield
            finally:
                runtime.settings.cache_clear()
                self._hear(printed.getvalue())

    def _hear(self, printed: str) -> None:
        for said in map(json.loads, filter(None, printed.split("\n"))):
            for directive in said.get("_aws", {}).get("CloudWatchMetrics", []):
                for metric in directive["Metrics"]:
                    self.metrics[metric["Name"]] += int(sum(said[metric["Name"]]))
            if said.get("level") == "ERROR":
                self.errors.append(" ".join(filter(None, map(said.get, ("message", "error", "said", "at")))))
