"""The pure audit: under a millisecond for a usual patient, and time that grows no worse than the record.

`.venv/bin/pytest tests/benchmarks --benchmark-enable` prints the figures.
"""

from datetime import date
from math import log10
from time import perf_counter
from typing import Any

import pytest

from shared.core.audit import audit
from shared.core.history import History
from shared.core.policy import policies
from tests.builders import a_course
from tests.unit.asking import AS_OF, history_of

FIRST_OF_MANY = date(2021, 10, 4)
SIZES = (20, 200, 2_000)


def visits_and_claims(count: int) -> History:
    """`count` visits and as many claims, a few days apart over the years."""
    scores = {number: 7 - number % 4 for number in range(1, count + 1)}
    return history_of(a_course(count, every=3, start=FIRST_OF_MANY, scores=scores))


def seconds(history: History) -> float:
    """The best of a few: what the machine does besides can only add."""

    def once() -> float:
        begun = perf_counter()
        audit("P-1", history, policies(), AS_OF)
        return perf_counter() - begun

    return min(once() for _ in range(5))


@pytest.mark.benchmark(min_rounds=200)
@pytest.mark.parametrize("kx_from", [13, None], ids=["nothing to say", "eight findings"])
def test_an_audit_of_20_visits_and_20_claims(benchmark: Any, kx_from: int | None) -> None:
    history = history_of(a_course(20, start=FIRST_OF_MANY, kx_from=kx_from))
    conclusions = benchmark(audit, "P-1", history, policies(), AS_OF)
    assert conclusions.courses[0].counted == 20


@pytest.mark.slow  # a busy neighbour bends the curve: by name, on a quiet machine
def test_time_grows_no_worse_than_the_number_of_visits() -> None:
    """Ten times the visits take about ten times as long: an exponent of 1, and some noise."""
    small, middle, large = (seconds(visits_and_claims(size)) for size in SIZES)
    assert log10(large / middle) <= 1.15
    assert log10(large / small) / 2 <= 1.15
