"""Look-back over many claim lines beside DuckDB SQL doing the counting rules alone."""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.lookback import compared
from tests.benchmarks.table import Row, at_most

LINES = (1_000_000, 10_000_000)
MOST_TIMES, MOST_MB = 4, 1024


def rows() -> Iterator[Row]:
    for count in LINES:
        yield from _at(count, compared(count))


def _at(count: int, said: dict[str, Any]) -> Iterator[Row]:
    ours, sql = said["look_back"], said["sql"]
    a_second = f"{count / ours['seconds']:,.0f} lines/s, {ours['seconds']:.1f} s"
    yield at_most(f"look-back, {count:,} lines", a_second, ours["processor"] / sql["processor"], MOST_TIMES, "SQL")
    peak = ours["peak_mb"]
    yield Row("  peak memory of all its processes", f"{peak:,.0f} MB", "", f"under {MOST_MB:,} MB", peak < MOST_MB)
