"""The way of every call to AWS: counted, told to whoever schedules, and struck by the fault that waits for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.faults import Call, Effect, Fault


def _nobody(_: Call) -> None:
    pass


@dataclass
class Wire:
    """`trace` names every call made; `outage` may raise for a call in the place of its effect."""

    fault: Fault | None = None
    trace: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before: Callable[[Call], None] = _nobody
    outage: Callable[[Call], None] = _nobody

    def carry(self, call: Call, effect: Effect) -> Any:
        self.before(call)
        number = len(self.calls)
        self.calls.append(call.label)
        self.trace.append(call.about)
        if self.fault and self.fault.at == number and self.fault.fits(call):
            self.trace.append(str(self.fault))
            return self.fault.strike(call, effect)
        self.outage(call)
        return effect(**call.asked)

    @property
    def struck(self) -> bool:
        return self.fault is not None and len(self.calls) > self.fault.at


class Client:
    """What a session of botocore would give: every call of `service` by the wire."""

    def __init__(self, service: Any, wire: Wire) -> None:
        self._service, self._wire = service, wire

    def __getattr__(self, name: str) -> Callable[..., Any]:
        effect = getattr(self._service, name)
        return lambda **asked: self._wire.carry(Call(name, asked), effect)

    def get_paginator(self, operation: str) -> Any:
        pages = self._service.get_paginator(operation)
        return type(pages)(getattr(self, operation))
