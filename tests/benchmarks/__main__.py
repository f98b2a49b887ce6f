"""`make bench`: all figures of performance.md in one table, about six minutes on a quiet machine.

`python -m tests.benchmarks audits growth` prints some of its parts.
"""

import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from time import perf_counter

from tests.benchmarks import audits, cold, door, growth, looked_back, recording
from tests.benchmarks.table import HEADING, Row
from tests.benchmarks.watching import processor_seconds

PARTS: Mapping[str, Callable[[], Iterator[Row]]] = {
    "door": door.rows,
    "audits": audits.rows,
    "recording": recording.rows,
    "cold": cold.rows,
    "growth": growth.rows,
    "lookback": looked_back.rows,
}


def main(asked: list[str]) -> None:
    if unknown := set(asked) - PARTS.keys():
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    say(f"Python {platform.python_version()}, processor time, best of rounds by turns\n\n{HEADING}")
    missed = 0
    spent = {"start": clocks()}
    for name in asked or PARTS:
        for row in PARTS[name]():
            missed += row.met is False
            say(str(row))
        spent[name] = clocks()
    say(f"\n{missed} of the targets missed; where the time went:")
    for (_, (wall, processor)), (name, (then, worked)) in pairwise(spent.items()):
        say(f"  {name:<10} {then - wall:>5,.0f} s, {worked - processor:>5,.0f} s of processor")
    say(f"  {'all':<10} {spent.popitem()[1][0] - spent['start'][0]:>5,.0f} s")


def clocks() -> tuple[float, float]:
    return perf_counter(), processor_seconds()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
