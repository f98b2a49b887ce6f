"""The functions as built, made to run where the emulator runs: by Lambda's own runtime client, on Lambda's Python.

The emulator runs any executable called bootstrap; ours starts the runtime client of .venv-lambda, which holds what the
Lambda runtime has and nothing more. What a function imports beyond that must be in its package or its layers.
"""

import io
import shlex
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.deployed.expanded import BUILT, Template

_SECONDS = 30  # a busy machine is no Lambda: what is to answer in two seconds does so there
_HERE = Path(__file__).parents[2]
RUNTIME = _HERE / ".venv-lambda" / "bin" / "python"
RUNTIME_HERE = _HERE / ".venv-lambda-here" / "bin" / "python"  # the same runtime client, on the Python of the tests


def on_our_runtime(template: Template) -> Template:
    """The same template, each function to be started by its own `bootstrap`."""
    resources = {name: _started_by_bootstrap(resource) for name, resource in template["Resources"].items()}
    return {**template, "Resources": resources}


def _started_by_bootstrap(resource: dict[str, Any]) -> dict[str, Any]:
    if resource["Type"] != "AWS::Lambda::Function":
        return resource
    if resource["Properties"]["Runtime"] != "python3.13":
        raise ValueError(f".venv-lambda is of Python 3.13, a function wants {resource['Properties']['Runtime']}")
    timeout = max(resource["Properties"]["Timeout"], _SECONDS)
    return {**resource, "Properties": {**resource["Properties"], "Runtime": "provided.al2023", "Timeout": timeout}}


def packages(template: Mapping[str, Any]) -> dict[str, bytes]:
    """The archive of every function of the expanded template by its key in the bucket."""
    functions = [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]
    return {f["Code"]["S3Key"]: _archive(BUILT / f["Code"]["S3Key"], layers(template, f)) for f in functions}


def layers(template: Mapping[str, Any], function: Mapping[str, Any]) -> list[Path]:
    """Where the Python packages of the function's layers lie; Lambda puts them on the path as well."""
    named = [template["Resources"][layer["Ref"]]["Properties"] for layer in function.get("Layers", [])]
    return [BUILT / properties["Content"]["S3Key"] / "python" for properties in named]


def _archive(folder: Path, on_path: list[Path]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
        archive.writestr(_executable("bootstrap"), _bootstrap(on_path))
    return packed.getvalue()


def _bootstrap(on_path: list[Path]) -> str:
    path = shlex.quote(":".join(map(str, on_path)))
    return f'#!/bin/sh\nPYTHONPATH={path} exec {shlex.quote(str(RUNTIME))} -m awslambdaric "$_HANDLER"\n'


def _executable(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o755 << 16
    return info
