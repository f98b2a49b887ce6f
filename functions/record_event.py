"""Inbox queue -> fact and case file, or quarantine: every message gets one answer before it is acknowledged."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.batches import Answer, Record, answer_to_messages
from shared.aws.errors import OutboxFull
from shared.aws.inbox import delivered
from shared.aws.quarantine import Message, quarantine
from shared.aws.recording import record
from shared.aws.runtime import as_of, logger, metrics, settings
from shared.aws.table import case_table
from shared.core.errors import CaseFileTooLarge, Reason, Unreadable
from shared.core.history import Outcome
from shared.core.intake import parse_event
from shared.core.policy import policies

FULL = {CaseFileTooLarge: "CaseFileTooLarge", OutboxFull: "OutboxFull"}
METRICS = {Outcome.RECORDED: "Recorded", Outcome.DUPLICATE: "Duplicates", Outcome.SUPERSEDED: "Superseded"}


def receive(message: Message) -> Outcome | Reason:
    """Record the event in `message` or keep the message in quarantine. What raises comes again and is counted then."""
    answer = _received(message)
    if message.replayed:
        quarantine().note_replay(message, answer)
    _count(METRICS[answer] if isinstance(answer, Outcome) else "Quarantined")
    return answer


def _received(message: Message) -> Outcome | Reason:
    try:
        envelope = parse_event(message.body)
        outcome = record(envelope.detail, envelope.event_id, case_table(), policies(), as_of())
        logger.info("received", event_id=envelope.event_id, outcome=outcome)
        return outcome
    except Unreadable as problem:
        quarantine().keep(message, problem)
        logger.warning("quarantined", event_id=problem.event_id, reason=problem.reason, where=problem.where)
        return problem.reason
    except tuple(FULL) as full:
        metrics.add_metric(FULL[type(full)], MetricUnit.Count, 1)
        raise


def _count(answer: str) -> None:
    metrics.add_metric("Received", MetricUnit.Count, 1)
    metrics.add_metric(answer, MetricUnit.Count, 1)


def handle(record: Record) -> None:
    receive(delivered(record))


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Answer:
    metrics.add_metric("Received", MetricUnit.Count, 0)  # powertools warns of a batch without metrics: all of it failed
    settings()  # a missing one stops the function, not each record by itself
    return answer_to_messages(event["Records"], handle)
