"""send_alert: a change of a case file is announced to people and machines, or comes again."""

from typing import Any

from local.cloud import Cloud
from shared.aws.announcing import announcer
from shared.aws.items import case_item
from shared.aws.runtime import events
from shared.core.alerts import Alert, alerts
from shared.core.case import CaseFile
from shared.core.policy import policies
from shared.core.standing import Standing
from tests.builders import a_course
from tests.integration.conftest import AS_OF, RECORDED_AT
from tests.integration.deliveries import a_change, answer_of_200, events_of, hooked, line, messages_of, snapshot


def a_case(patient_id: str = "P-1", **course: Any) -> CaseFile:
    """Thirteen sessions, the last without KX."""
    case = CaseFile.new(patient_id)
    for envelope in a_course(13, patient_id=patient_id, **({"kx_from": None} | course)):
        case, _ = case.taking(snapshot(envelope), policies(), AS_OF, RECORDED_AT)
    return case


def an_item(patient_id: str = "P-1") -> dict[str, Any]:
    return case_item(a_case(patient_id), 1)


def alerts_of(case: CaseFile, rule: str = "KX_MISSING") -> list[Alert]:
    found = alerts(Standing(case.patient_id), case.standing)
    return [alert for alert in found if alert.finding.rule == rule]


def failed(cloud: Cloud, *changes: dict[str, Any]) -> set[str]:
    return cloud.invoker.failed(cloud.announcer, changes, partial=True)


def test_a_finding_is_told_to_people_and_machines(cloud: Cloud) -> None:
    assert failed(cloud, a_change(1, an_item())) == set()
    cloud.heard.listen()

    [message] = messages_of(cloud, "KX_MISSING")
    [event] = events_of(cloud, "KX_MISSING")
    [alert] = alerts_of(a_case())
    assert message["Subject"] == alert.subject
    assert message["Message"] == alert.body
    assert message["MessageAttributes"]["alert_id"]["Value"] == alert.alert_id
    assert (event["source"], event["detail-type"], event["detail"]) == ("ncd-audit", "FindingOpened", alert.detail())


def test_a_broken_image_fails_alone(cloud: Cloud) -> None:
    broken = an_item() | {"pending": {"B": b"x"}}

    assert failed(cloud, a_change(7, broken), a_change(8, an_item("P-2"))) == {"7"}

    cloud.heard.listen()
    assert {event["detail"]["patient_id"] for event in cloud.heard.events} == {"P-2"}


def test_an_alert_that_the_bus_refuses_comes_again(cloud: Cloud) -> None:
    refusal = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    with hooked(events(), "before-call.events.PutEvents", answer_of_200(refusal)):
        assert failed(cloud, a_change(1, an_item())) == {"1"}

    assert "alerts: ThrottlingException" in cloud.invoker.errors[0]
    assert failed(cloud, a_change(1, an_item())) == set()


def test_the_bus_takes_ten_alerts_at_a_time(cloud: Cloud) -> None:
    with cloud.invoker.inside(cloud.announcer):
        announcer().tell_machines(alerts_of(a_case()) * 23)

    cloud.heard.listen()

    assert len(cloud.heard.events) == 23


def test_alerts_do_not_come_back_as_events(cloud: Cloud) -> None:
    for envelope in a_course(13, kx_from=None):
        cloud.send(line(envelope))
    cloud.settle()
    cloud.settle()

    assert len(events_of(cloud, "KX_MISSING")) == 1
    assert cloud.invoker.metrics["Received"] == 26
