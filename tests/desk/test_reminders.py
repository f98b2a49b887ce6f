"""Reminders of overpayments: on the days of the policy, to people, and only once a person has named a day."""

from datetime import date, timedelta

import pytest

from local.cloud import Cloud
from tests.desk.asking import act, ask

IDENTIFIED = date(2026, 2, 1)
DUE = date(2026, 4, 2)


def reminded(cloud: Cloud, today: date) -> list[str]:
    before = len(cloud.heard.messages)
    cloud.remind(today)
    return [message["Subject"] for message in cloud.heard.messages[before:]]


@pytest.fixture
def identified(desk: Cloud) -> Cloud:
    row = ask(desk, "/worklist", rule="KX_MISSING").json["rows"][0]
    act(desk, row, "identify", why="Confirmed", on=IDENTIFIED.isoformat())
    return desk


def test_people_are_reminded_before_it_falls_due_and_each_day_after(identified: Cloud) -> None:
    told = {left: reminded(identified, DUE - timedelta(days=left)) for left in (31, 30, 29, 1, 0, -1)}
    assert told == {
        31: [],
        30: ["[repayment in 30 days] KX_MISSING: patient P-1"],
        29: [],
        1: ["[repayment tomorrow] KX_MISSING: patient P-1"],
        0: ["[repayment today] KX_MISSING: patient P-1"],
        -1: ["[repayment overdue since 1 day] KX_MISSING: patient P-1"],
    }


def test_nobody_is_reminded_of_what_no_person_identified(desk: Cloud) -> None:
    assert reminded(desk, DUE) == []


def test_what_is_resolved_needs_no_reminder(identified: Cloud) -> None:
    row = ask(identified, "/worklist", rule="KX_MISSING").json["rows"][0]
    act(identified, row, "resolve", seen=1, why="Money returned")
    assert reminded(identified, DUE) == []
