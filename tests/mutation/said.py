"""The wording of findings: what is said of the cases that show every way of saying something, kept in said.txt.

`python -m tests.mutation.said` writes the file again; read the difference before it is committed.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tests.mutation.untold import UNTOLD
from tests.unit.asking import AS_OF as UNTOLD_AS_OF
from tests.unit.asking import ask

CASES = Path(__file__).parents[1] / "cases"
FILE = Path(__file__).with_name("said.txt")


def said(case: str) -> str:
    """Every finding of a case in full, one line each."""
    document = _asked(case)
    return "\n".join([f"## {case}", *(_line(f) for p in document["patients"] for f in p["findings"])])


def _asked(case: str) -> dict[str, Any]:
    if case in UNTOLD:
        return ask(UNTOLD[case], as_of=UNTOLD_AS_OF)
    told = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))
    return ask(told["events"], as_of=date.fromisoformat(told["as_of"]))


def _line(finding: dict[str, Any]) -> str:
    subject = " ".join(str(value) for value in finding["subject"].values())
    shown = " ".join(f"{record['kind']} {record['id']}@{record['version']}" for record in finding["evidence"])
    forecast, stake = (finding.get(name) or {} for name in ("forecast", "at_stake"))
    cost = " ".join(str(value) for value in (*forecast.values(), *stake.values()))
    law = "; ".join(citation["section"] for citation in finding["citations"])
    return f"{finding['rule']} {finding['severity']} {subject}: {finding['message']} | {shown} | {cost} | {law}"


def kept() -> dict[str, str]:
    """What said.txt holds, by case."""
    blocks = FILE.read_text(encoding="utf-8").strip().split("\n\n")
    return {block.partition("\n")[0].removeprefix("## "): block for block in blocks}


def _telling() -> Iterator[str]:
    """Case after case, those that say something in a way that none before it did."""
    heard: set[str] = set()
    smallest_first = sorted(CASES.glob("*.json"), key=lambda path: (path.stat().st_size, path.name))
    for name in (*(path.stem for path in smallest_first), *UNTOLD):
        text = said(name)
        ways = {re.sub(r"[\d-]+", "#", line.split(" | ")[0]) for line in text.splitlines()[1:]}
        if name in UNTOLD or not ways <= heard:
            heard |= ways
            yield text


if __name__ == "__main__":
    FILE.write_text("\n\n".join(_telling()) + "\n", encoding="utf-8")
