"""A table of figures: works timed side by side, and rows that say whether a target of performance.md is met."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import process_time

WORD = {True: "met", False: "MISSED", None: ""}


@dataclass(frozen=True)
class Row:
    """`target` in words, and `met` only where there is one."""

    what: str
    figure: str
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        return f"{self.what:<58} {self.figure:>24} {self.ratio:>22}  {self.target:<22} {WORD[self.met]}".rstrip()


HEADING = f"{'what':<58} {'figure':>24} {'ratio':>22}  {'target':<22} met?"


def at_most(what: str, figure: str, ratio: float, limit: float, to: str) -> Row:
    return Row(what, figure, f"{ratio:.2f} x {to}", f"at most {limit:g}", ratio <= limit)


def beside(what: str, figure: str, ratio: float, to: str) -> Row:
    """A figure for comparison, without a target."""
    return Row(what, figure, f"{ratio:.2f} x {to}")


def seconds(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Processor time of each, the best of rounds in which they take turns: what else the machine does only adds."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            begun = process_time()
            work()
            best[name] = min(best[name], process_time() - begun)
    return best


def micro(seconds_of: float) -> str:
    return f"{seconds_of * 1e6:,.1f} us"
