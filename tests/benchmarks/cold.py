"""record_event's cold start beside a DynamoDB client alone: from the start of Python to the first message parsed.

Packed as `make build` packs it, but on this Python and without Lambda's runtime around it; of the system as built
`make deployed` says the same.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.table import Row, at_most
from tests.builders import a_visit
from tests.layers import layer_here

ROUNDS = 5
_BARE = "import boto3; boto3.client('dynamodb')"
_OURS = """
import sys
from functions import record_event
from shared.aws.runtime import dynamodb
from shared.core.policy import policies
dynamodb(); policies()
record_event.parse_event(sys.argv[1].encode())
"""


def rows() -> Iterator[Row]:
    bare, ours = float("inf"), float("inf")
    with TemporaryDirectory() as name:
        layer = layer_here(Path(name))
        for _ in range(ROUNDS):
            bare = min(bare, _seconds(_BARE, layer.parent))
            ours = min(ours, _seconds(_OURS, layer, json.dumps(a_visit())))
    yield at_most("cold start of record_event", f"{ours * 1e3:,.0f} ms", ours / bare, 1.4, "boto3 client")


def _seconds(program: str, path: Path, *arguments: str) -> float:
    """Processor time of a Python that runs the program, with what is in `path` before all else, and ends."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    surroundings = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "PYTHONPATH": str(path),
    }
    subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, env={**os.environ, **surroundings}, cwd=path
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
