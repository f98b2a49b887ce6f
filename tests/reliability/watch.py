"""Everything that leaves a function while it runs: what it prints, logs, raises and asks of AWS."""

import io
import json
import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from local.functions import Function
from local.invoking import Context
from local.surroundings import environment
from shared.aws import runtime
from tests.integration.conftest import AS_OF
from tests.integration.deliveries import hooked
from tests.reliability.canary import MARKS, PATIENT, found, without_allowed


@dataclass
class Watch:
    """Everything that left the functions, by where it went; and which call of AWS is to fail, and how."""

    printed: list[str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    failing: int = -1
    fault: BaseException | None = None

    def call(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, params))
        if len(self.calls) - 1 == self.failing and self.fault:
            raise self.fault

    def leaks(self) -> dict[str, set[str]]:
        """Marks by the place where they do not belong."""
        said = {"logs": found("\n".join(self.printed), {**MARKS, "patient_id": PATIENT})}
        for operation, params in self.calls:
            said.setdefault(operation, set()).update(found(without_allowed(operation, params)))
        return {place: marks for place, marks in said.items() if marks}


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Hear what is printed, logged and asked of AWS inside."""
    output = io.StringIO()
    root, logged = logging.getLogger(), logging.StreamHandler(output)
    with ExitStack() as stack:
        for client in (runtime.dynamodb(), runtime.s3(), runtime.sns(), runtime.events()):
            stack.enter_context(hooked(client, "before-parameter-build", watch.call))
        stack.enter_context(redirect_stdout(output))
        stack.enter_context(redirect_stderr(output))
        stack.callback(root.removeHandler, logged)
        root.addHandler(logged)
        yield
    watch.printed.append(output.getvalue())


def invoke(function: Function, records: Sequence[dict[str, Any]], watch: Watch, **also: str) -> None:
    """As Lambda does: what the handler raises ends in the log with its traceback."""
    with environment({**function.environment, "AS_OF": AS_OF.isoformat()}), watched(watch):
        runtime.settings.cache_clear()
        try:
            print(json.dumps(function.handler({"Records": list(records), **also}, Context(function.name))))  # noqa: T201
        except BaseException:  # noqa: BLE001 - Lambda logs whatever it is
            traceback.print_exc()
        finally:
            runtime.settings.cache_clear()
