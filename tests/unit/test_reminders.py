"""A reminder word for word, on which days it is sent, and of which findings."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.core.policy import policies
from shared.core.reminders import Reminder, furthest, reminder
from shared.core.row import Row
from shared.core.standing import Standing
from shared.core.workflow import Workflow
from shared.core.worklist import Work, rows
from tests.builders import a_course
from tests.unit.asking import AS_OF, concluded

LAW = policies()
IDENTIFIED, DUE = date(2026, 2, 1), date(2026, 4, 2)


def row(**changes: Any) -> Row:
    """KX_MISSING of P-1, which a person identified as an overpayment."""
    standing = Standing("P-1").after(concluded(a_course(13, kx_from=None)), AS_OF)
    [made] = rows(standing, Work({}, None), LAW)
    return made.model_copy(update={"identified_on": IDENTIFIED, "due_on": DUE} | changes)


def sent(left: int, **changes: Any) -> Reminder | None:
    """What is sent so many days before the overpayment falls due."""
    return reminder(row(**changes), LAW, DUE - timedelta(days=left))


def test_a_reminder_word_for_word() -> None:
    told = sent(14)
    assert told
    assert told == Reminder(
        "16990be7d369fea053d9-2026-04-02-2026-03-19",
        "[repayment in 14 days] KX_MISSING: patient P-1",
        "An overpayment that was identified on 2026-02-01 must be reported and returned by 2026-04-02 "
        "(in 14 days; 42 CFR 401.305).\n"
        "Finding 16990be7d369fea053d9, revision 1. Open it at the desk: return the money and resolve the finding, "
        "or say since when a good-faith investigation runs.\n",
        told.chat,
    )


def test_a_channel_hears_the_same_in_the_patients_thread() -> None:
    told = sent(14)
    assert told
    assert told.chat["content"] == {
        "textType": "client-markdown",
        "title": told.subject,
        "description": told.body.strip(),
        "nextSteps": [],
        "keywords": ["KX_MISSING", "repayment"],
    }
    assert told.chat["metadata"] == {
        "threadId": "P-1",
        "summary": "KX_MISSING repayment in 14 days",
        "eventType": "RepaymentReminder",
        "relatedResources": ["16990be7d369fea053d9"],
        "additionalContext": {"finding_id": "16990be7d369fea053d9"},
    }


def test_a_reminder_links_the_finding_where_there_is_a_desk() -> None:
    told = reminder(row(), LAW, DUE, "https://desk.example")
    assert told
    link = "https://desk.example/#/patients/P-1/findings/16990be7d369fea053d9"
    assert told.body.endswith(f"\n{link}\n")
    assert told.chat["content"]["nextSteps"] == [link]


@pytest.mark.parametrize(
    ("left", "when"),
    [
        (31, None),
        (30, "in 30 days"),
        (29, None),
        (8, None),
        (7, "in 7 days"),
        (2, None),
        (1, "tomorrow"),
        (0, "today"),
        (-1, "overdue for 1 day"),
        (-2, "overdue for 2 days"),
        (-30, "overdue for 30 days"),
    ],
)
def test_it_is_sent_on_the_days_of_the_policy_and_on_every_day_after(left: int, when: str | None) -> None:
    told = sent(left)
    assert (told and told.subject) == (when and f"[repayment {when}] KX_MISSING: patient P-1")
    assert told is None or f"({when}; 42 CFR 401.305)" in told.body


@pytest.mark.parametrize("days", [(2,), (3, 2)])
def test_the_days_of_the_policy_can_be_others(days: tuple[int, ...]) -> None:
    law = LAW.changed(reminder_days=list(days))
    assert reminder(row(), law, DUE - timedelta(days=2)) is not None
    assert reminder(row(), law, DUE - timedelta(days=1)) is None
    assert furthest(law, DUE) == days[0]


def test_the_day_itself_is_one_of_them_only_if_the_policy_names_it() -> None:
    law = LAW.changed(reminder_days=[2])
    assert reminder(row(), law, DUE) is None
    assert reminder(row(), law, DUE + timedelta(days=1)) is not None


def test_two_days_is_a_plural() -> None:
    told = reminder(row(), LAW.changed(reminder_days=[2]), DUE - timedelta(days=2))
    assert told is not None
    assert told.subject.startswith("[repayment in 2 days]")


def test_the_first_is_sent_so_many_days_before() -> None:
    assert furthest(LAW, DUE) == 30


def test_what_is_not_due_or_is_resolved_needs_none() -> None:
    assert sent(30, due_on=None) is None
    assert sent(30, workflow=Workflow.RESOLVED) is None
    assert sent(30, workflow=Workflow.ACKNOWLEDGED) is not None
    assert sent(30, workflow=Workflow.SUPPRESSED, suppressed_until=DUE) is not None


def test_a_subject_is_plain_and_no_longer_than_a_mail_takes() -> None:
    told = sent(30, patient_id="Zoë" + "x" * 100)
    assert told is not None
    assert told.subject == ("[repayment in 30 days] KX_MISSING: patient Zo?" + "x" * 100)[:100]
