"""Look-back of many lines finds what SQL finds, within a memory that does not grow with them."""

import pytest

from tests.benchmarks.lookback import compared


@pytest.mark.slow
@pytest.mark.parametrize("lines", [100_000, 1_000_000])
def test_a_million_lines_in_under_a_gigabyte(lines: int) -> None:
    told = compared(lines)
    assert told["same_as_sql"] > 0
    assert told["look_back"]["peak_mb"] < 1_000
