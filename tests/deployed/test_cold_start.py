"""Cold starts of the functions as built: CPU time from the start of the process to its first answer.

As a ratio to a function that makes a DynamoDB client and does nothing, since the machines differ.
"""

import resource
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_visit
from tests.deployed.expanded import BUILT, Template
from tests.deployed.packages import layers
from tests.deployed.runtime_api import started
from tests.integration.deliveries import a_message

RECORD = "functions.record_event.handler"
TRIES = 2  # of which the quickest counts: what else the machine does only adds
WITHOUT_COMPILED_CODE = 3.0  # as seen; 1.9 with it


def cpu_seconds(package: Path, on_path: Sequence[Path], settings: Mapping[str, str], event: Mapping[str, Any]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with started(package, on_path, settings) as invoke:
        invoke(event)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_record_event_starts_as_code_that_is_compiled(
    template: Template, settings: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [ours] = [
        r["Properties"] for r in template["Resources"].values() if r.get("Properties", {}).get("Handler") == RECORD
    ]
    (tmp_path / "bare.py").write_text('import boto3\ndef handler(*_): boto3.client("dynamodb")\n')
    package, on_path = BUILT / ours["Code"]["S3Key"], layers(template, ours)
    event = {"Records": [a_message(a_visit(1, patient_id="P-cold"))]}

    bare = min(cpu_seconds(tmp_path, [], settings | {"_HANDLER": "bare.handler"}, {}) for _ in range(TRIES))
    whole = min(cpu_seconds(package, on_path, settings | {"_HANDLER": RECORD}, event) for _ in range(TRIES))

    said = f"{whole / bare:.2f} times that of a DynamoDB client alone, {bare * 1000:.0f} ms of CPU"
    with capsys.disabled():
        print(f"\nrecord_event's cold start: {said}")  # noqa: T201  # a figure to report
    assert whole / bare < WITHOUT_COMPILED_CODE


def test_every_module_is_packed_compiled() -> None:
    sources = {path for path in BUILT.rglob("*.py") if "__pycache__" not in path.parts}
    compiled = {path.parent.parent / f"{path.name.split('.')[0]}.py" for path in BUILT.rglob("*.cpython-313.pyc")}

    assert sources
    assert sources - compiled == set()
