"""A Lambda service of our own, small: one function as built, run by the real runtime client, and a stream's mapping.

The emulator takes a partial failure of a stream's batch for success; here it is read as Lambda reads it.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from tests.deployed.packages import RUNTIME

Record = Mapping[str, Any]
Invoke = Callable[[Mapping[str, Any]], Any]
_SECONDS = 120  # for one answer, the start included, also where somebody counts its instructions
_DEADLINE = 900  # seconds, as long as a Lambda function may have


class FunctionRaised(Exception):
    """The function answered with an error, and so would not have been believed about any record."""


@dataclass(frozen=True)
class RuntimeApi:
    """What the runtime client asks for work and answers to."""

    work: Queue[bytes] = field(default_factory=Queue)
    answers: Queue[tuple[str, Any]] = field(default_factory=Queue)

    def invoke(self, event: Mapping[str, Any]) -> Any:
        self.work.put(json.dumps(event).encode())
        kind, answer = self.answers.get(timeout=_SECONDS)
        if kind != "response":
            raise FunctionRaised(answer)
        return answer


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        wbufsize = -1  # head and body in one write, or each waits for the other's acknowledgement

        def do_GET(self) -> None:
            self._answer(200, api.work.get())

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(202, b"")
            api.answers.put((self.path.rsplit("/", 1)[1], said))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Lambda-Runtime-Aws-Request-Id", "00000000-0000-0000-0000-000000000000")
            # The client reckons in nanoseconds of 64 bits: a deadline centuries off overflows, or is over.
            self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + _DEADLINE) * 1000)))
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:f")
            self.send_header("Content-Type", "application/json")  # without one the client dies of a null pointer
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def started(
    package: Path, layers: Sequence[Path], environment: Mapping[str, str], python: Sequence[str] = (str(RUNTIME),)
) -> Iterator[Invoke]:
    """The function in `package`, ready to be invoked; its `_HANDLER` and settings are in `environment`."""
    api = RuntimeApi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    surroundings = {
        "PATH": os.defpath,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(map(str, layers)),
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        **environment,
    }
    process = subprocess.Popen(
        [*python, "-m", "awslambdaric", environment["_HANDLER"]],
        cwd=package,
        env=surroundings,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield api.invoke
    finally:
        process.terminate()  # not killed: who counts says what he counted
        process.wait(_SECONDS)
        server.shutdown()
        server.server_close()


def deliver(records: Sequence[Record], invoke: Invoke, retries: int) -> list[Record]:
    """As Lambda reads a shard: go on from the first record that failed; those given up after `retries`."""
    left, given_up, tried = list(records), list[Record](), 0
    while left:
        done = _done(left, invoke)
        left, tried = left[done:], 1 if done else tried + 1
        if left and tried > retries:
            given_up.append(left.pop(0))
            tried = 0
    return given_up


def _done(records: Sequence[Record], invoke: Invoke) -> int:
    """How many records come before the first that failed; none if the answer names one that was not in the batch."""
    try:
        failures = invoke({"Records": records})["batchItemFailures"]
    except FunctionRaised:
        return 0
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    named = [failure["itemIdentifier"] for failure in failures]
    if not set(named) <= set(numbers):
        return 0
    return min(map(numbers.index, named), default=len(records))
