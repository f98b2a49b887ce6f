"""Words kept in a file to be compared with: of the cases, those that show every way of saying something."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from tests.builders import Envelope
from tests.mutation.untold import UNTOLD
from tests.unit.asking import AS_OF

CASES = Path(__file__).parents[1] / "cases"


def asked(case: str) -> tuple[list[Envelope], date]:
    if case in UNTOLD:
        return UNTOLD[case], AS_OF
    told = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))
    return told["events"], date.fromisoformat(told["as_of"])


def smallest_first() -> Iterator[str]:
    files = sorted(CASES.glob("*.json"), key=lambda path: (path.stat().st_size, path.name))
    return (path.stem for path in files)


def telling(cases: Iterable[str], said: Callable[[str], str], way: Callable[[str], str]) -> Iterator[str]:
    """What is said of case after case, those that say something in a way that none before it did."""
    heard: set[str] = set()
    for text in map(said, cases):
        ways = set(map(way, text.splitlines()[1:]))
        if not ways <= heard:
            heard |= ways
            yield text


def kept(file: Path) -> dict[str, str]:
    """What the file holds, by case."""
    blocks = file.read_text(encoding="utf-8").strip().split("\n\n")
    return {block.partition("\n")[0].removeprefix("## "): block for block in blocks}


def keep(file: Path, texts: Iterable[str]) -> None:
    file.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
