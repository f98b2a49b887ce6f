"""The life of the work on a finding: states, what reopens it by itself, and that two officers cannot overwrite."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from shared.core.findings import AtStake
from shared.core.policy import policies
from shared.core.repayment import Repayment, repayment
from shared.core.review import Review, Signed, Wish, record_state
from shared.core.severity import Severity
from shared.core.standing import Life, Transition
from shared.core.workflow import NotAllowed, Overtaken, RecordState, Workflow

TODAY = date(2026, 3, 2)
LAW = policies()
OPEN = Life(1, Transition.OPENED, TODAY, Severity.VIOLATION)
CHANGED = Life(2, Transition.CHANGED, TODAY, Severity.VIOLATION)
GONE = Life(2, Transition.WITHDRAWN, TODAY, Severity.VIOLATION)
BACK = Life(3, Transition.REOPENED, TODAY, Severity.VIOLATION)
SUPPRESS = Wish(kind="suppress", why="Known and accepted", until=TODAY + timedelta(days=30))
ONE_OF_EACH = {
    "acknowledge": Wish(kind="acknowledge"),
    "resolve": Wish(kind="resolve", why="Corrected claim sent"),
    "suppress": SUPPRESS,
    "reopen": Wish(kind="reopen", why="The correction was refused"),
}


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


def after(*wishes: Wish, life: Life = OPEN, day: date = TODAY) -> Review:
    review = Review()
    for wish in wishes:
        review = review.taking(wish, Signed("officer", at(day)), life, LAW.on(day), len(review))
    return review


def suppressed_for(days: int) -> Wish:
    return Wish(kind="suppress", why="Known", until=TODAY + timedelta(days=days))


def identify_in(days: int) -> Wish:
    return Wish(kind="identify", why="Confirmed", on=TODAY + timedelta(days=days))


def worked(*kinds: str) -> Review:
    return after(*(ONE_OF_EACH[kind] for kind in kinds))


def test_a_finding_that_nobody_touched_is_new() -> None:
    assert Review().state(OPEN, TODAY) is Workflow.NEW


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["acknowledge"], Workflow.ACKNOWLEDGED),
        (["acknowledge", "resolve"], Workflow.RESOLVED),
        (["acknowledge", "suppress"], Workflow.SUPPRESSED),
        (["resolve", "reopen"], Workflow.NEW),
        (["suppress", "reopen", "resolve"], Workflow.RESOLVED),
    ],
)
def test_a_persons_step_leads_to_its_state(kinds: list[str], state: Workflow) -> None:
    assert worked(*kinds).state(OPEN, TODAY) is state


@pytest.mark.parametrize(
    ("kinds", "then"),
    [
        (["acknowledge"], "acknowledge"),
        ([], "reopen"),
        (["resolve"], "acknowledge"),
        (["resolve"], "suppress"),
        (["suppress"], "resolve"),
    ],
)
def test_a_step_from_the_wrong_state_is_refused(kinds: list[str], then: str) -> None:
    review = worked(*kinds)
    with pytest.raises(NotAllowed, match=f"cannot {then} what is"):
        review.taking(ONE_OF_EACH[then], Signed("officer", at(TODAY)), OPEN, LAW.on(TODAY), len(review))


def test_a_comment_changes_no_state_and_is_kept() -> None:
    review = after(Wish(kind="acknowledge"), Wish(kind="comment", why="Asked the biller"))
    assert (review.state(OPEN, TODAY), review[-1].why) == (Workflow.ACKNOWLEDGED, "Asked the biller")


def test_every_action_says_who_when_from_where_to_where_and_why() -> None:
    action = worked("acknowledge", "resolve")[1]
    assert action.model_dump(mode="json") == {
        "kind": "resolve",
        "why": "Corrected claim sent",
        "until": None,
        "on": None,
        "by": "officer",
        "at": "2026-03-02T15:00:00Z",
        "revision": 1,
        "was": "acknowledged",
        "now": "resolved",
    }


@pytest.mark.parametrize("kind", ["acknowledge", "resolve", "suppress"])
def test_new_facts_make_it_new_by_themselves(kind: str) -> None:
    review = worked(kind)
    assert review.state(CHANGED, TODAY) is Workflow.NEW
    assert review.state(BACK, TODAY) is Workflow.NEW


def test_while_the_rule_does_not_fire_what_a_person_did_stands() -> None:
    assert worked("resolve").state(GONE, TODAY) is Workflow.RESOLVED
    assert (record_state(GONE), record_state(BACK)) == (RecordState.ARCHIVED, RecordState.ACTIVE)


def test_a_cleared_finding_takes_comments_only() -> None:
    assert after(Wish(kind="comment", why="Cleared by the late claim"), life=GONE)[0].now is Workflow.NEW
    with pytest.raises(NotAllowed, match=r"^later records cleared this finding: only a comment can be added$"):
        after(Wish(kind="acknowledge"), life=GONE)


@pytest.mark.parametrize(("days", "state"), [(29, "suppressed"), (30, "suppressed"), (31, "new")])
def test_a_suppression_ends_after_its_last_day(days: int, state: str) -> None:
    assert after(SUPPRESS).state(OPEN, TODAY + timedelta(days=days)) == state


@pytest.mark.parametrize("days", [1, 365])
def test_a_suppression_lasts_a_day_to_a_year(days: int) -> None:
    assert after(suppressed_for(days)).state(OPEN, TODAY) is Workflow.SUPPRESSED


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_suppression_that_ends_too_soon_or_too_late_is_refused(days: int) -> None:
    with pytest.raises(NotAllowed, match="a suppression must end"):
        after(suppressed_for(days))


NO_END = "suppress, and nothing else, needs the day it ends (until)"
NO_DAY = "identify, investigate and conclude, and nothing else, need a day (on)"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"kind": "suppress", "why": "no end"}, NO_END),
        ({"kind": "suppress", "until": "2026-04-01"}, "suppress needs a reason (why)"),
        ({"kind": "resolve"}, "resolve needs a reason (why)"),
        ({"kind": "resolve", "why": "  "}, "resolve needs a reason (why)"),
        ({"kind": "comment"}, "comment needs a reason (why)"),
        ({"kind": "reopen"}, "reopen needs a reason (why)"),
        ({"kind": "identify", "why": "Confirmed"}, NO_DAY),
        ({"kind": "identify", "on": "2026-03-01"}, "identify needs a reason (why)"),
        ({"kind": "acknowledge", "until": "2026-04-01"}, NO_END),
        ({"kind": "acknowledge", "on": "2026-03-01"}, NO_DAY),
        ({"kind": "conclude"}, NO_DAY),
    ],
)
def test_a_wish_says_what_it_must(said: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Wish.model_validate(said)
    assert [error["msg"] for error in refused.value.errors()] == [f"Value error, {why}"]


@pytest.mark.parametrize(
    "said", [{"kind": "delete"}, {"kind": "comment", "why": "x" * 2001}, {"kind": "acknowledge", "by": "somebody"}]
)
def test_a_wish_says_nothing_else(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Wish.model_validate(said)


@pytest.mark.parametrize(("seen", "more"), [(0, 2), (1, 1), (3, -1)])
def test_two_officers_cannot_overwrite_each_other(seen: int, more: int) -> None:
    there = worked("acknowledge", "resolve")
    with pytest.raises(Overtaken) as refused:
        there.taking(Wish(kind="acknowledge"), Signed("second", at(TODAY)), OPEN, LAW.on(TODAY), seen)
    assert str(refused.value) == (f"{more} more action(s) were taken on this finding since you read it: read it again")


def identified(*more: Wish, on: date = TODAY) -> Review:
    return after(Wish(kind="identify", why="Confirmed with the chart", on=on), *more, day=TODAY + timedelta(days=400))


def test_the_software_never_declares_an_overpayment_identified() -> None:
    stake = AtStake(Decimal(80), "remittance")
    assert repayment(worked("acknowledge", "resolve"), stake, LAW) is None


def test_sixty_days_from_the_day_a_person_names() -> None:
    clock = repayment(identified(), None, LAW)
    assert clock is not None
    assert (clock.identified_on, clock.due_on, clock.suspended_until) == (TODAY, date(2026, 5, 1), None)


@pytest.mark.parametrize(
    ("began", "ended", "due"),
    [
        (0, None, 180),
        (60, None, 180),
        (61, None, 60),  # the sixty days had passed: nothing is suspended
        (10, 100, 100),
        (10, 40, 60),  # the end of an investigation never shortens the sixty days
        (10, 179, 179),
        (10, 181, 180),
    ],
)
def test_an_investigation_suspends_the_deadline_for_180_days_at_most(began: int, ended: int | None, due: int) -> None:
    steps = [Wish(kind="investigate", on=TODAY + timedelta(days=began))]
    if ended is not None:
        steps.append(Wish(kind="conclude", on=TODAY + timedelta(days=ended)))
    clock = repayment(identified(*steps), None, LAW)
    assert clock is not None
    assert (clock.due_on - TODAY).days == due


def test_a_clock_says_what_set_it() -> None:
    began, ended = TODAY + timedelta(days=10), TODAY + timedelta(days=100)
    clock = repayment(identified(Wish(kind="investigate", on=began), Wish(kind="conclude", on=ended)), None, LAW)
    assert clock == Repayment(TODAY, ended, began, ended, TODAY + timedelta(days=180), None)


@pytest.mark.parametrize("kind", ["investigate", "conclude"])
def test_no_investigation_before_an_overpayment_is_identified(kind: Literal["investigate", "conclude"]) -> None:
    with pytest.raises(NotAllowed, match=rf"^cannot {kind} before a person has identified the overpayment$"):
        after(Wish(kind=kind, on=TODAY))


@pytest.mark.parametrize("days", [-1, 0])
def test_an_overpayment_is_identified_today_or_before(days: int) -> None:
    assert len(after(identify_in(days))) == 1


def test_nothing_is_identified_on_a_day_to_come() -> None:
    with pytest.raises(NotAllowed, match="a day that has come"):
        after(identify_in(1))


def test_only_what_a_remittance_paid_is_an_amount_to_return() -> None:
    paid, charged = (AtStake(Decimal(80), known) for known in ("remittance", "charge"))
    assert [clock.amount for stake in (paid, charged) if (clock := repayment(identified(), stake, LAW))] == [paid, None]
