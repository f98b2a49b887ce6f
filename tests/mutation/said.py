"""The wording of findings: what is said of the cases that show every way of saying something, kept in said.txt.

`python -m tests.mutation.said` writes the file again; read the difference before it is committed.
"""

import re
from pathlib import Path
from typing import Any

from tests.mutation.untold import UNTOLD
from tests.mutation.words import asked, keep, smallest_first, telling
from tests.unit.asking import ask

FILE = Path(__file__).with_name("said.txt")


def said(case: str) -> str:
    """Every finding of a case in full, one line each."""
    events, as_of = asked(case)
    document = ask(events, as_of=as_of)
    return "\n".join([f"## {case}", *(_line(f) for p in document["patients"] for f in p["findings"])])


def _line(finding: dict[str, Any]) -> str:
    subject = " ".join(str(value) for value in finding["subject"].values())
    shown = " ".join(f"{record['kind']} {record['id']}@{record['version']}" for record in finding["evidence"])
    forecast, stake = (finding.get(name) or {} for name in ("forecast", "at_stake"))
    cost = " ".join(str(value) for value in (*forecast.values(), *stake.values()))
    law = "; ".join(citation["section"] for citation in finding["citations"])
    return f"{finding['rule']} {finding['severity']} {subject}: {finding['message']} | {shown} | {cost} | {law}"


def _way(line: str) -> str:
    return re.sub(r"[\d-]+", "#", line.partition(" | ")[0])


if __name__ == "__main__":
    keep(FILE, [*telling(smallest_first(), said, _way), *map(said, UNTOLD)])
