"""The state machine of the look-back on moto: its definition from the expanded template, its functions our handlers.

moto reads and runs the Amazon States Language, distributed maps too, and calls S3 itself. Three things it cannot do
here are put in its place: Lambda is the handler in this process, a wait is noted and not waited, and a map of which
more items failed than it tolerates fails (moto counts them and goes on).
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from unittest.mock import patch

import boto3
from botocore.exceptions import ClientError
from moto.core.config import default_user_config
from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.distributed_iteration_component import (
    DistributedIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from local.functions import Function
from local.invoking import Invoker
from local.surroundings import simulated_aws
from local.template import TEMPLATE, read_template
from local.wiring import Stack
from shared.aws import identity
from shared.aws.runtime import s3, secrets
from tests.template.resources import ALIAS, ours

MACHINE = "Lookback"
CONCURRENCY = 20
_PATIENCE = 60  # seconds
Trouble = Callable[[str, dict[str, Any], int], Exception | None]


def definition(bucket: str) -> dict[str, Any]:
    """What CloudFormation would give Step Functions; a function goes by its name in the template."""
    stack = ours()
    known = {name: stack.function_of({"Ref": name}) for name in stack.of(ALIAS)} | {"LookbackBucket": bucket}

    def written(value: Any) -> Any:
        match value:
            case {"Ref": str(name)}:
                return known[name]
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{AWS::Partition\}", "aws", text)
            case dict():
                return {key: written(part) for key, part in value.items()}
            case list():
                return [written(part) for part in value]
        return value

    found: dict[str, Any] = written(stack.resources[MACHINE]["Properties"]["Definition"])
    return found


class Call(NamedTuple):
    function: str
    payload: dict[str, Any]


class Asked(NamedTuple):
    """What a function asked of AWS, as its role must grant it."""

    function: str
    action: str
    resource: str


# Operation -> the action it needs. What is in the bucket is granted by folder.
_ACTIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "GetSecretValue": "secretsmanager:GetSecretValue",
}


@dataclass
class Fleet:
    """The functions as Lambda has them. `trouble(function, payload, attempt)` gives what goes wrong with a call."""

    functions: Mapping[str, Function]
    bucket: str
    trouble: Trouble = lambda _function, _payload, _attempt: None
    calls: list[Call] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    asked: set[Asked] = field(default_factory=set)
    number: int = 0
    _invoker: Invoker = field(default_factory=lambda: Invoker(date.min))
    # The environment is that of the process, and moto calls from many threads.
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return f"run-{self.number}"

    @cached_property
    def _machine(self) -> str:
        written = json.dumps(definition(self.bucket))
        client = boto3.client("stepfunctions")
        made = client.create_state_machine(name="lookback", definition=written, roleArn=_ROLE)
        return str(made["stateMachineArn"])

    @property
    def logged(self) -> list[str]:
        return self._invoker.errors

    def invoke(self, parameters: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        name, payload = parameters["FunctionName"], json.loads(parameters["Payload"])
        with self._one_at_a_time:
            self.calls.append(Call(name, payload))
            if failure := self.trouble(name, payload, self.calls.count(Call(name, payload))):
                return _failed(failure)
            try:
                with self._heard(name):
                    answer = self._invoker.answer(self.functions[name], payload)
            except Exception as error:  # noqa: BLE001  # as Lambda does
                return _failed(error)
        return {"StatusCode": 200, "Payload": json.loads(json.dumps(answer))}

    @contextmanager
    def _heard(self, function: str) -> Iterator[None]:
        def hear(params: Mapping[str, Any], model: Any, **_: Any) -> None:
            self.asked.add(Asked(function, _ACTIONS[model.name], _resource(params)))

        heard = [client().meta.events for client in (s3, secrets)]
        for events in heard:
            events.register("provide-client-params", hear)
        try:
            yield
        finally:
            for events in heard:
                events.unregister("provide-client-params", hear)

    def store(self, name: str, content: bytes) -> None:
        s3().put_object(Bucket=self.bucket, Key=f"archives/{name}", Body=content)

    def stored(self, prefix: str = "") -> dict[str, bytes]:
        listed = s3().list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return {o["Key"]: s3().get_object(Bucket=self.bucket, Key=o["Key"])["Body"].read() for o in listed}

    def run(self, **asked: Any) -> dict[str, Any]:
        """An execution from its start to its end, as Step Functions describes it; it goes by another name than any."""
        client = boto3.client("stepfunctions")
        self.number += 1
        execution = client.start_execution(stateMachineArn=self._machine, name=self.name, input=json.dumps(asked))[
            "executionArn"
        ]
        until = time.monotonic() + _PATIENCE
        while (told := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < until, "the execution does not end"
            time.sleep(0.005)
        return dict(told)


def _resource(params: Mapping[str, Any]) -> str:
    """As the template names it; objects by their folder."""
    match params:
        case {"SecretId": _}:
            return "IdentityKey"
        case {"Key": str(key)}:
            return f"LookbackBucket/{key.split('/')[0]}/*"
    return "LookbackBucket"


_ROLE = "arn:aws:iam::123456789012:role/lookback"


def _failed(error: Exception) -> dict[str, Any]:
    if isinstance(error, ClientError):
        raise error
    said = {"errorType": type(error).__name__, "errorMessage": str(error)}
    return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": said}


@contextmanager
def fleet() -> Iterator[Fleet]:
    """An empty account with what template.yaml makes where a look-back is asked for."""
    with simulated_aws():
        stack = Stack(read_template(TEMPLATE.read_text(encoding="utf-8")), {"LookbackConcurrency": str(CONCURRENCY)})
        functions = {function.name: function for function in stack.make_all()}
        identity.forget()
        made = Fleet(functions, functions["SplitArchive"].environment["LOOKBACK_BUCKET"])
        with _interpreted(made):
            yield made


@contextmanager
def _interpreted(made: Fleet) -> Iterator[None]:
    with (
        patch.dict(default_user_config["stepfunctions"], {"execute_state_machine": True}),
        patch.object(lambda_eval_utils, "_invoke_lambda_function", made.invoke),
        patch.object(retrier_decl, "time", _Clock(made.waits)),
        patch.object(DistributedIterationComponent, "_map_run", _tolerating),
    ):
        yield


@dataclass
class _Clock:
    waits: list[float]

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


_map_run = DistributedIterationComponent._map_run


def _tolerating(component: Any, env: Any, eval_input: Any) -> None:
    """States.ExceedToleratedFailureThreshold, as Step Functions ends a map run."""
    _map_run(component, env, eval_input)
    counted = eval_input.map_run_record.item_counter
    failed, total = counted.failed.get(), counted.total.get()
    if failed and 100 * failed > eval_input.tolerated_failure_percentage * total:
        name = StatesErrorNameType.StatesExceedToleratedFailureThreshold
        said = ExecutionFailedEventDetails(error=name.to_name(), cause=f"{failed} of {total} items failed")
        raise FailureEventException(
            FailureEvent(
                env=env,
                error_name=StatesErrorName(typ=name),
                event_type=HistoryEventType.MapRunFailed,
                event_details=EventDetails(executionFailedEventDetails=said),  # type: ignore[typeddict-item]
            )
        )
