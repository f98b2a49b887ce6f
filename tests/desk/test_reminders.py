"""Reminders of overpayments: on the days of the policy, to people, and only once a person has named a day."""

from datetime import date, timedelta
from typing import Any

import pytest

from functions.remind import due, remind
from local.cloud import Cloud
from local.surroundings import environment
from shared.aws.runtime import dynamodb
from tests.desk.asking import act
from tests.integration.deliveries import hooked

IDENTIFIED = date(2026, 2, 1)
DUE = date(2026, 4, 2)


def reminded(cloud: Cloud, row: dict[str, Any], today: date) -> list[str]:
    before, patient = len(cloud.heard.messages), f" {row['patient_id']}"
    cloud.remind(today)
    subjects = [message["Subject"] for message in cloud.heard.messages[before:]]
    return [subject.removesuffix(patient) for subject in subjects if subject.endswith(patient)]


@pytest.fixture
def identified(desk: Cloud, row: dict[str, Any]) -> dict[str, Any]:
    act(desk, row, "identify", why="Confirmed", on=IDENTIFIED.isoformat())
    return row


def test_people_are_reminded_before_it_falls_due_and_each_day_after(desk: Cloud, identified: dict[str, Any]) -> None:
    told = {left: reminded(desk, identified, DUE - timedelta(days=left)) for left in (31, 30, 29, 1, 0, -1)}
    assert told == {
        31: [],
        30: ["[repayment in 30 days] KX_MISSING: patient"],
        29: [],
        1: ["[repayment tomorrow] KX_MISSING: patient"],
        0: ["[repayment today] KX_MISSING: patient"],
        -1: ["[repayment overdue for 1 day] KX_MISSING: patient"],
    }


def test_nobody_is_reminded_of_what_no_person_identified(desk: Cloud, row: dict[str, Any]) -> None:
    assert reminded(desk, row, DUE) == []


def test_what_is_resolved_needs_no_reminder(desk: Cloud, identified: dict[str, Any]) -> None:
    act(desk, identified, "resolve", seen=1, why="Money returned")
    assert reminded(desk, identified, DUE) == []


@pytest.mark.parametrize(
    ("zone", "scheduled", "told"),
    [
        ("UTC", "2026-04-01T11:00:00Z", "tomorrow"),
        ("UTC", "2026-04-01T11:15:00Z", None),
        ("America/Los_Angeles", "2026-04-01T11:00:00Z", None),
        ("America/Los_Angeles", "2026-04-01T14:00:00Z", "tomorrow"),
        ("America/Los_Angeles", "2026-04-01T14:15:00Z", None),
        ("Pacific/Guam", "2026-04-01T21:00:00Z", "today"),
    ],
)
def test_in_quiet_hours_a_reminder_waits_until_they_are_over(
    desk: Cloud, identified: dict[str, Any], zone: str, scheduled: str, told: str | None
) -> None:
    """And says how long is left by the clock of those who hear it."""
    before, patient_id = len(desk.heard.messages), identified["patient_id"]
    people = {"QUIET_HOURS": "20:00-07:00", "TIME_ZONE": zone, "AS_OF": ""}
    with desk.invoker.inside(desk.reminder), environment({**desk.reminder.environment, **people}):
        sent = remind({"scheduled": scheduled})
    desk.heard.listen()
    subjects = [message["Subject"] for message in desk.heard.messages[before:]]
    assert sent == len(subjects)
    assert (f"[repayment {told}] KX_MISSING: patient {patient_id}" in subjects) is (told is not None)


@pytest.mark.parametrize(("left", "found"), [(31, False), (30, True)])
def test_only_what_falls_due_soon_is_read(desk: Cloud, identified: dict[str, Any], left: int, found: bool) -> None:  # noqa: FBT001
    read: list[int] = []

    def note(parsed: dict[str, Any], **_: Any) -> None:
        read.append(parsed["ScannedCount"])

    with desk.invoker.inside(desk.reminder), hooked(dynamodb(), "after-call.dynamodb.Query", note):
        told = [reminder.subject for reminder in due(DUE - timedelta(days=left))]
    assert any(identified["patient_id"] in subject for subject in told) is found
    assert read == [len(told)]
