"""A Lambda function as template.yaml describes it: handler imported by name, settings, event sources, schedules."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

SCHEDULES = {"Schedule": "Schedule", "ScheduleV2": "ScheduleExpression"}  # kind of event -> where it says when
_BY_REQUEST = {"HttpApi", "EventBridgeRule"}  # one event a call, from outside: nothing here sends it
Handler = Callable[[dict[str, Any], Any], Any]


@dataclass(frozen=True)
class Source:
    """Where a function's events come from; `patterns` is empty when it wants them all."""

    kind: Literal["SQS", "DynamoDB"]
    arn: str
    batch_size: int
    patterns: tuple[dict[str, Any], ...]
    partial: bool  # the function names the records that failed; otherwise all of the batch did


@dataclass(frozen=True)
class Function:
    name: str
    handler: Handler
    environment: Mapping[str, str]
    sources: tuple[Source, ...]
    schedules: tuple[str, ...]  # when it runs of itself, as CloudFormation writes it


class TemplateNotUnderstood(Exception):
    """The template holds something the simulation has no counterpart for: teach it, or add it to NOT_SIMULATED."""


def function(name: str, common: Mapping[str, Any], own: Mapping[str, Any]) -> Function:
    """The function from its resolved properties and those of Globals, which it may override."""
    environment = _variables(common) | _variables(own)
    events = [(event["Type"], event["Properties"]) for event in own.get("Events", {}).values()]
    asked = {*SCHEDULES, *_BY_REQUEST}
    sources = tuple(_source(kind, properties) for kind, properties in events if kind not in asked)
    schedules = tuple(properties[SCHEDULES[kind]] for kind, properties in events if kind in SCHEDULES)
    return Function(name, imported(own["Handler"]), environment, sources, schedules)


def imported(handler: str) -> Handler:
    module, attribute = handler.rsplit(".", 1)
    found: Handler = getattr(import_module(module), attribute)
    return found


def _variables(properties: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in properties.get("Environment", {}).get("Variables", {}).items()}


# The number Lambda takes when the template names none.
_BATCH_SIZES = {"SQS": 10, "DynamoDB": 100}
_ARNS = {"SQS": "Queue", "DynamoDB": "Stream"}


def _source(kind: Literal["SQS", "DynamoDB"], properties: Mapping[str, Any]) -> Source:
    return Source(
        kind=kind,
        arn=properties[_ARNS[kind]],
        batch_size=int(properties.get("BatchSize", _BATCH_SIZES[kind])),
        patterns=tuple(json.loads(f["Pattern"]) for f in properties.get("FilterCriteria", {}).get("Filters", [])),
        partial="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
    )


def fed_by(functions: Sequence[Function], kind: str, handler: Handler) -> tuple[Function, Source]:
    """The function with that handler, and its one source of that kind."""
    function = with_handler(functions, handler)
    [source] = [source for source in function.sources if source.kind == kind]
    return function, source


def with_handler(functions: Sequence[Function], handler: Handler) -> Function:
    """The one function with that handler."""
    found = [function for function in functions if function.handler is handler]
    if len(found) != 1:
        name = f"{handler.__module__}.{handler.__name__}"
        raise TemplateNotUnderstood(f"the simulation knows one function that runs {name}, not {len(found)}")
    return found[0]
