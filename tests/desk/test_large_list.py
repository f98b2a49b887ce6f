"""Ten thousand open findings: what a page of the list costs, and how much of the list one request may read."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from local.cloud import Cloud
from shared.aws.runtime import dynamodb
from shared.aws.worklist import worklist
from shared.core.worklist import Row
from tests.desk.asking import ask
from tests.integration.deliveries import requests_counted

OPEN = 10_000
SECONDS = 0.3
READ_AT_MOST = 10  # pages of the index for a request


@pytest.fixture(scope="module")
def long(desk: Cloud) -> Cloud:
    """As many more rows like the first one, of other patients, dates and amounts."""
    first = Row.model_validate(ask(desk, "/worklist").json["rows"][0])
    with desk.invoker.inside(desk.keeper):
        for number in range(OPEN):
            worklist()._put(_like(first, number), version=1)
    return desk


def _like(first: Row, number: int) -> Row:
    changed: dict[str, Any] = {
        "patient_id": f"P-{10_000 + number}",
        "finding_id": f"{number:020x}",
        "amount": Decimal(number * 7919 % 50_000) / 100,
        "due_on": date(2026, 3, 1) + timedelta(days=number * 31 % 400) if number % 3 else None,
    }
    return first.model_copy(update=changed)


@contextmanager
def in_the_emulator() -> Iterator[list[float]]:
    """The seconds that each query takes there: moto sorts all ten thousand for every page, which an index does not."""
    began, taken = [0.0], list[float]()
    events = dynamodb().meta.events
    hooks = {
        "before-call.dynamodb.Query": lambda **_: began.append(time.perf_counter()),
        "after-call.dynamodb.Query": lambda **_: taken.append(time.perf_counter() - began[-1]),
    }
    for name, hook in hooks.items():
        events.register(name, hook)
    yield taken
    for name, hook in hooks.items():
        events.unregister(name, hook)


@pytest.mark.slow
def test_a_page_of_ten_thousand_is_one_query_and_little_else(long: Cloud) -> None:
    ours, cursor = [], dict[str, str]()
    with in_the_emulator() as queries:
        for number in range(1, 6):
            began = time.perf_counter()
            page = ask(long, "/worklist", **cursor).json
            ours.append(time.perf_counter() - began - queries[-1])
            assert (len(page["rows"]), len(queries)) == (50, number)
            cursor = {"cursor": page["cursor"]}
    assert sorted(ours)[2] < SECONDS, (ours, queries)


@pytest.mark.slow
def test_no_request_reads_the_whole_list(long: Cloud) -> None:
    """Nothing is resolved: the page gives up early, empty, and says where to go on."""
    with requests_counted() as requests:
        page = ask(long, "/worklist", workflow="resolved").json
    assert requests == {"Query": READ_AT_MOST}
    assert (page["rows"], page["cursor"] is None) == ([], False)
