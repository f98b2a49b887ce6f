"""Every quarter of an hour -> what people must hear by now and did not hear at once, in one message for many patients.

When that is, was decided with each change (shared/core/telling.py): once a day, or when quiet hours are over. To look
so often costs next to nothing, keeps hours and time zone in one place, and ends soon what a crash left half done.
"""

from collections import deque
from datetime import datetime
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.digests import Digests, Settled, digests
from shared.aws.errors import DigestBehind
from shared.aws.mailing import manner
from shared.aws.runtime import logger, metrics, now, quiet
from shared.aws.working import work
from shared.core.digest import MOST_EPISODES

METRICS = ("Digests", "DigestFailures", "DigestRemaining")
_FAILURE = "news of a patient not told"
_TO_SEND_ONE = 20_000  # milliseconds: a few requests for each patient, twice


def tell(until: datetime, context: LambdaContext) -> dict[str, int]:
    known = digests(manner())
    sent = int(known.finish())
    due = known.later.due(until)
    todo, failed = deque(due), 0
    while todo and context.get_remaining_time_in_millis() > _TO_SEND_ONE:
        told, lost = _gathered(todo, due, known, context)
        sent += bool(told) and known.send(told)
        failed += lost
    return dict(zip(METRICS, (sent, failed, len(todo)), strict=True))


def _gathered(
    todo: deque[str], due: dict[str, int], known: Digests, context: LambdaContext
) -> tuple[list[Settled], int]:
    """The news of as many patients as fit into one digest, and how many could not be read."""
    told: list[Settled] = []
    some = deque(todo.popleft() for _ in range(min(MOST_EPISODES, len(todo))))

    def gather(patient_id: str) -> bool:
        if settled := known.settled(patient_id, due[patient_id]):
            told.append(settled)
        return settled is not None

    gathered = work(some, gather, context, _FAILURE)
    todo.extend(some)
    return told, len(gathered.failed)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    metrics.add_metric("DigestFailures", MetricUnit.Count, 0)  # powertools warns of a run without metrics: it stopped
    with quiet("digest stopped"):
        found = tell(_moment(event), context)
    for name, count in found.items():
        metrics.add_metric(name, MetricUnit.Count, count)
    logger.info("digested", extra=found)
    if found["DigestFailures"] or found["DigestRemaining"]:
        raise DigestBehind(found["DigestFailures"], found["DigestRemaining"])


def _moment(event: dict[str, Any]) -> datetime:
    """A person may ask for what is due at another moment."""
    said = event.get("until")
    return datetime.fromisoformat(said) if isinstance(said, str) else now()
