"""A row of the list: what it takes from finding and review, where it is sorted, and its state on a day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.core.policy import policies
from shared.core.review import Review, Signed, Wish
from shared.core.row import Row
from shared.core.severity import Severity
from shared.core.standing import Life, Standing
from shared.core.workflow import RecordState, Workflow
from shared.core.worklist import Work, rows
from tests.builders import Envelope, a_claim, a_course, a_line, a_remittance, a_visit
from tests.unit.asking import AS_OF, concluded

LAW = policies()
TODAY = date(2026, 3, 2)
LAST = date(2026, 4, 1)
KX_MISSING = a_course(13, kx_from=None)


def standing(*events: Envelope, since: Standing | None = None) -> Standing:
    return (since or Standing("P-1")).after(concluded(events), AS_OF)


def acted(life: Life, *wishes: Wish) -> Review:
    review, signed = Review(), Signed("officer", datetime(2026, 3, 2, 15, tzinfo=UTC))
    for wish in wishes:
        review = review.taking(wish, signed, life, LAW.on(TODAY), len(review))
    return review


def row(rule: str, stood: Standing, *wishes: Wish, told: Severity | None = None) -> Row:
    """The row of the rule's finding after a person's wishes."""
    [[finding_id, life]] = [
        (i, life)
        for i, life in stood.life.items()
        if (stood.findings.get(i) or life.last).rule == rule  # type: ignore[union-attr]
    ]
    reviews = {finding_id: acted(life, *wishes)} if wishes else {}
    [made] = [made for made in rows(stood, Work(reviews, told), LAW) if made.finding_id == finding_id]
    return made


SUPPRESS = Wish(kind="suppress", why="Known", until=LAST)
COMMENT = Wish(kind="comment", why="Seen")
IDENTIFY = Wish(kind="identify", why="Confirmed", on=TODAY)


def test_a_row_in_full() -> None:
    made = row("KX_MISSING", standing(*KX_MISSING))
    assert made.model_dump() == {
        "patient_id": "P-1",
        "finding_id": "16990be7d369fea053d9",
        "rule": "KX_MISSING",
        "severity": Severity.VIOLATION,
        "message": "Session 13 of the period that began 2025-01-06 is billed without KX.",
        "subject_type": "line",
        "date_of_service": date(2025, 3, 31),
        "claim_id": "C-1-13",
        "visit_id": "V-1-13",
        "line_number": 1,
        "procedure_code": "20560",
        "amount": Decimal("40.00"),
        "known_from": "charge",
        "revision": 1,
        "since": AS_OF,
        "record": RecordState.ACTIVE,
        "workflow": Workflow.NEW,
        "suppressed_until": None,
        "due_on": None,
        "identified_on": None,
        "actions": 0,
    }


def test_what_no_money_hangs_on_has_no_amount() -> None:
    made = row("KX_UNNEEDED", standing(a_visit(), a_claim(lines=[a_line(modifiers=["KX"])])))
    assert (made.amount, made.known_from, made.severity) == (None, None, Severity.WARNING)


def test_an_overpayment_that_a_person_identified_has_its_days() -> None:
    paid = standing(*KX_MISSING, a_remittance(KX_MISSING[-1]))
    made = row("KX_MISSING", paid, IDENTIFY)
    assert (made.identified_on, made.due_on) == (TODAY, TODAY + timedelta(days=60))
    assert (made.amount, made.known_from, made.actions) == (Decimal("20.00"), "remittance", 1)


def test_a_finding_that_stands_no_more_is_shown_as_it_was() -> None:
    without = standing(*KX_MISSING[:-1], since=standing(*KX_MISSING))
    made = row("KX_MISSING", without)
    assert (made.record, made.revision, made.claim_id) == (RecordState.ARCHIVED, 2, "C-1-13")


@pytest.mark.parametrize(
    ("told", "wishes", "state"),
    [
        (None, [], Workflow.NEW),
        (Severity.INFO, [], Workflow.NOTIFIED),
        (Severity.WARNING, [], Workflow.NOTIFIED),
        (Severity.VIOLATION, [], Workflow.NEW),
        (Severity.WARNING, [Wish(kind="acknowledge")], Workflow.ACKNOWLEDGED),
        (None, [Wish(kind="acknowledge")], Workflow.ACKNOWLEDGED),
        (Severity.WARNING, [COMMENT], Workflow.NEW),
    ],
)
def test_people_are_notified_of_what_weighs_enough_until_they_act(
    told: Severity | None, wishes: list[Wish], state: Workflow
) -> None:
    made = row("KX_UNNEEDED", standing(a_visit(), a_claim(lines=[a_line(modifiers=["KX"])])), *wishes, told=told)
    assert (made.workflow, made.actions) == (state, len(wishes))


@pytest.mark.parametrize(
    ("unheard", "state"), [(["KX_MISSING"], "new"), (["NO_BASELINE"], "notified"), ([], "notified")]
)
def test_people_are_not_notified_of_what_waits_for_a_digest(unheard: list[str], state: str) -> None:
    stood = standing(*a_course(13, kx_from=None, scores={}))
    waits = frozenset(found.finding_id for found in stood.findings.values() if found.rule in unheard)
    assert len(waits) == len(unheard)
    [made] = [made for made in rows(stood, Work({}, Severity.WARNING, waits), LAW) if made.rule == "KX_MISSING"]
    assert made.workflow == state


def test_what_records_cleared_is_not_said_to_be_told() -> None:
    """A digest says nothing of what was cleared before anybody heard of it."""
    without = standing(*KX_MISSING[:-1], since=standing(*KX_MISSING))
    assert row("KX_MISSING", without, told=Severity.INFO).workflow is Workflow.NEW


def test_a_suppression_is_told_whatever_is_said_after_it() -> None:
    """It ends with its day and with the next step that changes the state."""
    stood = standing(*KX_MISSING)
    made = row("KX_MISSING", stood, SUPPRESS, COMMENT, IDENTIFY)
    assert (made.workflow, made.suppressed_until) == (Workflow.SUPPRESSED, LAST)
    made = row("KX_MISSING", stood, SUPPRESS, Wish(kind="reopen", why="No"))
    assert (made.workflow, made.suppressed_until) == (Workflow.NEW, None)


def test_new_facts_end_a_suppression() -> None:
    stood = standing(*KX_MISSING)
    [finding_id] = stood.findings
    review = Review().taking(
        SUPPRESS, Signed("officer", datetime(2026, 3, 2, tzinfo=UTC)), stood.life[finding_id], LAW.on(TODAY), 0
    )
    changed = standing(*KX_MISSING, a_remittance(KX_MISSING[-1]), since=stood)
    [made] = rows(changed, Work({finding_id: review}, None), LAW)
    assert (made.revision, made.workflow, made.suppressed_until) == (2, Workflow.NEW, None)


@pytest.mark.parametrize(("days", "state"), [(-1, Workflow.SUPPRESSED), (0, Workflow.SUPPRESSED), (1, Workflow.NEW)])
def test_a_suppression_lapses_after_its_last_day(days: int, state: Workflow) -> None:
    assert row("KX_MISSING", standing(*KX_MISSING), SUPPRESS).on_day(LAST + timedelta(days=days)) is state


@pytest.mark.parametrize(
    ("changes", "rank"),
    [
        ({}, "9999-12-31#0#0999999996000#F"),
        ({"due_on": LAST}, "2026-04-01#0#0999999996000#F"),
        ({"severity": Severity.WARNING}, "9999-12-31#1#0999999996000#F"),
        ({"severity": Severity.INFO, "amount": None}, "9999-12-31#2#1000000000000#F"),
        ({"amount": Decimal("0.01")}, "9999-12-31#0#0999999999999#F"),
    ],
)
def test_a_row_is_sorted_by_day_weight_and_money(changes: dict[str, Any], rank: str) -> None:
    made = row("KX_MISSING", standing(*KX_MISSING))
    assert made.model_copy(update={"finding_id": "F"} | changes).rank == rank
