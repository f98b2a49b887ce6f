"""Cold starts of the functions as built: processor time from the start of the process to its first answer.

Beside each a function that imports the same libraries, makes the same clients and does nothing, and one that makes a
client of DynamoDB alone. They take turns and the quickest counts, since what else the machine does only adds.

The same libraries are those that are loaded once the function has answered: some a library itself loads late.
"""

import resource
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.builders import a_visit
from tests.deployed.deployment import Deployment
from tests.deployed.expanded import BUILT, Template
from tests.deployed.officer import DESK, a_request
from tests.deployed.packages import RUNTIME, layers
from tests.deployed.runtime_api import FunctionRaised, Invoke, started
from tests.deployed.taken import a_dropped_file, a_posted_notification
from tests.deployed.undone import an_untold_case
from tests.deployed.uses import (
    A_TICK,
    ANNOUNCE,
    CLOCK,
    DIGEST,
    FHIR,
    KEEP,
    READ,
    RECORD,
    REMIND,
    REPLAY,
    SWEEP,
    new_patient,
)
from tests.integration.deliveries import a_change, a_message

_OURS = ("functions", "shared")
_LOADED = "import sys, {module}; print(*(name for name in sys.modules if name != '__main__'))"
_ANSWERED = """import sys
from {module} import {name} as answer
def handler(event, context):
    answer(event, context)
    return [name for name in sys.modules if name.partition(".")[0] not in {not_libraries}]
"""
_NO_LIBRARIES = (*_OURS, "__main__", "answered")
_IDLE = """import importlib, botocore.session
for name in {libraries}: importlib.import_module(name)
def handler(*_): {clients}
"""


@dataclass(frozen=True)
class Start:
    """What is called, with what, and the services that it asks."""

    event: Callable[[Deployment], Mapping[str, Any]]
    services: tuple[str, ...] = ("dynamodb",)


def _a_changed_case(_: Deployment) -> Mapping[str, Any]:
    return {"Records": [a_change(1, an_untold_case(new_patient()))]}


def _a_file_that_nobody_else_reads(system: Deployment) -> Mapping[str, Any]:
    """Of the bucket of the stack its own function would be told as well, and one of the two would stand back."""
    system.emulator.client("s3").create_bucket(Bucket=_BUCKET)
    of_its_own = replace(system, outputs={**system.outputs, "IntakeBucketName": _BUCKET})
    return {"Records": [a_dropped_file(of_its_own, versions=False)]}


_BUCKET = "read-by-nobody-else"
_ANNOUNCING = ("dynamodb", "sns", "events")
STARTS: Mapping[str, Start] = {
    RECORD: Start(lambda _: {"Records": [a_message(a_visit(1, patient_id=new_patient()))]}),
    READ: Start(_a_file_that_nobody_else_reads, ("dynamodb", "s3", "secretsmanager", "events")),
    FHIR: Start(lambda _: a_posted_notification(), ("s3", "dynamodb")),
    ANNOUNCE: Start(_a_changed_case, _ANNOUNCING),
    CLOCK: Start(lambda _: A_TICK),
    REPLAY: Start(lambda _: {"keys": ["2026-01-01/none.json"]}, ("s3", "sqs")),
    SWEEP: Start(lambda _: A_TICK, _ANNOUNCING),
    DIGEST: Start(lambda _: A_TICK, ("dynamodb",)),
    KEEP: Start(_a_changed_case),
    REMIND: Start(lambda _: A_TICK, ("dynamodb",)),
    DESK: Start(lambda _: a_request("GET", "/worklist")),
}


class NoFirstAnswer(AssertionError):
    """What was called did not do what it was called for: how soon it said so is no figure."""


