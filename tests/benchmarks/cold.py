"""record_event's cold start beside a DynamoDB client alone: from the start of Python to the first message parsed.

From the checkout and without Lambda's runtime around it; of the system as built `make deployed` says the same.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.table import Row, at_most
from tests.builders import a_visit

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
    for _ in range(ROUNDS):
        bare, ours = min(bare, _seconds(_BARE)), min(ours, _seconds(_OURS, json.dumps(a_visit())))
    yield at_most("cold start of record_event", f"{ours * 1e3:,.0f} ms", ours / bare, 1.4, "boto3 client")


def _seconds(program: str, *arguments: str) -> float:
    """Processor time of a Python that runs the program and ends."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_METRICS_DISABLED": "true"}
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
