"""Nothing is dropped on the way: each hop is tried again a bounded number of times and keeps what it gave up."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from functions.remind import EVERY
from tests.template.resources import (
    ALARM,
    ALIAS,
    BUCKET,
    BUS,
    FUNCTION,
    MACHINE,
    QUEUE,
    RULE,
    SCHEDULE,
    SOURCE,
    TABLE,
    Expanded,
    mentioned,
    named,
)
from tests.template.watching import metrics_of

_DAY = 24 * 60 * 60
_DEFAULT_VISIBILITY = 30  # of SQS
_READERS_A_STREAM = 2  # more at once are throttled, all of them
_OF_LAMBDA = ("Lambda.ServiceException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException")
_HANDS_OVER = {"events.amazonaws.com", "s3.amazonaws.com", "scheduler.amazonaws.com", "sns.amazonaws.com"}


def rules_keep_what_they_cannot_deliver(stack: Expanded) -> Iterator[str]:
    for name, rule in stack.of(RULE).items():
        for target in rule["Targets"]:
            keeper = named(target.get("DeadLetterConfig", {}).get("Arn"))
            yield from _unkept(stack, f"{name} drops what it cannot deliver", keeper, "events.amazonaws.com")


def schedules_start_new_code_and_keep_what_they_cannot(stack: Expanded) -> Iterator[str]:
    """Scheduler does both as a role, and says nothing where the role may not."""
    for name, schedule in stack.of(SCHEDULE).items():
        target = schedule["Target"]
        role, keeper = named(target["RoleArn"]), named(target.get("DeadLetterConfig", {}).get("Arn"))
        if keeper not in stack.of(QUEUE) or role not in stack.holders("sqs:SendMessage", keeper):
            yield f"{name} drops what it cannot start"
        if role not in stack.holders("kms:GenerateDataKey", "DataKey"):
            yield f"{name} cannot write to {keeper}, which is encrypted"
        alias = named(target["Arn"])
        if alias not in stack.of(ALIAS) or role not in stack.holders("lambda:InvokeFunction", alias):
            yield f"{name} goes past the alias, or may not start it"


def reminders_know_for_when_they_run(stack: Expanded) -> Iterator[str]:
    """By that the function knows whether it is its turn: runs further apart than it thinks would leave out a day."""
    [schedule] = [one for name, one in stack.of(SCHEDULE).items() if name.startswith("Remind")]
    if schedule["ScheduleExpression"] != f"cron(0/{EVERY.seconds // 60} * * * ? *)":
        yield f"reminders run by {schedule['ScheduleExpression']}, and take it for every {EVERY}"
    if "<aws.scheduler.scheduled-time>" not in json.loads(schedule["Target"].get("Input", "{}")).values():
        yield "reminders are not told for when they run"


def buses_keep_what_they_cannot_read(stack: Expanded) -> Iterator[str]:
    for name, bus in stack.of(BUS).items():
        keeper = named(bus.get("DeadLetterConfig", {}).get("Arn"))
        yield from _unkept(stack, f"{name} drops what it cannot decrypt", keeper, "events.amazonaws.com")


def subscriptions_keep_what_they_cannot_deliver(stack: Expanded) -> Iterator[str]:
    for name, subscription in stack.of("AWS::SNS::Subscription").items():
        keeper = named(subscription.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
        yield from _unkept(stack, f"{name} drops what it cannot deliver", keeper, "sns.amazonaws.com")


def _unkept(stack: Expanded, said: str, keeper: str, service: str) -> Iterator[str]:
    """The queue must be there, and must let the service in."""
    if keeper not in stack.of(QUEUE):
        yield said
    elif not any(
        guarded == keeper
        and one.effect == "Allow"
        and one.principal == {"Service": service}
        and keeper in one.resources
        for guarded, one in stack.guarded("AWS::SQS::QueuePolicy")
    ):
        yield f"{said}: {keeper} does not let {service} in"


def queues_give_a_function_its_time(stack: Expanded) -> Iterator[str]:
    for name, source in stack.sources(QUEUE).items():
        queue = stack.of(QUEUE)[named(source["EventSourceArn"])]
        timeout = stack.of(FUNCTION)[stack.function_of(source["FunctionName"])]["Timeout"]
        if queue.get("VisibilityTimeout", _DEFAULT_VISIBILITY) < 6 * timeout:
            yield f"{name}: a message is given to a second function while the first still works"
        redrive = queue.get("RedrivePolicy", {})
        if redrive.get("maxReceiveCount", 0) < 5 or named(redrive.get("deadLetterTargetArn")) not in stack.of(QUEUE):
            yield f"{name}: a message is given up after fewer than five tries, or for good"


def failures_are_told_one_by_one(stack: Expanded) -> Iterator[str]:
    for name, source in stack.of(SOURCE).items():
        if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name}: one bad record fails its whole batch"


def queues_do_not_flood_functions(stack: Expanded) -> Iterator[str]:
    for name, source in stack.sources(QUEUE).items():
        reserved = stack.of(FUNCTION)[stack.function_of(source["FunctionName"])].get("ReservedConcurrentExecutions", 0)
        if not 2 <= source.get("ScalingConfig", {}).get("MaximumConcurrency", 0) <= reserved:
            yield f"{name}: the queue polls for more than the function takes, and each refusal is a lost try"


def streams_end_their_tries_and_keep_the_record(stack: Expanded) -> Iterator[str]:
    for name, source in stack.sources(TABLE).items():
        if not 5 <= source.get("MaximumRetryAttempts", -1) <= 10 or not source.get("BisectBatchOnFunctionError"):
            yield f"{name}: one bad record holds up the others for a day"
        if not 0 < source.get("MaximumRecordAgeInSeconds", -1) < _DAY:
            yield f"{name}: a record falls off the end of the stream before it is given up"
        bucket = named(source.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"))
        role = stack.role_of(stack.function_of(source["FunctionName"]))
        needed = ("s3:ListBucket", bucket), ("s3:PutObject", f"{bucket}/*")
        if bucket not in stack.of(BUCKET) or not all(role in stack.holders(*one) for one in needed):
            yield f"{name}: a record that is given up is not kept whole"


def streams_have_no_more_readers_than_they_serve(stack: Expanded) -> Iterator[str]:
    read = [named(source["EventSourceArn"]) for source in stack.sources(TABLE).values()]
    yield from (f"{one} has {read.count(one)} readers" for one in set(read) if read.count(one) > _READERS_A_STREAM)


def runs_nobody_waits_for_are_tried_again_and_kept(stack: Expanded) -> Iterator[str]:
    """A schedule, a bucket or a topic hands over its event and goes."""
    configs = stack.of("AWS::Lambda::EventInvokeConfig").values()
    configured = {stack.function_of(config["FunctionName"]): config for config in configs}
    permissions = stack.of("AWS::Lambda::Permission").values()
    handed = [one["FunctionName"] for one in permissions if one["Principal"] in _HANDS_OVER]
    handed += [schedule["Target"]["Arn"] for schedule in stack.of(SCHEDULE).values()]
    for function in map(stack.function_of, handed):
        if not _keeps_runs(stack, function, configured.get(function, {})):
            yield f"{function}: a run that fails is not tried again, or not kept"


def _keeps_runs(stack: Expanded, function: str, config: Mapping[str, Any]) -> bool:
    queue = named(config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"))
    may = stack.role_of(function) in stack.holders("sqs:SendMessage", queue)
    return config.get("MaximumRetryAttempts") in {1, 2} and queue in stack.of(QUEUE) and may


def functions_leave_each_other_room(stack: Expanded) -> Iterator[str]:
    for name, function in stack.of(FUNCTION).items():
        if not function.get("ReservedConcurrentExecutions"):
            yield f"{name} may take all of the account's concurrency"


def new_code_comes_by_degrees(stack: Expanded) -> Iterator[str]:
    """By an alias that an alarm turns back; what calls the function calls the alias."""
    groups = stack.of("AWS::CodeDeploy::DeploymentGroup")
    aliases = stack.of(ALIAS)
    behind = {named(alias["FunctionName"]): name for name, alias in aliases.items()}
    for function in stack.of(FUNCTION):
        if function not in behind:
            yield f"{function} has no alias"
            continue
        update = stack.resources[behind[function]].get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate", {})
        group = groups.get(named(update.get("DeploymentGroupName")), {})
        if "AllAtOnce" in str(group) or not _turned_back(stack, group) >= {function, "Received"}:
            yield f"{function}: new code takes over at once, or stays whatever happens"
    for name, source in stack.of(SOURCE).items():
        if named(source["FunctionName"]) not in aliases:
            yield f"{name} goes past the alias"
    for name, rule in stack.of(RULE).items():
        if any(named(target["Arn"]) in stack.of(FUNCTION) for target in rule["Targets"]):
            yield f"{name} goes past the alias"


def _turned_back(stack: Expanded, group: Mapping[str, Any]) -> set[str]:
    """The functions whose errors bring the old code back, and what of ours is counted for it."""
    alarms = mentioned(group.get("AlarmConfiguration", {})) & set(stack.of(ALARM))
    watched = [one for alarm in alarms for one in metrics_of(stack.of(ALARM)[alarm])]
    failing = [mentioned(one["Dimensions"]) for one in watched if one["MetricName"] == "Errors"]
    return set().union({one["MetricName"] for one in watched}, *failing)


def machines_try_each_step_again(stack: Expanded) -> Iterator[str]:
    """First what is Lambda's own trouble, many times; then whatever else, a few times; and each may be called."""
    for name, machine in stack.of(MACHINE).items():
        if not machine["Definition"].get("TimeoutSeconds"):
            yield f"{name} may run for a year"
        for step, state in _tasks(machine["Definition"]):
            tries = {error: one for one in state.get("Retry", []) for error in one["ErrorEquals"]}
            lost = [error for error in _OF_LAMBDA if tries.get(error, {}).get("MaxAttempts", 0) < 5]
            if lost or not 1 <= tries.get("States.ALL", {}).get("MaxAttempts", 0) <= 3:
                yield f"{name}: {step} is given up too soon, or never"
            if any("JitterStrategy" not in one for one in tries.values() if one["MaxAttempts"]):
                yield f"{name}: tries of {step} come all at once"
            if named(machine["RoleArn"]) not in stack.holders("lambda:InvokeFunction", _called(state)):
                yield f"{name} may not call {_called(state)}"


