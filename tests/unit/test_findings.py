"""What a finding is known by, by kind of subject; and several verdicts as one."""

from datetime import date

import pytest

from shared.core.findings import Finding, Subject, gravest, info, violation, warning
from shared.core.severity import Severity
from tests.builders import a_claim, a_visit
from tests.unit.asking import snapshot

DAY = date(2025, 1, 6)
VISIT = Subject("visit", DAY, "V-2")
LINE = Subject("line", DAY, "V-2", "C-2", 2, "20560")
SESSION = Subject("session", DAY, "V-2")
CLAIM = Subject("claim", claim_id="C-2")


def about(subject: Subject, rule: str = "A_RULE") -> Finding:
    return Finding("P-1", rule, Severity.INFO, subject, "", (), (), "")


@pytest.mark.parametrize(
    ("subject", "identity"),
    [
        (VISIT, ("visit", "V-2")),
        (LINE, ("line", "C-2", "2")),
        (SESSION, ("session", "2025-01-06")),
        (CLAIM, ("claim", "C-2")),
    ],
)
def test_a_subject_is_known_by_what_no_correction_changes(subject: Subject, identity: tuple[str, ...]) -> None:
    assert subject.identity == identity


def test_the_id_of_a_finding_is_the_same_in_every_release() -> None:
    """Of patient, rule and identity: who reads our findings keeps it."""
    assert about(CLAIM).finding_id == "58bd541ba20fd92ce54a"


def test_several_verdicts_are_one_the_gravest_first() -> None:
    visit, claim = snapshot(a_visit()), snapshot(a_claim())
    assert gravest(info("c", visit), None, warning("b", claim), violation("a", visit)) == violation(
        "a b c", visit, claim
    )
    assert gravest(warning("a"), warning("b")) == warning("a b")
    assert gravest(None, None) is None
