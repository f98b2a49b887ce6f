"""send_digest with the real handlers: what people get, when, in which form; and by which settings."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.cloud import Cloud
from local.functions import Function
from shared.aws.runtime import dynamodb, now, sns
from tests.builders import Envelope, a_claim, a_course, a_score, a_visit
from tests.integration.deliveries import attribute, hooked, line, requests_counted

DESK = "https://desk.example"


def sent(cloud: Cloud, *events: Envelope) -> None:
    for event in events:
        cloud.send(line(event))
    cloud.settle()


def digests(cloud: Cloud) -> list[dict[str, Any]]:
    cloud.digest()
    return [message for message in cloud.heard.messages if attribute(message, "digest_id")]


def with_settings(function: Function, **settings: str) -> Function:
    return replace(function, environment={**function.environment, **settings})


def test_a_warning_comes_with_the_digest_once_and_the_bus_has_it_at_once(cloud: Cloud) -> None:
    sent(cloud, a_visit())
    assert cloud.heard.messages == []
    assert {event["detail"]["rule"] for event in cloud.heard.events} >= {"NO_BASELINE"}

    [digest] = digests(cloud)
    assert digests(cloud) == [digest]
    assert digest["Subject"].startswith("[digest] ")
    assert "[warning] NO_BASELINE opened: visit V-1-01" in digest["Message"]
    assert cloud.invoker.metrics["Digests"] == 1


def test_what_is_cleared_the_same_day_is_never_told(cloud: Cloud) -> None:
    scored = a_visit(version=2, measures=[a_score(7, a_visit()["detail"]["date_of_service"])])
    sent(cloud, a_visit())
    sent(cloud, scored, a_claim())

    assert not any("NO_BASELINE" in digest["Message"] for digest in digests(cloud))


def test_a_digest_is_composed_of_queries_and_never_of_a_scan(cloud: Cloud) -> None:
    sent(cloud, a_visit())
    with requests_counted() as requests:
        cloud.digest()
    # Eight shards; entries and what waits of the patient, and once more to mark it; opened, marked, closed; who looks
    # for an open one looks at the beginning and before it sends.
    assert requests == {"Query": 11, "GetItem": 2, "PutItem": 2 + len(items_told())}


def items_told() -> list[Any]:
    items = dynamodb().scan(TableName="ncd-audit-cases")["Items"]
    return [item for item in items if "told" in item]


def test_in_quiet_hours_nobody_is_told_until_they_are_over(cloud: Cloud) -> None:
    cloud.announcer = with_settings(cloud.announcer, QUIET_HOURS="00:00-23:59")
    cloud._changes._function = cloud.announcer
    sent(cloud, *a_course(13, kx_from=None))
    assert cloud.heard.messages == []

    [digest] = digests(cloud)
    assert "[violation] KX_MISSING opened: claim C-1-13" in digest["Message"]


def test_a_desk_is_linked_in_mail_chat_and_event(cloud: Cloud) -> None:
    cloud._changes._function = with_settings(cloud.announcer, DESK_LINK=DESK)
    cloud.digester = with_settings(cloud.digester, DESK_LINK=DESK)
    published: list[dict[str, Any]] = []
    with hooked(sns(), "before-parameter-build.sns.Publish", lambda params, **_: published.append(dict(params))):
        sent(cloud, *a_course(13, kx_from=None, scores={}))
        [digest] = digests(cloud)

    forms = [json.loads(message["Message"]) for message in published]
    assert {tuple(form) for form in forms} == {("default", "https")}
    assert all(f"{DESK}/#/patients/P-1" in form["default"] for form in forms)
    assert all(DESK in json.loads(form["https"])["content"]["nextSteps"][-1] for form in forms)
    assert all(event["detail"]["link"].startswith(f"{DESK}/#/patients/P-1/findings/") for event in cloud.heard.events)
    assert digest["Message"] == forms[-1]["default"]


def test_a_digest_that_sns_refuses_is_sent_by_the_next_run_with_the_same_id(cloud: Cloud) -> None:
    def refuse(**_: Any) -> None:
        raise ConnectionError

    sent(cloud, a_visit())
    with hooked(sns(), "before-call.sns.Publish", refuse), pytest.raises(Exception, match="stopped by"):
        cloud.digest()
    sent(cloud, a_visit(2))

    first, second = digests(cloud)
    assert "V-1-01" in first["Message"]
    assert "V-1-02" in second["Message"]
    assert "V-1-01" not in second["Message"]


def test_a_patient_whose_trail_cannot_be_read_holds_up_nobody(cloud: Cloud) -> None:
    sent(cloud, a_visit(), a_visit(patient_id="P-2"))
    key = {"pk": {"S": "patient#P-1"}, "sk": {"S": "trail#0000000001"}}
    item = dynamodb().get_item(TableName="ncd-audit-cases", Key=key)["Item"]
    dynamodb().put_item(TableName="ncd-audit-cases", Item={**item, "body": {"B": b"x"}})

    with pytest.raises(Exception, match="1 failed"):
        cloud.digest()
    cloud.heard.listen()

    [digest] = cloud.heard.messages
    assert ("Patient P-2" in digest["Message"], "Patient P-1" in digest["Message"]) == (True, False)
    assert "news of a patient not told" in " ".join(cloud.invoker.errors)


@pytest.mark.parametrize(("of", "told"), [(26, 2), (25, 1)])
def test_many_patients_are_told_in_several_messages(cloud: Cloud, of: int, told: int) -> None:
    sent(cloud, *(a_visit(patient_id=f"P-{number}") for number in range(of)))
    assert len(digests(cloud)) == told


def test_who_has_no_time_left_says_what_remains(cloud: Cloud) -> None:
    sent(cloud, a_visit())
    short: Callable[..., Any] = type("Context", (), {"get_remaining_time_in_millis": lambda _: 20_000})
    with cloud.invoker.inside(cloud.digester):
        from functions.send_digest import tell

        assert tell(now() + timedelta(days=2), short())["DigestRemaining"] == 1