def machines_go_on_to_their_end(stack: Expanded) -> Iterator[str]:
    """Whatever fails in a map, the step that says what is missing comes."""
    for name, machine in stack.of(MACHINE).items():
        for step, state in machine["Definition"]["States"].items():
            caught = [error for one in state.get("Catch", []) for error in one["ErrorEquals"]]
            if state["Type"] == "Map" and caught != ["States.ALL"]:
                yield f"{name}: nobody adds up what there is when {step} fails"


def _tasks(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for step, state in definition["States"].items():
        if state["Type"] == "Task":
            yield step, state
        yield from _tasks(state["ItemProcessor"]) if "ItemProcessor" in state else ()


def _called(state: Mapping[str, Any]) -> str:
    return named(state["Parameters"]["FunctionName"])


def queues_that_dead_letters_go_to_feed_nothing(stack: Expanded) -> Iterator[str]:
    read = {named(source["EventSourceArn"]) for source in stack.sources(QUEUE).values()}
    kept = {
        named(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in stack.of(QUEUE).values()
        if "RedrivePolicy" in queue
    }
    yield from (f"{name} is emptied by a function" for name in read & kept)
    yield from (
        f"{name} is read and has no dead letters"
        for name in read
        if not mentioned(stack.of(QUEUE)[name].get("RedrivePolicy"))
    )


CHECKS = (
    rules_keep_what_they_cannot_deliver,
    schedules_start_new_code_and_keep_what_they_cannot,
    reminders_know_for_when_they_run,
    buses_keep_what_they_cannot_read,
    subscriptions_keep_what_they_cannot_deliver,
    queues_give_a_function_its_time,
    failures_are_told_one_by_one,
    queues_do_not_flood_functions,
    streams_end_their_tries_and_keep_the_record,
    streams_have_no_more_readers_than_they_serve,
    runs_nobody_waits_for_are_tried_again_and_kept,
    functions_leave_each_other_room,
    new_code_comes_by_degrees,
    queues_that_dead_letters_go_to_feed_nothing,
    machines_try_each_step_again,
    machines_go_on_to_their_end,
)
