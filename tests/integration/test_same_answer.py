"""Both ways of asking give one answer: every acceptance case through the cloud's parts and straight from the core."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.answer import answer
from local.simulation import simulate

CASES = [
    json.loads(path.read_text(encoding="utf-8")) for path in sorted((Path(__file__).parents[1] / "cases").iterdir())
]


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_case_is_answered_alike_by_the_cloud_and_by_the_core(case: dict[str, Any]) -> None:
    lines = [json.dumps(event).encode() for event in case["events"]]
    as_of = date.fromisoformat(case["as_of"])
    assert simulate(lines, as_of, withdrawn=True) == answer(lines, as_of, withdrawn=True)
