"""The trail in a deployed system's table: whole as the functions leave it, and whatever is done to an item is found."""

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.answer import answer
from local.cli import main
from local.cloud import Cloud
from shared.aws.runtime import dynamodb
from shared.aws.table import case_table
from tests.builders import a_course, merged
from tests.integration.conftest import AS_OF

Item = dict[str, Any]
Change = Callable[[Item], Item | None]
FIRST_FACT = "fact#visit#V-1-01#0000000001"


def events() -> list[bytes]:
    """Two sessions of P-1, one attested too early and then mended; one session of P-2."""
    course = a_course(2, kx_from=2)
    mended = merged(course[-1], {"detail": {"version": 2}})
    mended["detail"]["lines"][0]["modifiers"] = []
    return [json.dumps(event).encode() for event in (*course, mended, *a_course(1, patient_id="P-2"))]


@pytest.fixture
def table(inside: Cloud) -> str:
    for event in events():
        inside.send(event)
    inside.settle()
    return case_table().name


@pytest.fixture
def told(table: str, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """What a command says of the table to a machine, and its status."""

    def told(command: str, *options: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = main([command, "--table", table, "--json", *options])
        return status, json.loads(capsys.readouterr().out)

    return told


Told = Callable[..., tuple[int, dict[str, Any]]]


@contextmanager
def changed(table: str, sort: str, change: Change) -> Iterator[None]:
    """An item of P-1 written over by someone who may, or deleted; put back in the end."""
    key: Any = {"pk": {"S": "patient#P-1"}, "sk": {"S": sort}}
    was = dynamodb().get_item(TableName=table, Key=key)["Item"]
    became: Any = change(dict(was))
    dynamodb().delete_item(TableName=table, Key=key)
    if became is not None:
        dynamodb().put_item(TableName=table, Item=became)
        key |= {"sk": became["sk"]}
    yield
    dynamodb().delete_item(TableName=table, Key=key)
    dynamodb().put_item(TableName=table, Item=was)


def inflated(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda item: item | {name: {"B": zlib.compress(change(zlib.decompress(item[name]["B"])))}}


def test_the_trail_that_the_functions_leave_is_whole(told: Told) -> None:
    status, found = told("verify")
    assert (status, found["trails"], found["flaws"]) == (0, 2, [])
    assert found["entries"] > len(events()) // 2


def test_what_is_known_is_what_was_concluded(told: Told) -> None:
    """All was recorded now, so before it nothing was known."""
    _, known = told("trail", "--known-on", "9999-12-31")
    named = ("patient_id", "periods", "findings")
    assert [{name: one[name] for name in named} for one in known["patients"]] == answer(events(), AS_OF)["patients"]
    _, before = told("trail", "--known-on", "2025-01-01", "--patient", "P-1")
    [patient] = before["patients"]
    assert (patient["entry"], patient["facts_known"], len(patient["not_yet_known"])) == (None, 0, 5)


TAMPERINGS: dict[str, tuple[str, Change, str]] = {
    "an entry deleted": ("trail#0000000003", lambda _: None, "missing"),
    "an entry edited": (
        "trail#0000000003",
        inflated("body", lambda body: body.replace(b"2026-", b"2025-", 1)),
        "edited",
    ),
    "an entry put elsewhere": (
        "trail#0000000003",
        lambda item: item | {"sk": {"S": "trail#0000009999"}},
        "out_of_order",
    ),
    "an entry of no bytes": ("trail#0000000003", lambda item: item | {"body": {"B": b""}}, "damaged"),
    "a fact edited": (
        FIRST_FACT,
        inflated("body", lambda body: body.replace(b"2020-06-01", b"2020-06-02")),
        "fact_differs",
    ),
    "a fact deleted": (FIRST_FACT, lambda _: None, "fact_missing"),
    "findings taken out": (
        "case",
        inflated("conclusions", lambda _: b'{"periods":[],"findings":[]}'),
        "stands_otherwise",
    ),
    "the head set back": ("case", lambda item: item | {"head": {"S": f"{1:010d}#{'0' * 64}"}}, "beyond_head"),
    "the case file deleted": ("case", lambda _: None, "beyond_head"),
    "no head any more": ("case", lambda item: {k: v for k, v in item.items() if k != "head"}, "beyond_head"),
}


def test_whatever_is_done_to_an_item_is_found(told: Told, table: str) -> None:
    for name, (sort, change, fault) in TAMPERINGS.items():
        with changed(table, sort, change):
            status, found = told("verify")
            assert status == 1, name
            assert fault in {flaw["fault"] for flaw in found["flaws"]}, name
            assert {flaw["place"].split(",")[0] for flaw in found["flaws"]} == {"patient P-1"}
            assert told("verify", "--patient", "P-2")[0] == 0
        assert told("verify")[0] == 0


def test_an_earlier_copy_tells_a_case_that_was_begun_anew(told: Told, table: str, tmp_path: Path) -> None:
    """Case file, trail and facts of P-2 deleted without a trace."""
    copy = tmp_path / "earlier.ndjson"
    assert main(["trail", "--table", table, "--out", str(copy)]) == 0
    assert told("verify", "--earlier", str(copy))[0] == 0
    for item in dynamodb().scan(TableName=table)["Items"]:
        if item["pk"]["S"] == "patient#P-2":
            dynamodb().delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})
    assert told("verify")[0] == 0
    status, found = told("verify", "--earlier", str(copy))
    assert (status, [(flaw["place"], flaw["fault"]) for flaw in found["flaws"]]) == (1, [("patient P-2", "gone")])


def test_a_table_that_cannot_be_read_is_told_in_one_line(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {
        f"--table {table}-other": f"ncd-audit: table {table}-other: ResourceNotFoundException; name a table",
        f"--table {table} --patient P-0": "ncd-audit: Invalid value: there is no record of patient P-0 here",
        "": "ncd-audit: Invalid value: name files, or a table with --table NAME",
    }
    for arguments, said in wrong.items():
        for command in ("verify", "trail"):
            capsys.readouterr()
            assert main([command, *arguments.split()]) == 2
            assert capsys.readouterr().err.startswith(said)
