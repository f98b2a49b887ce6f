"""A part of many like cases for `make test`, and the rest, marked slow, for `make reliability`."""

from collections.abc import Iterable
from typing import Any

import pytest


def one_in(every: int, cases: Iterable[Any]) -> list[Any]:
    """All the cases; only one in so many is run each time."""
    return [pytest.param(case, marks=[pytest.mark.slow] if number % every else []) for number, case in enumerate(cases)]
