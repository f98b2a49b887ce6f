"""What a finding is known by and where it stands in the document, by kind of subject; and several verdicts as one."""

from datetime import date

import pytest

from shared.core.findings import Finding, Severity, Subject, gravest, info, violation, warning
from tests.builders import a_claim, a_visit
from tests.unit.asking import snapshot

DAY, LATER = date(2025, 1, 6), date(2025, 1, 7)
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


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        pytest.param(about(CLAIM), about(VISIT), id="what has no date comes first"),
        pytest.param(about(VISIT, "B_RULE"), about(VISIT._replace(date_of_service=LATER)), id="then by date"),
        pytest.param(about(SESSION), about(LINE, "B_RULE"), id="by rule"),
        pytest.param(about(LINE), about(VISIT), id="by kind of subject"),
        pytest.param(about(CLAIM._replace(claim_id="C-1")), about(CLAIM), id="by claim"),
        pytest.param(about(LINE._replace(claim_id="C-1", line_number=3)), about(LINE), id="by claim before line"),
        pytest.param(about(LINE), about(LINE._replace(line_number=10)), id="by line, as numbers"),
        pytest.param(about(VISIT._replace(visit_id="V-1")), about(VISIT), id="by visit"),
    ],
)
def test_findings_are_in_order(earlier: Finding, later: Finding) -> None:
    assert sorted([later, earlier], key=lambda finding: finding.order) == [earlier, later]


def test_several_verdicts_are_one_the_gravest_first() -> None:
    visit, claim = snapshot(a_visit()), snapshot(a_claim())
    assert gravest(info("c", visit), None, warning("b", claim), violation("a", visit)) == violation(
        "a b c", visit, claim
    )
    assert gravest(warning("a"), warning("b")) == warning("a b")
    assert gravest(None, None) is None
