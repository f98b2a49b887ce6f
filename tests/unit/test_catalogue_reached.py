"""No entry of the catalogue is a promise: each rule arises in each severity it names, in a case or a history here."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from local.answer import answer
from shared.core.rules import RULES
from tests.builders import Envelope, a_claim, a_course, a_line
from tests.stories import STORIES
from tests.unit.asking import AS_OF, ask, findings
from tests.unit.told_by_reader import a_read_visit

CASES = sorted((Path(__file__).parents[1] / "cases").iterdir())
# What no case and no story shows.
HISTORIES: Mapping[str, list[Envelope]] = {
    "better in identical steps": a_course(5, scores={1: 9, 2: 8, 3: 7, 4: 6, 5: 5}),
    "flat, and better exactly when it is needed": a_course(13, scores={1: 7, 2: 7, 3: 7, 13: 4}),
    "copied notes, scored when it is needed": a_course(13, scores={12: 7, 13: 4}),
    "a reader that cannot say who held the needle": [a_read_visit(performer={"profession": None}), a_claim()],
    "a reader that cannot say who supervised": [a_read_visit(performer={"profession": "acupuncturist"})],
    "a reader that cannot say how": [
        a_read_visit(procedure={"kind": "acupuncture"}),
        a_claim(lines=[a_line(1, procedure_code="97810"), a_line(2, procedure_code="97813")]),
    ],
}

NAMED = {(rule.name, severity.value) for rule in RULES for severity in rule.severities}


def documents() -> Iterator[dict[str, Any]]:
    for path in CASES:
        case = json.loads(path.read_text(encoding="utf-8"))
        yield ask(case["events"], as_of=date.fromisoformat(case["as_of"]))
    for story in STORIES.values():
        yield answer((text.encode() for text in story.lines), story.as_of)
    for events in HISTORIES.values():
        yield ask(events, as_of=AS_OF)


def test_every_rule_arises_in_every_severity_it_names_and_in_no_other() -> None:
    reached = {(finding["rule"], finding["severity"]) for document in documents() for finding in findings(document)}
    assert (sorted(NAMED - reached), sorted(reached - NAMED)) == ([], [])