@dataclass(frozen=True)
class Packed:
    """A function as built: where its code is, what it finds around it, and the Python that runs it."""

    folder: Path
    on_path: Sequence[Path]
    settings: Mapping[str, str]
    python: Path = RUNTIME

    def seconds(self, event: Mapping[str, Any]) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with self._started() as invoke:
            self._is_done(invoke, event)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _is_done(self, invoke: Invoke, event: Mapping[str, Any]) -> None:
        handler = self.settings["_HANDLER"]
        try:
            answer = invoke(event)
        except FunctionRaised as error:
            raise NoFirstAnswer(f"{handler} raised: {error}") from error
        if isinstance(answer, Mapping) and (answer.get("batchItemFailures") or answer.get("statusCode", 0) >= 400):
            raise NoFirstAnswer(f"{handler} did not do what it was started for: {answer}")

    def loaded(self) -> list[str]:
        """Every module that is there before the first call."""
        module = self.settings["_HANDLER"].rsplit(".", 1)[0]
        path = ":".join(map(str, [self.folder, *self.on_path]))
        done = subprocess.run(
            [self.python, "-P", "-c", _LOADED.format(module=module)],  # as packed: not from where we stand
            env={**self.settings, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout.split()

    def libraries(self, folder: Path, event: Mapping[str, Any]) -> list[str]:
        """Every module but ours that is there once the first call is answered."""
        module, name = self.settings["_HANDLER"].rsplit(".", 1)
        told = _ANSWERED.format(module=module, name=name, not_libraries=_NO_LIBRARIES)
        with self._beside(folder, "answered", told)._started() as invoke:
            loaded: list[str] = invoke(event)
        return loaded

    def idle(self, folder: Path, start: Start, system: Deployment) -> "Packed":
        """The same libraries and clients, and nothing done with them."""
        made = "; ".join(f"session.create_client({service!r})" for service in start.services)
        clients = f"session = botocore.session.Session(); {made}"
        libraries = self.libraries(folder, start.event(system))
        return self._beside(folder, "idle", _IDLE.format(libraries=libraries, clients=clients))

    def bare(self, folder: Path) -> "Packed":
        """What is to be beaten: boto3 as the runtime brings it, and a client of DynamoDB."""
        made = self._beside(folder, "bare", 'import boto3\ndef handler(*_): boto3.client("dynamodb")\n')
        return replace(made, on_path=())

    def _beside(self, folder: Path, name: str, source: str) -> "Packed":
        """Another function in the same surroundings."""
        (folder / f"{name}.py").write_text(source)
        on_path = (self.folder, *self.on_path)
        return replace(self, folder=folder, on_path=on_path, settings={**self.settings, "_HANDLER": f"{name}.handler"})

    def _started(self) -> AbstractContextManager[Invoke]:
        return started(self.folder, self.on_path, self.settings, self.python)


def packed(system: Deployment, template: Template, handler: str, topic: str) -> Packed:
    """As deployed, but for the topic: that of the stack takes alerts of its own function only."""
    resources = template["Resources"].values()
    [ours] = [r["Properties"] for r in resources if r.get("Properties", {}).get("Handler") == handler]
    lambdas = system.emulator.client("lambda")
    known = lambdas.get_function_configuration(FunctionName=system.functions[handler])["Environment"]["Variables"]
    settings = {**known, **system.emulator.settings, "_HANDLER": handler, "TOPIC_ARN": topic}
    return Packed(BUILT / ours["Code"]["S3Key"], layers(template, ours), settings)


@dataclass(frozen=True)
class Figures:
    """Seconds of the function, of one that only loads the same, and of a client of DynamoDB alone."""

    handler: str
    ours: float
    idle: float
    bare: float

    def within(self, of_libraries: float, of_a_client: float) -> bool:
        return self.ours <= of_libraries * self.idle and self.ours < of_a_client * self.bare

    def __str__(self) -> str:
        name = self.handler.split(".")[1]
        return (
            f"{name:18}{self.ours * 1000:6.0f} ms of CPU, {self.ours / self.idle:.2f} times its libraries alone, "
            f"{self.ours / self.bare:.2f} times a DynamoDB client"
        )


def measured(system: Deployment, functions: Mapping[str, Packed], folder: Path, tries: int) -> Iterator[Figures]:
    for handler, ours in functions.items():
        start, place = STARTS[handler], folder / handler
        place.mkdir()
        idle, bare = ours.idle(place, start, system), ours.bare(place)
        turns = [(ours.seconds(start.event(system)), idle.seconds({}), bare.seconds({})) for _ in range(tries)]
        yield Figures(handler, *map(min, zip(*turns, strict=True)))
