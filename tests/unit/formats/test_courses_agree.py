"""The same course as 837 and 835 and as a FHIR Bundle: the same findings, but for what the one cannot know."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.answer import answer
from shared.formats.detect import pieces
from shared.formats.identity import identified_by
from shared.formats.reading import Read
from tests.unit.asking import findings, periods
from tests.unit.formats.fhir_course import FILE
from tests.unit.formats.x12_course import CLAIMS, PAYMENTS, files
from tests.unit.told_by_reader import FHIR, X12

AS_OF = date(2026, 6, 1)
IN_X12 = [*CLAIMS, PAYMENTS]
# The 837 bills a visit and does not tell it; nor does it hold a score.
ONLY_OF_X12 = {
    ("CLAIM_WITHOUT_VISIT", "violation", 14),
    ("IMPROVEMENT_MISSING", "violation", 2),
    ("KX_UNSUPPORTED", "violation", 2),
    ("NO_BASELINE", "warning", 1),
}
# FHIR tells the visit, but not its note, the muscles, an injection, or the causes that were ruled out.
ONLY_OF_FHIR = {
    ("DOCUMENTATION_INCOMPLETE", "warning", 14),
    ("EXCLUSIONS_UNDOCUMENTED", "warning", 1),
    ("INJECTION_DOCUMENTED", "info", 14),
    ("MUSCLE_NAMES_MISSING", "warning", 14),
}


def events(paths: Iterable[Path]) -> list[bytes]:
    identify = identified_by(b"a key for tests, of 32 characters")
    told = []
    for path in paths:
        with path.open("rb") as stream:
            told += [
                json.dumps(piece.envelope).encode() for piece in pieces(stream, identify) if isinstance(piece, Read)
            ]
    return told


def audited(*paths: Path) -> dict[str, Any]:
    return answer(events(paths), AS_OF)


def said(document: dict[str, Any]) -> set[tuple[str, str, int]]:
    """Rule, severity and how often."""
    spoken = [(finding["rule"], finding["severity"]) for finding in findings(document)]
    return {(rule, severity, spoken.count((rule, severity))) for rule, severity in spoken}


def test_what_each_of_them_cannot_know() -> None:
    """Everything else is alike: nothing is said by both."""
    assert said(audited(*IN_X12)) == ONLY_OF_X12
    assert said(audited(FILE)) == ONLY_OF_FHIR


def test_both_are_one_patient_with_the_same_sessions() -> None:
    first, second = (periods(audited(*paths)) for paths in (IN_X12, [FILE]))
    assert first == second
    assert [(period["sessions_counted"], period["payer_sessions"]) for period in first] == [(14, 14)]


def test_claims_of_the_one_and_visits_of_the_other_make_a_whole() -> None:
    """The clinical half of the Bundle answers what the claims leave open."""
    clinical = [message for message in events([FILE]) if b"VisitRecorded" in message or b"MeasureRecorded" in message]
    document = answer([*events(IN_X12), *clinical], AS_OF)
    assert said(document) == ONLY_OF_FHIR
    assert {json.loads(message)["source"] for message in clinical} == {FHIR}
    assert {json.loads(message)["source"] for message in events(IN_X12)} == {X12}


@pytest.mark.parametrize("path", IN_X12, ids=lambda path: path.name)
def test_the_files_are_the_course(path: Path) -> None:
    """If not: `python -m tests.unit.formats.x12_course` writes them anew."""
    assert path.read_bytes() == files()[path.name]
