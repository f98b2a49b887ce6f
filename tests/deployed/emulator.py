"""Starts and stops the emulator, on a free port of this machine's loopback address, with TLS and permissions asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.deployed.expanded import REGION

PYTHON = Path(__file__).parents[2] / ".venv-emulator" / "bin" / "python"
HOST = "127.0.0.1"
_SECONDS_TO_START = 60


class NotStarted(Exception):
    """The emulator did not come up; what it said last is in the message."""


@dataclass(frozen=True)
class Emulator:
    url: str
    certificate: Path
    log: Path

    @cache  # noqa: B019  # a client takes longer to make than most of what is asked of it
    def client(self, service: str) -> Any:
        """As the root of the account: nobody asks root for permission."""
        return boto3.client(  # type: ignore[call-overload]  # the stubs want each service by a literal
            service,
            region_name=REGION,
            endpoint_url=self.url,
            verify=str(self.certificate),
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106  # what the emulator takes for root
            config=Config(retries={"total_max_attempts": 1}, read_timeout=120, account_id_endpoint_mode="disabled"),
        )

    @property
    def settings(self) -> dict[str, str]:
        """The same for a process of its own."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CA_BUNDLE": str(self.certificate),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }


@contextmanager
def running(folder: Path) -> Iterator[Emulator]:
    """The emulator, all that it writes in `folder`; its process and those of the functions end with the block."""
    port = _free_port()
    subprocess.run([PYTHON, "-m", "trustme", "-q", "-d", folder, "-i", HOST], check=True, timeout=60)
    made = Emulator(f"https://{HOST}:{port}", folder / "client.pem", folder / "emulator.log")
    with made.log.open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, Path(__file__).with_name("enforcing.py"), f"{HOST}:{port}", folder],
            env=_surroundings(made, port, folder),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(process, port, made.log)
        yield made
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _surroundings(made: Emulator, port: int, folder: Path) -> dict[str, str]:
    """The functions inherit all of it, so nothing of ours is in it but where AWS is."""
    return {
        "PATH": os.defpath,
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "state"),
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # it would listen to all the network
        "MINISTACK_REGION": REGION,
        "AWS_ENDPOINT_URL": made.url,
        "AWS_CA_BUNDLE": str(made.certificate),
        "PYTHONDONTWRITEBYTECODE": "1",  # packages are read-only on Lambda
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as asked:
            if asked.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    print(log.read_text(errors="replace")[-2000:], file=sys.stderr)  # noqa: T201
    raise NotStarted(f"the emulator did not come up on {HOST}:{port}")
