"""Every acceptance case whose rules are in the catalogue, and every story, answered as expected and not otherwise."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.answer import answer
from shared.core.rules import RULES
from tests.stories import STORIES
from tests.unit.asking import ask, periods, said

CASES = [
    json.loads(path.read_text(encoding="utf-8")) for path in sorted((Path(__file__).parents[1] / "cases").iterdir())
]
CATALOGUE = {rule.name for rule in RULES}
JUDGED = [case for case in CASES if {finding["rule"] for finding in case["expect"]} <= CATALOGUE]
Facts = Mapping[str, Any]


def fits(expected: Facts, actual: Facts) -> bool:
    """Of what stands, only what the expectation names is compared."""
    return all(actual.get(name) == value for name, value in expected.items())


def unpaired(expected: list[Facts], actual: list[Facts]) -> tuple[list[Facts], list[Facts]]:
    """What is left of both sides once each expectation took the finding it fits, the most demanding choosing first."""
    missing, extra = [], list(actual)
    for wanted in sorted(expected, key=len, reverse=True):
        fitting = next((place for place, entry in enumerate(extra) if fits(wanted, entry)), None)
        if fitting is None:
            missing.append(wanted)
        else:
            extra.pop(fitting)
    return missing, extra


def standing(document: dict[str, Any]) -> list[Facts]:
    return [
        {"rule": finding["rule"], "severity": finding["severity"], "patient_id": patient["patient_id"]}
        | finding["subject"]
        for patient in document["patients"]
        for finding in patient["findings"]
    ]


def begun(period: Facts) -> tuple[str, str]:
    return period["started_on"], period.get("patient_id", "")


@pytest.mark.parametrize("case", JUDGED, ids=lambda case: str(case["id"]))
def test_a_case_is_answered_as_it_expects(case: dict[str, Any]) -> None:
    """Nothing expected is missing, no other violation or warning stands, and periods and counts agree."""
    document = ask(case["events"], as_of=date.fromisoformat(case["as_of"]))
    missing, extra = unpaired(case["expect"], standing(document))
    assert (missing, [finding for finding in extra if finding["severity"] != "info"]) == ([], [])
    banned = [finding for finding in standing(document) for ban in case.get("expect_absent", []) if fits(ban, finding)]
    assert banned == []
    assert fits(case["expect_events"], document["events"])
    if "expect_periods" in case:
        wanted, shown = sorted(case["expect_periods"], key=begun), sorted(periods(document), key=begun)
        assert [period["started_on"] for period in shown] == [period["started_on"] for period in wanted]
        assert [p for p, actual in zip(wanted, shown, strict=True) if not fits(p, actual)] == []


def test_no_case_is_left_out_in_silence() -> None:
    """A case waits only for rules that are not built; this number rises with the catalogue and never falls."""
    assert len(CASES) == 196
    assert len(JUDGED) == 196


@pytest.mark.parametrize("stem", STORIES)
def test_a_story_ends_with_exactly_what_it_tells(stem: str) -> None:
    story = STORIES[stem]
    document = answer((line.encode() for line in story.lines), story.as_of)
    assert said(document) == story.expect
    assert (document["events"]["duplicates"], document["events"]["quarantined"]) == (
        story.duplicates,
        story.quarantined,
    )


@pytest.mark.parametrize("stem", STORIES)
def test_every_message_of_a_story_is_counted_once(stem: str) -> None:
    """Received = recorded + duplicates + superseded + quarantined."""
    story = STORIES[stem]
    counts = answer((line.encode() for line in story.lines), story.as_of)["events"]
    assert counts.pop("received") == len(story.lines) == sum(counts.values())
