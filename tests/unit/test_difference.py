"""Two audits of the same records held against each other: what differs, of which kind, for how much money."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.core.difference import Change, Difference, ReAudit, differences, settings_changed
from shared.core.lookback import Row, look_back
from shared.core.policy import Policies, policies
from tests.builders import FIRST_DAY, Envelope, a_claim_for, a_course, a_visit
from tests.unit.asking import AS_OF, snapshot
from tests.unit.random_courses import a_random_course

LAW = policies()
DAY = date(2025, 4, 3)
ROW = Row(
    patient_id="P-1",
    rule="KX_MISSING",
    severity="violation",
    basis="cms_text",
    subject_type="line",
    date_of_service=DAY,
    visit_id="V-1",
    claim_id="C-1",
    line_number=1,
    procedure_code="20560",
    provider_npi="1200000010",
    amount=Decimal("40.00"),
    amount_once=Decimal("40.00"),
    known_from="charge",
    message="Billed without KX.",
    finding_id="c-1-1",
    policy="one",
)
LINE_2 = ROW._replace(line_number=2, finding_id="c-1-2", amount=Decimal("15.00"))
MIRRORED = {
    Change.OPENED: Change.GONE,
    Change.GONE: Change.OPENED,
    Change.GRAVER: Change.MILDER,
    Change.MILDER: Change.GRAVER,
}


def said(before: list[Row], after: list[Row]) -> list[tuple[str, Decimal]]:
    return [(difference.change.value, difference.money) for difference in differences(before, after)]


def test_what_is_said_alike_does_not_differ() -> None:
    """Under which law, and whether another finding claims the same money first, is no other verdict."""
    assert said([ROW], [ROW._replace(policy="two", amount_once=Decimal(0))]) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param([], [ROW], [("opened", Decimal("40.00"))], id="opened"),
        pytest.param([ROW], [], [("gone", Decimal("-40.00"))], id="gone"),
        pytest.param(
            [ROW],
            [ROW._replace(severity="warning", amount=None)],
            [("milder", Decimal("-40.00"))],
            id="milder: only a violation has money",
        ),
        pytest.param([ROW._replace(severity="info")], [ROW], [("graver", Decimal(0))], id="graver"),
        pytest.param(
            [ROW], [ROW._replace(amount=Decimal("41.00"))], [("restated", Decimal("1.00"))], id="of other money"
        ),
        pytest.param([ROW], [ROW._replace(message="Other.")], [("restated", Decimal(0))], id="in other words"),
        pytest.param([ROW], [LINE_2], [("moved", Decimal("-25.00"))], id="the same date, another line"),
        pytest.param(
            [ROW],
            [LINE_2._replace(severity="warning", amount=None)],
            [("milder", Decimal("-40.00"))],
            id="moved, but what it weighs says more",
        ),
        pytest.param(
            [ROW],
            [LINE_2._replace(rule="KX_UNNEEDED")],
            [("gone", Decimal("-40.00")), ("opened", Decimal("15.00"))],
            id="another rule is another verdict",
        ),
        pytest.param(
            [ROW],
            [LINE_2._replace(date_of_service=DAY + timedelta(days=1))],
            [("gone", Decimal("-40.00")), ("opened", Decimal("15.00"))],
            id="another date is another verdict",
        ),
        pytest.param(
            [ROW._replace(date_of_service=None)],
            [LINE_2._replace(date_of_service=None)],
            [("gone", Decimal("-40.00")), ("opened", Decimal("15.00"))],
            id="a claim has no date to move on",
        ),
        pytest.param(
            [ROW, LINE_2],
            [LINE_2._replace(finding_id="c-2-1")],
            [("gone", Decimal("-15.00")), ("moved", Decimal("-25.00"))],
            id="two go and one arises",
        ),
    ],
)
def test_each_kind_of_difference(before: list[Row], after: list[Row], expected: list[tuple[str, Decimal]]) -> None:
    assert said(before, after) == expected


def test_differences_stand_in_order() -> None:
    """By date, what has none first, then rule, claim and line."""
    in_order = [
        ROW._replace(finding_id="z", date_of_service=None),
        ROW._replace(finding_id="y", date_of_service=DAY - timedelta(days=1)),
        ROW._replace(finding_id="x", rule="ABN_INVALID"),
        ROW._replace(finding_id="w", claim_id="C-0", line_number=9),
        ROW._replace(finding_id="v", line_number=0),
        ROW._replace(finding_id="u", line_number=1),
        ROW._replace(finding_id="t", line_number=10),
    ]
    assert [found.row for found in differences([], in_order[::-1])] == in_order


ROWS = st.lists(
    st.builds(
        lambda number, severity, day, amount: ROW._replace(
            finding_id=f"f-{number}",
            severity=severity,
            date_of_service=DAY + timedelta(days=day),
            amount=Decimal(amount),
        ),
        st.integers(0, 5),
        st.sampled_from(["violation", "warning", "info"]),
        st.integers(0, 1),
        st.sampled_from([0, 40]),
    ),
    max_size=6,
    unique_by=lambda row: row.finding_id,
)


@settings(max_examples=20)
@given(before=ROWS, after=ROWS)
def test_nothing_is_told_twice_or_left_out(before: list[Row], after: list[Row]) -> None:
    """Each row of either side differs once, or is said alike by both; money adds up."""
    found = differences(before, after)
    alike = {row for row in before if row in after}
    assert sorted(d.before for d in found if d.before) == sorted(row for row in before if row not in alike)
    assert sorted(d.after for d in found if d.after) == sorted(row for row in after if row not in alike)
    assert sum(d.money for d in found) == sum(r.amount or 0 for r in after) - sum(r.amount or 0 for r in before)


@settings(max_examples=20)
@given(before=ROWS, after=ROWS)
def test_the_other_way_round_every_change_is_its_opposite(before: list[Row], after: list[Row]) -> None:
    there = sorted(MIRRORED.get(d.change, d.change) for d in differences(before, after))
    assert sorted(d.change for d in differences(after, before)) == there


def re_audited(events: list[Envelope], **readings: Any) -> tuple[ReAudit, tuple[Difference, ...]]:
    sums = ReAudit(LAW, LAW.changed(**readings), AS_OF)
    return sums, sums.take("P-1", map(snapshot, events))


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str, str]]:
    return [(d.change.value, d.row.rule, d.row.severity, str(d.row.date_of_service)) for d in found]


def day_of(session: int) -> str:
    return str(FIRST_DAY + timedelta(days=7 * (session - 1)))


def test_a_reading_that_is_changed_changes_its_verdicts_and_no_other() -> None:
    """KX from the eleventh session on: two lines lack it that did not, and the money of both hangs on it."""
    sums, found = re_audited(a_course(12, scores={1: 7, 10: 3}), kx_first=11)
    assert told(found) == [("opened", "KX_MISSING", "violation", day_of(session)) for session in (11, 12)]
    assert sums.rules["KX_MISSING"].changes[Change.OPENED] == 2
    assert (sums.rules["KX_MISSING"].patients, sums.rules["KX_MISSING"].money) == (1, Decimal("80.00"))
    assert (sums.touched, sums.before.at_stake, sums.after.at_stake) == (1, Decimal(0), Decimal("80.00"))


def test_a_severity_that_is_changed_makes_verdicts_milder() -> None:
    late = a_visit(2, on=FIRST_DAY + timedelta(days=90))
    course = [*a_course(1), late, a_claim_for(late)]
    severity = "violation"
    for other, change in (("violation", []), ("info", ["milder"])):
        old = LAW.changed(initial_window_severity=severity)
        found = ReAudit(old, LAW.changed(initial_window_severity=other), AS_OF).take("P-1", map(snapshot, course))
        assert [d.change.value for d in found if d.row.rule == "OUTSIDE_INITIAL_WINDOW"] == change


def test_patients_are_counted_once_whatever_differs_of_them() -> None:
    sums = ReAudit(LAW, LAW.changed(kx_first=11), AS_OF)
    for patient in ("P-1", "P-2"):
        sums.take(patient, map(snapshot, a_course(12, scores={1: 7, 10: 3}, patient_id=patient)))
    sums.take("P-3", map(snapshot, a_course(10, patient_id="P-3")))
    assert (sums.touched, sums.before.patients, sums.after.patients) == (2, 3, 3)
    assert (sums.rules["KX_MISSING"].patients, sums.rules["KX_MISSING"].changes[Change.OPENED]) == (2, 4)


@settings(max_examples=3)
@given(seed=st.integers(0, 2**64 - 1))
def test_the_differences_lead_from_one_audit_to_the_other(seed: int) -> None:
    """Of a random course: what is said under the old law, less what went, and what arose, is said under the new."""
    events = a_random_course(Random(seed))
    old, new = LAW, LAW.changed(initial_sessions=4, kx_first=5, session_unit="encounter")
    found = ReAudit(old, new, AS_OF).take("P-1", events)
    before, after = (look_back("P-1", events, law, AS_OF).rows for law in (old, new))
    gone = {d.before.finding_id for d in found if d.before}
    arisen = {d.after.finding_id for d in found if d.after}
    assert {row.finding_id for row in after} == {row.finding_id for row in before} - gone | arisen
    assert ReAudit(old, old, AS_OF).take("P-1", events) == ()


def test_the_settings_that_differ_are_named_with_their_values_and_days() -> None:
    later = {**LAW.document["kx_last"][0], "from": date(2027, 1, 1), "value": 18}
    new = Policies({**LAW.changed(kx_first=11).document, "kx_last": [*LAW.document["kx_last"], later]})
    since = date(2020, 1, 21)
    assert settings_changed(LAW, new) == [
        ("kx_first", ((since, 13),), ((since, 11),)),
        ("kx_last", ((since, 20),), ((since, 20), (date(2027, 1, 1), 18))),
    ]
    assert settings_changed(LAW, LAW.changed(kx_first=13)) == []
