"""Who gets in, asked of the policies themselves: the bus, the inbox, the topics, the table."""

import pytest

from tests.template.asking import Caller, Parameters, may
from tests.template.resources import Statement, ours, written

NOBODY: Parameters = {"EventSenders": [], "RedriveRoles": [], "EventSources": ["ehr.example"]}
SOME = {**NOBODY, "EventSenders": ["EHR"], "RedriveRoles": ["Operator"]}
ADMIN = Caller("Administrator", entitled=True)
RULE = Caller(service="events.amazonaws.com", says={"aws:SourceArn": "InboxRule"})
SENT = {"events:source": "ehr.example", "events:detail-type": "VisitRecorded"}


def about(resource: str, kind: str) -> list[Statement]:
    return [one for guarded, one in ours().guarded(kind) if guarded == resource]


def puts(role: str, parameters: Parameters, *, entitled: bool = True, **said: str) -> bool:
    told = SENT | {f"events:{name.replace('_', '-')}": value for name, value in said.items()}
    caller = Caller(role, entitled=entitled, says=told)
    return may(caller, "events:PutEvents", about("Bus", "AWS::Events::EventBusPolicy"), parameters)


def test_who_is_named_puts_events_and_nobody_else() -> None:
    assert puts("EHR", SOME)
    assert puts("EHR", SOME, entitled=False), "of another account"
    assert not puts("Administrator", SOME)
    assert not puts("EHR", NOBODY)


def test_a_sender_names_its_own_source() -> None:
    assert not puts("EHR", SOME, source="another.example")
    assert not puts("EHR", SOME, source="ncd-audit")
    assert puts("EHR", SOME, detail_type="Unheard"), "an unknown kind belongs in quarantine, not nowhere"
    assert not puts("EHR", SOME, detail_type="Unheard", entitled=False)


@pytest.mark.parametrize("source", ["ncd-audit", "ncd-audit.x12"])
@pytest.mark.parametrize("parameters", [NOBODY, SOME])
def test_our_name_is_ours_whatever_the_parameters_say(source: str, parameters: Parameters) -> None:
    careless = {**parameters, "EventSources": ["ehr.example", source]}

    assert puts("SendAlertRole", parameters, source=source)
    assert not puts("EHR", careless, source=source)


def sends(caller: Caller, parameters: Parameters) -> bool:
    return may(caller, "sqs:SendMessage", about("Inbox", "AWS::SQS::QueuePolicy"), parameters)


@pytest.mark.parametrize("parameters", [NOBODY, SOME])
def test_the_rule_and_the_replay_send_to_the_inbox(parameters: Parameters) -> None:
    assert sends(RULE, parameters)
    assert sends(Caller("ReplayQuarantineRole", entitled=True), parameters)


@pytest.mark.parametrize(
    "caller",
    [
        ADMIN,
        Caller("SendAlertRole", entitled=True),
        Caller("Operator"),
        Caller(service="events.amazonaws.com", says={"aws:SourceArn": "AnotherRule"}),
        Caller(service="sns.amazonaws.com", says={"aws:SourceArn": "InboxRule"}),
        Caller(service="events.amazonaws.com", says={"aws:SourceArn": "InboxRule", "aws:SecureTransport": "false"}),
    ],
)
def test_nobody_else_sends_to_the_inbox(caller: Caller) -> None:
    assert not sends(caller, SOME)


def test_dead_letters_are_redriven_by_operators_that_are_named() -> None:
    operator = Caller("Operator", entitled=True)

    assert sends(operator, SOME)
    assert not sends(operator, NOBODY)


def test_alerts_come_from_us() -> None:
    statements = about("AlertTopic", "AWS::SNS::TopicPolicy")

    assert may(Caller("SendAlertRole", entitled=True), "sns:Publish", statements, SOME)
    assert not may(ADMIN, "sns:Publish", statements, SOME)


@pytest.mark.parametrize(("account", "heard"), [("AWS::AccountId", True), ("another", False)])
def test_alarms_come_from_our_account(account: str, heard: bool) -> None:  # noqa: FBT001
    alarm = Caller(service="cloudwatch.amazonaws.com", says={"aws:SourceAccount": account})

    assert may(alarm, "sns:Publish", about("OperationsTopic", "AWS::SNS::TopicPolicy"), SOME) == heard


@pytest.mark.parametrize("action", ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"])
def test_nobody_changes_what_stands(action: str) -> None:
    policy = written("Table", ours().of("AWS::DynamoDB::Table")["Table"]["ResourcePolicy"]["PolicyDocument"])

    assert not may(ADMIN, f"dynamodb:{action}", policy, SOME)
    assert may(ADMIN, "dynamodb:PutItem", policy, SOME)
