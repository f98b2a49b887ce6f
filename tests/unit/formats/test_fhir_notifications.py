"""Subscription notifications: what they are, what must be fetched, and which events were lost on the way."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.fhir.notifications import Event, Notification, gap
from tests.unit.formats.heard import details, notes
from tests.unit.formats.resources import Body, an_observation, to, told

SERVER = "https://ehr.example/fhir"


def parameter(name: str, **value: Any) -> Body:
    return {"name": name, **value}


def event(number: int, focus: str | None = None) -> Body:
    part = [parameter("event-number", valueString=str(number))]
    if focus:
        part.append(parameter("focus", valueReference=to(focus)))
    return parameter("notification-event", part=part)


def a_notification(kind: str, so_far: int | None, *events: Body, resources: tuple[Body, ...] = ()) -> Body:
    status = {
        "resourceType": "Parameters",
        "parameter": [
            parameter("subscription", valueReference=to(f"{SERVER}/Subscription/s")),
            parameter("type", valueCode=kind),
            *([parameter("events-since-subscription-start", valueString=str(so_far))] if so_far is not None else []),
            *events,
        ],
    }
    sent = [{"fullUrl": f"{SERVER}/{it['resourceType']}/{it['id']}", "resource": it} for it in resources]
    return {"resourceType": "Bundle", "type": "history", "entry": [{"resource": status}, *sent]}


def numbered(kind: str, so_far: int | None, *numbers: int) -> Notification:
    notification = Notification.of(a_notification(kind, so_far, *map(event, numbers)))
    assert notification is not None
    return notification


@pytest.mark.parametrize("kind", ["handshake", "heartbeat", "event-notification", "query-status"])
def test_a_notification_is_known_by_its_status(kind: str) -> None:
    bundle = a_notification(kind, 0)
    assert Notification.of(bundle) == Notification(f"{SERVER}/Subscription/s", kind, 0, ())
    assert notes(told(bundle)) == [("Bundle.entry[0].resource", f"subscription notification: {kind}")]


def test_a_kind_made_up_is_not_repeated() -> None:
    assert notes(told(a_notification("Smith, John", 0)))[0][1] == "subscription notification: unknown kind"


@pytest.mark.parametrize(
    "bundle",
    [
        {},
        {"entry": []},
        {"entry": [5]},
        {"entry": [{"resource": an_observation()}]},
        {"entry": [{"resource": {"resourceType": "Parameters"}}]},
        {"entry": [{"resource": {"resourceType": "Parameters", "parameter": [{"name": 5}]}}]},
    ],
)
def test_another_bundle_is_no_notification(bundle: Body) -> None:
    assert Notification.of(bundle) is None


def test_what_is_only_named_must_be_fetched() -> None:
    focus = f"{SERVER}/Encounter/86009987"
    bundle = a_notification("event-notification", 2, event(2, focus))
    notification = Notification.of(bundle)
    assert notification is not None
    assert notification.events == (Event(2, focus),)
    assert notes(told(bundle))[1:] == [
        ("Bundle.entry[0].resource.notification-event[0]", "the resource is named only: it must be fetched")
    ]


def test_what_is_sent_along_is_read() -> None:
    sent = an_observation()
    answer = told(a_notification("event-notification", 1, event(1, f"{SERVER}/Observation/o"), resources=(sent,)))
    assert [detail["measure_id"] for detail in details(answer)] == ["Observation/o#NRS"]
    assert len(answer) == 2


@pytest.mark.parametrize("told_as", [{"valueInteger": 3}, {"valueUnsignedInt": 3}, {"valueString": "3"}])
def test_numbers_come_in_three_shapes(told_as: Body) -> None:
    bundle = a_notification("heartbeat", None)
    bundle["entry"][0]["resource"]["parameter"].append(parameter("events-since-subscription-start", **told_as))
    notification = Notification.of(bundle)
    assert notification is not None
    assert (notification.so_far, notification.last) == (3, 3)


@pytest.mark.parametrize("told_as", ["", "-1", "3.0", "\u0663", "9" * 5_000])
def test_what_is_no_number_is_none(told_as: str) -> None:
    bundle = a_notification("heartbeat", None)
    count = parameter("events-since-subscription-start", valueString=told_as)
    bundle["entry"][0]["resource"]["parameter"].append(count)
    notification = Notification.of(bundle)
    assert notification is not None
    assert notification.last is None


@pytest.mark.parametrize(
    ("previous", "so_far", "numbers", "lost"),
    [
        (0, 0, [], []),
        (0, 1, [1], []),
        (4, 5, [5], []),
        (4, 6, [6], [5]),
        (4, 7, [7], [5, 6]),
        (4, 4, [4], []),
        (4, 3, [3], []),
        (4, 6, [], [5, 6]),
        (4, 8, [5, 8], [6, 7]),
        (4, 9, [8, 6], [5, 7, 9]),
        (4, None, [6], [5]),
        (4, 5, [3, 5], []),
        (4, None, [], []),
    ],
)
def test_a_gap_is_what_neither_came_before_nor_comes_now(
    previous: int, so_far: int | None, numbers: list[int], lost: list[int]
) -> None:
    missing = gap(previous, numbered("event-notification", so_far, *numbers))
    assert [number for part in missing for number in part] == lost


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=12))
def test_lost_is_what_was_in_notifications_that_never_came(sent: list[tuple[int, bool]]) -> None:
    previous, so_far = 0, 0
    dropped, lost = set[int](), set[int]()
    for size, comes in sent:
        numbers = range(so_far + 1, so_far + size + 1)
        so_far += size
        if not comes:
            dropped |= set(numbers)
            continue
        notification = numbered("event-notification", so_far, *numbers)
        lost |= {number for part in gap(previous, notification) for number in part}
        previous = max(previous, notification.last or 0)
    assert lost == {number for number in dropped if number < previous}


def test_a_gap_beyond_counting_takes_no_time() -> None:
    (missing,) = gap(0, numbered("heartbeat", 10**17))
    assert (missing.start, missing.stop) == (1, 10**17 + 1)
