"""What changed between two standings: every step of a finding and of a period, each with what it was and what it is."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from shared.core.changes import FindingChange, PeriodChange, change_of, finding_changes, period_changes
from shared.core.errors import TrailUnreadable
from shared.core.severity import Severity
from shared.core.standing import Standing, Transition
from tests.builders import FIRST_DAY, Envelope, a_claim, a_course, a_line, a_visit, an_eligibility
from tests.unit.asking import AS_OF, concluded

NOTHING = Standing("P-1")
Told = tuple[str, int, Transition, str | None, str | None, str]


def standing(*events: Envelope, since: Standing = NOTHING) -> Standing:
    return since.after(concluded(events), AS_OF)


def told(change: FindingChange) -> Told:
    """The rule, its step, the severity before and after, and the count of sessions."""
    before, after = ((plain or {}).get("severity") for plain in (change.before, change.after))
    return change.finding.rule, change.revision, change.transition, before, after, change.sessions


def one_session(*modifiers: str) -> list[Envelope]:
    return [a_visit(1), a_claim(1, lines=[a_line(modifiers=list(modifiers))])]


def test_a_finding_is_opened_withdrawn_and_opened_again() -> None:
    without, attested = standing(*one_session()), standing(*one_session("KX"))
    gone = standing(*one_session(), since=attested)
    again = standing(*one_session("KX"), since=gone)
    count = "number 1; 1 used in the period, 19 left"

    def about_kx(old: Standing, new: Standing) -> list[Told]:
        return [told(change) for change in finding_changes(old, new) if change.finding.rule == "KX_UNNEEDED"]

    assert about_kx(without, attested) == [("KX_UNNEEDED", 1, Transition.OPENED, None, "warning", count)]
    assert about_kx(attested, gone) == [("KX_UNNEEDED", 2, Transition.WITHDRAWN, "warning", None, count)]
    assert about_kx(gone, again) == [("KX_UNNEEDED", 3, Transition.REOPENED, None, "warning", count)]
    assert about_kx(without, gone) == [("KX_UNNEEDED", 2, Transition.WITHDRAWN, "warning", None, count)]
    assert about_kx(again, again) == []


def test_a_finding_that_says_something_else_is_changed() -> None:
    """Another visit of the date makes the claim's visit unknown to the finding: its evidence grows."""
    first = standing(*one_session("KX"))
    second = standing(a_visit(2), *one_session("KX"), since=first)
    [change] = [change for change in finding_changes(first, second) if change.finding.rule == "KX_UNNEEDED"]
    assert (change.transition, change.revision, change.gravest) == (Transition.CHANGED, 2, Severity.WARNING)
    assert change.before is not None
    assert change.after is not None
    shown = [[record[1] for record in plain["evidence"]] for plain in (change.before, change.after)]
    assert shown == [["C-1-01", "V-1-01"], ["C-1-01", "V-1-01", "V-1-02"]]


def test_what_is_neither_said_now_nor_was_said_has_no_count() -> None:
    """As no standing of ours is; a stored one of another hand might be."""
    stood = standing(*one_session("KX"))
    empty = Standing("P-1", life={i: life._replace(transition=Transition.OPENED) for i, life in stood.life.items()})
    assert {(change.sessions, change.before, change.after) for change in finding_changes(NOTHING, empty)} == {
        ("", None, None)
    }


def test_a_change_is_kept_as_json_would_keep_it() -> None:
    for change in finding_changes(NOTHING, standing(*a_course(13, kx_from=None))):
        assert FindingChange.model_validate_json(change.model_dump_json()) == change
        assert change.after is not None
        assert change.after["subject"][1] in (FIRST_DAY.isoformat(), "2025-03-31")


def test_periods_begin_are_counted_otherwise_and_end() -> None:
    one, two = standing(*a_course(1)), standing(*a_course(2))
    later = an_eligibility(external_sessions={"count": 1, "first_on": date(2026, 6, 1), "last_on": date(2026, 6, 1)})
    both = standing(*a_course(2), later)

    def counts(old: Standing, new: Standing) -> list[tuple[date, object, object]]:
        plain = [(c.started_on, c.before or {}, c.after or {}) for c in period_changes(old, new)]
        return [(day, before.get("sessions_counted"), after.get("sessions_counted")) for day, before, after in plain]

    assert counts(NOTHING, one) == [(FIRST_DAY, None, 1)]
    assert counts(one, two) == [(FIRST_DAY, 1, 2)]
    assert counts(two, both) == [(date(2026, 6, 1), None, 1)]
    assert counts(both, one) == [(FIRST_DAY, 2, 1), (date(2026, 6, 1), 1, None)]
    assert counts(both, both) == []


def test_a_period_is_kept_as_json_would_keep_it() -> None:
    [change] = period_changes(NOTHING, standing(*a_course(1)))
    assert PeriodChange.model_validate_json(change.model_dump_json()) == change
    assert change.after is not None
    assert change.after["started_on"] == FIRST_DAY.isoformat()
    assert change.after["sessions"] == [[1, FIRST_DAY.isoformat()]]


@pytest.mark.parametrize("lacking", sorted(FindingChange.model_fields))
def test_a_change_that_lacks_a_part_is_unreadable(lacking: str) -> None:
    change = next(iter(finding_changes(NOTHING, standing(*a_course(13, kx_from=None)))))
    plain = change.model_dump(mode="json")
    assert change_of(plain) == change
    with pytest.raises(TrailUnreadable):
        change_of({key: value for key, value in plain.items() if key != lacking})


def test_a_change_holds_nothing_but_its_parts() -> None:
    with pytest.raises(ValidationError):
        PeriodChange(started_on=FIRST_DAY + timedelta(days=1), before=None, after=None, more=1)  # type: ignore[call-arg]
