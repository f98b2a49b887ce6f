"""The desk is loaded part by part, and no request can tell."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud import Cloud
from local.surroundings import simulated_aws
from tests.desk.asking import ask
from tests.desk.conftest import AS_OF

NOWHERE = "the desk has no such page"
_FIRST = """import sys
from functions.serve_desk import app
from shared.desk.app import part_of
app(part_of("/desk.css"))
app(part_of("/worklist"))
print(*sys.modules)"""
_OTHERS_NEED = {"jinja2", "shared.core.audit", "shared.core.events", "shared.desk.findings", "shared.desk.hooks"}


@pytest.fixture(scope="module")
def unfed(account: None) -> Iterator[Cloud]:  # noqa: ARG001  # pytest opens it first
    with simulated_aws():
        yield Cloud(AS_OF)


@pytest.fixture(scope="module")
def paths(unfed: Cloud) -> Any:
    """What the document says can be asked: by path, then by method."""
    return ask(unfed, "/openapi.json").json["paths"]


def test_every_route_of_the_document_is_where_its_path_leads(unfed: Cloud, paths: Any) -> None:
    asked = [
        ask(unfed, re.sub(r"{\w+}", "0" * 20, path), body={} if method == "post" else None).text
        for path, methods in paths.items()
        for method in methods
    ]
    assert len(asked) == 13
    assert [answer for answer in asked if NOWHERE in answer] == []


def test_what_is_nowhere_is_so_in_every_part(unfed: Cloud, paths: Any) -> None:
    nowhere = [f"{path.split('{')[0].rstrip('/')}/of/none/such" for path in paths]
    asked = [ask(unfed, path) for path in nowhere]
    assert {(answer.status, answer.json["message"]) for answer in asked} == {(404, NOWHERE)}


def test_who_waits_for_the_list_or_the_style_does_not_wait_for_what_others_need() -> None:
    loaded = subprocess.run([sys.executable, "-c", _FIRST], capture_output=True, text=True, check=True, timeout=60)
    modules = set(loaded.stdout.split())
    assert {"shared.desk.listing", "shared.desk.page"} <= modules
    assert modules & _OTHERS_NEED == set()
