"""Who is let in: by the policies of queues, topics, buckets, the bus and the keys."""

import json
from collections.abc import Iterator
from typing import Any

from local.samples import EVENTS
from tests.template.access import denies_all
from tests.template.resources import (
    BUCKET,
    BUS,
    POLICIES,
    QUEUE,
    TOPIC,
    Expanded,
    Statement,
    mentioned,
    named,
    written,
)

_NOT_FOR_ALL = ("ArnNotEquals", "ArnNotLike")


def _of_resources(stack: Expanded) -> Iterator[tuple[str, Statement]]:
    for kind in POLICIES:
        yield from stack.guarded(kind)


def nobody_is_let_in_unnamed(stack: Expanded) -> Iterator[str]:
    for guarded, one in _of_resources(stack):
        if one.effect == "Allow" and "*" in json.dumps(one.principal):
            yield f"{one.owner} lets anybody {', '.join(one.actions)} on {guarded}"
        if one.effect == "Allow" and any("*" in action for action in one.actions):
            yield f"{one.owner} allows {', '.join(one.actions)}"


def services_act_for_us_only(stack: Expanded) -> Iterator[str]:
    """A service is the same for every customer: without a condition another's rule could use what is ours."""
    keys = ((name, one) for name, key in stack.of("AWS::KMS::Key").items() for one in written(name, key["KeyPolicy"]))
    for guarded, one in (*_of_resources(stack), *keys):
        asked = {key for condition in one.condition.values() for key in condition}
        ours = {"aws:SourceArn", "aws:SourceAccount", "kms:EncryptionContext:aws:logs:arn"}
        if one.effect == "Allow" and "Service" in one.principal and not asked & ours:
            yield f"{one.owner} lets {one.principal['Service']} use {guarded} for anybody"


def nothing_goes_in_the_clear(stack: Expanded) -> Iterator[str]:
    denied = {
        guarded
        for guarded, one in _of_resources(stack)
        if denies_all(one) and one.condition == {"Bool": {"aws:SecureTransport": "false"}} and guarded in one.resources
    }
    for kind in (QUEUE, TOPIC, BUCKET):
        yield from (f"{name} takes requests without TLS" for name in stack.of(kind) if name not in denied)


def a_policy_is_not_overwritten(stack: Expanded) -> Iterator[str]:
    """A queue, topic or bucket has one policy: a second takes the place of the first."""
    for kind in POLICIES:
        holders: dict[str, set[str]] = {}
        for guarded, one in stack.guarded(kind):
            holders.setdefault(guarded, set()).add(one.owner)
        if kind != "AWS::Events::EventBusPolicy":
            yield from (f"{name} has the policies {found}" for name, found in holders.items() if len(found) > 1)


def _exempt(one: Statement, key: str = "aws:PrincipalArn") -> list[set[str]]:
    """For each negated question about `key`: whom it leaves out."""
    return [
        mentioned(one.condition[operator][key]) for operator in _NOT_FOR_ALL if key in one.condition.get(operator, {})
    ]


def only_the_rule_and_the_replay_send_to_the_inbox(stack: Expanded) -> Iterator[str]:
    """Whoever sends says by attributes what the message was at first: nobody else may."""
    for source in stack.sources(QUEUE).values():
        queue = named(source["EventSourceArn"])
        denials = [one for name, one in stack.guarded("AWS::SQS::QueuePolicy") if name == queue and denies_all(one)]
        denials = [one for one in denials if "sqs:SendMessage" in one.actions and queue in one.resources]
        senders = stack.holders("sqs:SendMessage", queue)
        rules = {name for name, rule in stack.of("AWS::Events::Rule").items() if queue in mentioned(rule["Targets"])}
        if not any(_shuts_out(one, senders, rules) for one in denials):
            yield f"{queue} can be sent to by others than {senders | rules}"


def _shuts_out(one: Statement, senders: set[str], rules: set[str]) -> bool:
    first, *_ = [*_exempt(one), set()]
    operators = set(one.condition) <= set(_NOT_FOR_ALL)
    return operators and first == senders and _exempt(one, "aws:SourceArn") == [rules]


def only_named_roles_put_events(stack: Expanded) -> Iterator[str]:
    """An allowance alone shuts out nobody of our account: three refusals, each sparing our own roles."""
    for bus in stack.of(BUS):
        putters = stack.holders("events:PutEvents", bus)
        statements = [one for name, one in stack.guarded("AWS::Events::EventBusPolicy") if name == bus]
        sparing = [one for one in statements if denies_all(one) and putters in _exempt(one)]
        for what, refused in _REFUSALS.items():
            if not any(map(refused, sparing)):
                yield f"{bus}: {what}, or one of {sorted(putters)} is shut out"


def _strangers(one: Statement) -> bool:
    return set(one.condition) == set(_NOT_FOR_ALL) and len(_exempt(one)) == len(_NOT_FOR_ALL)


def _other_sources(one: Statement) -> bool:
    return mentioned(one.condition.get("StringNotEquals", {}).get("events:source")) == {"EventSources"}


def _our_name(one: Statement) -> bool:
    return one.condition.get("StringLike", {}).get("events:source") == ["ncd-audit", "ncd-audit.*"]


_REFUSALS = {
    "anybody may put events": _strangers,
    "senders may name any source": _other_sources,
    "senders may use our name": _our_name,
}


def senders_are_told_what_to_send(stack: Expanded) -> Iterator[str]:
    """ForAllValues would be true of an event that does not say it."""
    kinds = {json.loads(sample.read_text(encoding="utf-8"))["detail-type"] for sample in EVENTS.glob("*.json")}
    for bus, one in stack.guarded("AWS::Events::EventBusPolicy"):
        if one.effect == "Allow":
            equal: Any = one.condition.get("StringEquals", {})
            if set(equal.get("events:detail-type", ())) != kinds:
                yield f"{bus}: the kinds of event allowed are not those of the contract"
            if mentioned(equal.get("events:source")) != {"EventSources"} or set(one.condition) != {"StringEquals"}:
                yield f"{bus}: senders may name any source"


def only_named_roles_publish(stack: Expanded) -> Iterator[str]:
    """A forged alert would be believed. The alarms' topic takes what its own policy names."""
    for topic in stack.of(TOPIC):
        roles = stack.holders("sns:Publish", topic)
        statements = [one for name, one in stack.guarded("AWS::SNS::TopicPolicy") if name == topic]
        named_ones = [one for one in statements if denies_all(one) and _exempt(one) == [roles]]
        if roles and not named_ones:
            yield f"{topic} can be published to by others than {sorted(roles)}"
        if not roles and not any(one.effect == "Allow" for one in statements):
            yield f"{topic} cannot be published to"


CHECKS = (
    nobody_is_let_in_unnamed,
    services_act_for_us_only,
    nothing_goes_in_the_clear,
    a_policy_is_not_overwritten,
    only_the_rule_and_the_replay_send_to_the_inbox,
    only_named_roles_put_events,
    senders_are_told_what_to_send,
    only_named_roles_publish,
)
