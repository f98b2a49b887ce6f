"""Ten thousand open findings at `ncd-audit serve`: what a page of the list takes, and how much of the list it reads."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from local.serve_command import desk
from shared.aws.runtime import dynamodb
from shared.aws.worklist import READ_AT_MOST, worklist
from shared.core.row import Row
from tests.integration.deliveries import hooked

OPEN = 10_000
SECONDS = 0.3
TODAY = date(2026, 3, 1)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """As many more rows like the first one, of other patients, dates and amounts, in what `serve` keeps its list in."""
    with desk(["events/scenarios/sessions-elsewhere.ndjson"], TODAY, "officer@local") as app:
        first = Row.model_validate(asked(app)["rows"][0])
        for number in range(OPEN):
            worklist()._put(_like(first, number), version=1)
        yield app


def _like(first: Row, number: int) -> Row:
    changed: dict[str, Any] = {
        "patient_id": f"P-{10_000 + number}",
        "finding_id": f"{number:020x}",
        "amount": Decimal(number * 7919 % 50_000) / 100,
        "due_on": TODAY + timedelta(days=number * 31 % 400) if number % 3 else None,
    }
    return first.model_copy(update=changed)


def asked(app: Any, **query: str) -> Any:
    """The whole way of a request but the socket."""
    sent: list[dict[str, Any]] = []
    scope = {"type": "http", "method": "GET", "path": "/worklist", "query_string": urlencode(query).encode()}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 200
    return json.loads(sent[1]["body"])


@contextmanager
def rows_read() -> Iterator[list[tuple[str, int]]]:
    """Each request to DynamoDB, and how many rows it went over, those it left out too."""
    read: list[tuple[str, int]] = []

    def note(model: Any, parsed: dict[str, Any], **_: Any) -> None:
        read.append((model.name, parsed["ScannedCount"]))

    with hooked(dynamodb(), "after-call.dynamodb", note):
        yield read


def test_a_page_of_ten_thousand_takes_less_than_300_ms(server: Any) -> None:
    """Of the processor: the clock on the wall also tells what else this machine does."""
    taken, cursor = [], dict[str, str]()
    with rows_read() as read:
        for _ in range(6):
            began = time.process_time()
            page = asked(server, **cursor)
            taken.append(time.process_time() - began)
            assert len(page["rows"]) == 50
            cursor = {"cursor": page["cursor"]}
    assert read == [("Query", 50)] * 6
    assert sorted(taken)[3] < SECONDS, taken


@pytest.mark.parametrize("query", [{"rule": "NO_SUCH_RULE"}, {"workflow": "acknowledged"}, {"severity": "info"}])
def test_no_request_reads_the_whole_list(server: Any, query: dict[str, str]) -> None:
    """Nothing is found: the page gives up early, empty, and says where to go on."""
    with rows_read() as read:
        page = asked(server, **query)
    assert read == [("Query", 50), ("Query", READ_AT_MOST - 50)]
    assert (page["rows"], page["cursor"] is None) == ([], False)


def test_what_is_resolved_is_found_without_reading_what_is_open(server: Any) -> None:
    with rows_read() as read:
        page = asked(server, workflow="resolved")
    assert (page["rows"], page["cursor"], read) == ([], None, [("Query", 0)])
