"""Cold starts of the functions as built: what the processor does from the start of the process to its first answer.

Beside each a function that imports the same libraries, makes the same clients and does nothing, and one that makes a
client of DynamoDB alone. They take turns, and of how they compare in each turn the middle counts: a machine is quicker
now and slower then. Instructions, which valgrind counts, are the same in every run, to a hundredth.

The same libraries are those that are loaded once the function has answered: some a library itself loads late.
"""

import re
import resource
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.deployed.deployment import Deployment
from tests.deployed.expanded import BUILT, Template
from tests.deployed.first_calls import LOOKBACK, STARTS, Start
from tests.deployed.packages import RUNTIME, layers
from tests.deployed.runtime_api import FunctionRaised, Invoke, started

_OURS = ("functions", "shared")
_LOADED = "import sys, {module}; print(*(name for name in sys.modules if name != '__main__'))"
_COUNTING = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
_REPEATABLE = {"PYTHONHASHSEED": "0"}
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


class NoFirstAnswer(AssertionError):
    """What was called did not do what it was called for: how soon it said so is no figure."""


@dataclass(frozen=True)
class Packed:
    """A function as built: where its code is, what it finds around it, and the Python that runs it."""

    folder: Path
    on_path: Sequence[Path]
    settings: Mapping[str, str]
    python: tuple[str, ...] = (str(RUNTIME),)

    def seconds(self, event: Mapping[str, Any]) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with self._started() as invoke:
            self._is_done(invoke, event)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def instructions(self, event: Mapping[str, Any]) -> float:
        with TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            counting = (*_COUNTING, f"--log-file={log}", *self.python)
            with replace(self, python=counting, settings={**self.settings, **_REPEATABLE})._started() as invoke:
                self._is_done(invoke, event)
            [counted] = re.findall(r"I +refs: +([\d,]+)", log.read_text())
        return float(counted.replace(",", ""))

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
            [*self.python, "-P", "-c", _LOADED.format(module=module)],  # as packed: not from where we stand
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


def packed(template: Template, handler: str, settings: Mapping[str, str]) -> Packed:
    resources = template["Resources"].values()
    [ours] = [r["Properties"] for r in resources if r.get("Properties", {}).get("Handler") == handler]
    return Packed(BUILT / ours["Code"]["S3Key"], layers(template, ours), {**settings, "_HANDLER": handler})


def settings_of(system: Deployment, handler: str, topic: str) -> Mapping[str, str]:
    """As deployed, but for the topic: that of the stack takes alerts of its own function only."""
    lambdas = system.emulator.client("lambda")
    known = lambdas.get_function_configuration(FunctionName=system.functions[handler])["Environment"]["Variables"]
    return {**known, **system.emulator.settings, "TOPIC_ARN": topic}


class Turn(NamedTuple):
    """What the function cost, one that only loads the same, and a client of DynamoDB alone."""

    ours: float
    idle: float
    bare: float


Cost = Callable[[Packed, Mapping[str, Any]], float]


@dataclass(frozen=True)
class Figures:
    handler: str
    turns: Sequence[Turn]

    @property
    def of_libraries(self) -> float:
        return median(turn.ours / turn.idle for turn in self.turns)

    @property
    def of_a_client(self) -> float:
        return median(turn.ours / turn.bare for turn in self.turns)

    def __str__(self) -> str:
        name, least = self.handler.split(".")[1], min(turn.ours for turn in self.turns)
        cost = f"{least / 1e6:6.0f} million instructions" if least > _SECONDS else f"{least * 1e3:6.0f} ms of CPU"
        return (
            f"{name:18}{cost}, {self.of_libraries:.2f} times its libraries alone, "
            f"{self.of_a_client:.2f} times a DynamoDB client"
        )


_SECONDS = 1000  # nothing here takes so many, and no start so few instructions


def measured(
    system: Deployment, functions: Mapping[str, Packed], folder: Path, cost: Cost, tries: int
) -> Iterator[Figures]:
    for handler, ours in functions.items():
        start, place = {**STARTS, **LOOKBACK}[handler], folder / handler
        place.mkdir()
        idle, bare = ours.idle(place, start, system), ours.bare(place)
        turns = [Turn(cost(ours, start.event(system)), cost(idle, {}), cost(bare, {})) for _ in range(tries)]
        yield Figures(handler, turns)
