"""ministack, a second emulator of DynamoDB, in a process of its own; `make reliability` installs it."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import Request, urlopen

PYTHON = Path(__file__).parents[2] / ".venv-emulator" / "bin" / "python"
_SECONDS_TO_START = 30


class NotInstalled(Exception):
    """A contract that asks nobody proves nothing: it is no reason to skip."""

    def __init__(self) -> None:
        super().__init__("ministack is not installed: `make reliability` or `make .venv-emulator/.installed` does it")


@contextmanager
def ministack() -> Iterator[str]:
    """Its address, on this machine alone."""
    if not PYTHON.exists():
        raise NotInstalled
    with TemporaryDirectory() as home, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        here = {"BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0"}  # IoT would listen to all the network
        process = subprocess.Popen(
            [PYTHON, "-m", "ministack"],
            env={**os.environ, **here, "GATEWAY_PORT": port, "HOME": home, "TMPDIR": home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _ready(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait()


def reset(address: str) -> None:
    urlopen(Request(f"{address}/_ministack/reset", method="POST")).close()  # noqa: S310  # our own address


def _ready(address: str) -> str:
    until = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            reset(address)
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return address
