"""`make bench`: all figures of performance.md in one table, about ten minutes on a quiet machine.

`python -m tests.benchmarks audits growth` prints some of its parts.
"""

import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter

from tests.benchmarks import audits, cold, door, growth, looked_back, recording
from tests.benchmarks.table import HEADING, Row

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
    for name in asked or PARTS:
        begun = perf_counter()
        for row in PARTS[name]():
            missed += row.met is False
            say(str(row))
        sys.stderr.write(f"{name}: {perf_counter() - begun:.0f} s\n")
    say(f"\n{missed} of the targets missed")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
