"""What is stored of a patient: every kind of record, the day to judge again, and digests that outlive a release."""

import zlib
from dataclasses import replace

import pytest

from shared.core.audit import Conclusions
from shared.core.case import Arrival, CaseFile, rebuilt
from shared.core.errors import CaseFileTooLarge
from shared.core.policy import policies
from shared.core.severity import Severity
from shared.core.standing import Standing, Transition
from shared.core.stored import standing_from
from tests.builders import a_claim, a_course, a_measure, a_remittance, a_visit, an_eligibility
from tests.unit.asking import AS_OF, RECORDED_AT, concluded, snapshot
from tests.unit.encounters import DAY, billed_alone, days, line

EVERY_KIND = (a_visit(), a_claim(), a_remittance(a_claim()), an_eligibility(), a_measure())


def test_every_kind_of_record_is_stored_and_read_again() -> None:
    case = rebuilt("P-1", (Arrival(snapshot(event), AS_OF, RECORDED_AT) for event in EVERY_KIND), policies())
    read = CaseFile.from_parts("P-1", case.parts())
    assert {kind for kind, _ in read.history.latest} == {"visit", "claim", "remittance", "eligibility", "measure"}
    assert (read.history, read.standing) == (case.history, case.standing)


def test_the_day_to_judge_again_is_stored() -> None:
    """A claim waits for its visit."""
    arrivals = (Arrival(snapshot(event), DAY, RECORDED_AT) for event in billed_alone(line(1, "20560")))
    waiting = rebuilt("P-1", arrivals, policies())
    assert waiting.standing.due_on == days(9)
    assert standing_from("P-1", waiting.parts()).due_on == days(9)


def test_nothing_is_stored_of_what_is_not_stated_and_the_rest_as_small_as_can_be() -> None:
    events = (snapshot(event) for event in (*a_course(12), *EVERY_KIND))
    stored = rebuilt("P-1", (Arrival(event, AS_OF, RECORDED_AT) for event in events), policies()).parts()["records"]
    text = zlib.decompress(stored)
    assert b"null" not in text
    assert stored == zlib.compress(text, level=9)
    assert len(stored) < len(zlib.compress(text, level=6))


@pytest.mark.parametrize(
    ("record", "digest"),
    [
        pytest.param(a_visit(), "7e1d8dd63b413c20", id="visit"),
        pytest.param(a_claim(), "2a71fd24811bb19b", id="claim"),
        pytest.param(a_remittance(a_claim()), "f33c4aa311321c19", id="remittance"),
        pytest.param(an_eligibility(), "2dc2a233a9daf866", id="eligibility"),
        pytest.param(a_measure(score=4.50), "81e0f76630834daf", id="measure"),
    ],
)
def test_a_digest_is_the_same_in_every_release(record: dict[str, object], digest: str) -> None:
    """Stored digests tell a repeat from a conflict: another way of writing would make every repeat one."""
    assert snapshot(record).digest()[:16] == digest


def of_severity(severity: Severity) -> Conclusions:
    """One finding and the severity it has at the time."""
    told = concluded(a_course(1, kx_from=1))
    [finding] = [finding for finding in told.findings.values() if finding.rule == "KX_UNNEEDED"]
    return told._replace(findings={finding.finding_id: replace(finding, severity=severity)})


@pytest.mark.parametrize(
    ("severities", "gravest"),
    [
        pytest.param([Severity.WARNING, Severity.VIOLATION], Severity.VIOLATION, id="worse"),
        pytest.param([Severity.VIOLATION, Severity.WARNING], Severity.VIOLATION, id="milder"),
        pytest.param(
            [Severity.INFO, Severity.VIOLATION, Severity.WARNING], Severity.VIOLATION, id="worse, then milder"
        ),
        pytest.param([Severity.WARNING, Severity.INFO], Severity.WARNING, id="hardly worth knowing"),
    ],
)
def test_the_gravest_a_finding_was_is_remembered_by_gravity(severities: list[Severity], gravest: Severity) -> None:
    standing = Standing("P-1")
    for severity in severities:
        standing = standing.after(of_severity(severity), AS_OF)
    [life] = standing.life.values()
    assert (life.gravest, life.transition, life.revision) == (gravest, Transition.CHANGED, len(severities))


def test_a_finding_that_comes_back_begins_anew() -> None:
    standing = Standing("P-1").after(of_severity(Severity.VIOLATION), AS_OF)
    gone = standing.after(concluded([]), days(1, AS_OF))
    [withdrawn] = gone.life.values()
    assert (withdrawn.gravest, withdrawn.since, withdrawn.last) == (
        Severity.VIOLATION,
        days(1, AS_OF),
        *standing.findings.values(),
    )
    [back] = gone.after(of_severity(Severity.WARNING), days(2, AS_OF)).life.values()
    assert (back.revision, back.transition, back.since) == (3, Transition.REOPENED, days(2, AS_OF))
    assert (back.gravest, back.last) == (Severity.WARNING, None)


def test_a_case_file_too_large_says_how_large_and_what_to_do() -> None:
    refused = CaseFileTooLarge(390_000, 380_000)
    assert refused.size == 390_000
    assert str(refused) == (
        "case file of 390000 bytes passes the limit of 380000: archive the patient's oldest records "
        "(facts stay in the table) or raise the limit below DynamoDB's 400 KB"
    )
