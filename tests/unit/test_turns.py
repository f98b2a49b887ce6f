"""What the trail tells of one finding: its steps in order, the record behind each, and who was told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from shared.core.alerts import alerts_of
from shared.core.case import CaseFile
from shared.core.heard import PutOff
from shared.core.policy import policies
from shared.core.severity import Severity
from shared.core.turns import Telling, Turn, turns
from tests.builders import Envelope, a_claim_for, a_remittance, a_visit, an_eligibility
from tests.unit.asking import snapshot
from tests.unit.trails import BEGUN, day_by_day

ELSEWHERE = {"count": 12, "first_on": "2025-01-06", "last_on": "2025-03-24"}
VISIT = a_visit(13, on=date(2025, 3, 31))
CLAIM = a_claim_for(VISIT)
BEFORE = [an_eligibility(as_of=date(2025, 3, 30), external_sessions=ELSEWHERE), VISIT, CLAIM]
PAID = a_remittance(CLAIM)
CORRECTED = a_claim_for(VISIT, modifiers=["KX"], version=2)


def taken(*more: Envelope) -> CaseFile:
    return day_by_day(map(snapshot, [*BEFORE, *more]))[-1]


def of_rule(
    rule: str, case: CaseFile, waiting: int = 0, least: Severity = Severity.WARNING, put_off: Sequence[PutOff] = ()
) -> list[Turn]:
    finding_id = next(
        change.finding_id for entry in case.pending for change in entry.step.findings if change.finding.rule == rule
    )
    return list(turns(finding_id, case.pending, Telling(case.pending[::-1][:waiting], put_off, least)))


def test_each_step_names_the_record_that_came_and_when() -> None:
    opened, changed, withdrawn = of_rule("KX_MISSING", taken(PAID, CORRECTED))
    assert [(turn.transition, turn.revision) for turn in (opened, changed, withdrawn)] == [
        ("opened", 1),
        ("changed", 2),
        ("withdrawn", 3),
    ]
    causes = [turn.cause and (turn.cause.kind, turn.cause.version) for turn in (opened, changed, withdrawn)]
    assert causes == [("claim", 1), ("remittance", 1), ("claim", 2)]
    assert (opened.at - BEGUN).days == 2
    assert opened.as_of == opened.at.date()
    assert "KX" in opened.message


def test_other_findings_of_the_same_record_are_not_told() -> None:
    assert len(of_rule("NO_BASELINE", taken(PAID, CORRECTED))) < len(taken(PAID, CORRECTED).pending)


def test_people_are_told_of_what_is_as_grave_as_they_asked_for() -> None:
    told = [turn.told for turn in of_rule("KX_MISSING", taken(PAID, CORRECTED))]
    assert told == ["people", "nobody", "people"]
    [warning] = of_rule("NO_BASELINE", taken(), least=Severity.VIOLATION)
    assert (warning.severity, warning.told) == (Severity.WARNING, "machines")
    assert [turn.told for turn in of_rule("NO_BASELINE", taken(), least=Severity.WARNING)] == ["people"]


def test_what_was_not_announced_yet_is_said_to_wait() -> None:
    case = taken(PAID, CORRECTED)
    assert [turn.waiting for turn in of_rule("KX_MISSING", case, waiting=0)] == [False, False, False]
    assert [turn.waiting for turn in of_rule("KX_MISSING", case, waiting=1)] == [False, False, True]
    assert [turn.waiting for turn in of_rule("KX_MISSING", case, waiting=9)] == [True, False, True]


def test_where_no_record_came_the_day_alone_did_it() -> None:
    told = day_by_day([snapshot(VISIT)])[-1]
    case = told.re_audited(policies(), date(2027, 1, 1), datetime(2027, 1, 2, 12, tzinfo=UTC))
    [missed] = of_rule("VISIT_WITHOUT_CLAIM", case)
    assert (missed.cause, missed.as_of, missed.at.date()) == (None, date(2027, 1, 1), date(2027, 1, 2))


MORNING = datetime(2026, 6, 2, 7, tzinfo=UTC)
NOON = MORNING + timedelta(hours=5)


def put_off(rule: str, case: CaseFile, *told: tuple[datetime, str] | None) -> list[PutOff]:
    """Each announced step of the rule's finding as left for later, with when and by which digest it was told."""
    steps = [(entry.head.seq, alert) for entry in case.pending for alert in alerts_of(entry.step)]
    of_it = [(number, alert.finding.finding_id) for number, alert in steps if alert.finding.rule == rule]
    return [
        PutOff(number, frozenset({found}), *((None, *by) if by else (MORNING,)))
        for (number, found), by in zip(of_it, told, strict=False)
    ]


def heard(case: CaseFile, *told: tuple[datetime, str] | None) -> list[tuple[str, bool, datetime | None]]:
    later = put_off("KX_MISSING", case, *told)
    return [(t.told, t.waiting, t.tell_at or t.told_at) for t in of_rule("KX_MISSING", case, put_off=later)]


def test_what_is_left_for_later_waits_and_then_was_told() -> None:
    assert heard(taken(), None) == [("people", True, MORNING)]
    assert heard(taken(), (NOON, "D-1")) == [("people", False, NOON)]
    assert heard(taken()) == [("people", False, None)]


def test_of_what_was_cleared_before_anybody_heard_of_it_nobody_is_told() -> None:
    cleared, nobody = taken(PAID, CORRECTED), ("nobody", False, None)
    assert heard(cleared, (NOON, "D-1"), (NOON, "D-1")) == [nobody] * 3
    assert heard(cleared, None, None) == [nobody] * 3
    assert heard(cleared, (MORNING, "D-1"), (NOON, "D-2")) == [
        ("people", False, MORNING),
        nobody,
        ("people", False, NOON),
    ]
    assert heard(cleared, (NOON, "D-1")) == [("people", False, NOON), nobody, ("people", False, None)]


def test_only_this_findings_part_of_a_change_is_looked_at() -> None:
    [of_it] = put_off("KX_MISSING", taken(), None)
    others = [of_it._replace(findings=frozenset({"another"}))]
    assert [turn.waiting for turn in of_rule("KX_MISSING", taken(), put_off=[of_it])] == [True]
    assert [turn.waiting for turn in of_rule("KX_MISSING", taken(), put_off=others)] == [False]


def test_what_opened_again_and_was_cleared_before_anybody_heard_of_that_is_not_told_either() -> None:
    again = (a_claim_for(VISIT, version=3), a_claim_for(VISIT, modifiers=["KX"], version=4))
    by_digest = ((MORNING, "D-1"), (MORNING, "D-2"), (NOON, "D-3"), (NOON, "D-3"))
    told = [told for told, _, _ in heard(taken(CORRECTED, *again), *by_digest)]
    assert told == ["people", "people", "nobody", "nobody"]


def test_when_people_will_be_told_is_not_when_they_were() -> None:
    for by, moments in ((None, (MORNING, None)), ((NOON, "D-1"), (None, NOON))):
        [turn] = of_rule("KX_MISSING", taken(), put_off=put_off("KX_MISSING", taken(), by))
        assert (turn.tell_at, turn.told_at) == moments
