"""Both ways of asking give one answer: every acceptance case through the cloud's parts and straight from the core."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.answer import answer
from local.simulation import simulate
from tests.sampled import one_in

_FEW = 12  # cases of one day; moto takes a minute for many
CASES = [
    json.loads(path.read_text(encoding="utf-8")) for path in sorted((Path(__file__).parents[1] / "cases").iterdir())
]


_cases_of = Counter(case["as_of"] for case in CASES)
_few = sorted(day for day, count in _cases_of.items() if count <= _FEW)
_many = sorted(_cases_of.keys() - {*_few})


def of_its_own(case: dict[str, Any]) -> list[bytes]:
    """The events of a case under patients of its own, so that the cases of a day share a cloud."""
    named = json.dumps(case["events"]).replace('"patient_id": "', f'"patient_id": "{case["id"]}/')
    return [json.dumps(event).encode() for event in json.loads(named)]


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("day", [*one_in(4, _few), *(pytest.param(day, marks=pytest.mark.slow) for day in _many)])
def test_the_cases_of_a_day_are_answered_alike_by_the_cloud_and_by_the_core(day: str) -> None:
    lines = [line for case in CASES if case["as_of"] == day for line in of_its_own(case)]
    as_of = date.fromisoformat(day)
    document = simulate(lines, as_of, withdrawn=True)
    assert document == answer(lines, as_of, withdrawn=True)
    assert document["events"]["received"] == len(lines) > 0
