"""Every five minutes -> what others left undone: alerts that were never sent, and facts that were never taken in.

The stream forgets after a day and may be switched off; an event whose messages died left its fact. What is found here
goes the same way as everything else: shared/aws/outbox.py and shared/aws/recording.py. The log names no patient.
"""

from collections import Counter, deque
from datetime import datetime
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.announcing import announcer
from shared.aws.arrivals import arrivals
from shared.aws.errors import SweepBehind
from shared.aws.outbox import send_of
from shared.aws.runtime import as_of, logger, metrics, now, quiet, waits
from shared.aws.taking_in import take_in_untaken
from shared.aws.trail import trail_table
from shared.aws.working import work
from shared.core.policy import policies

METRICS = {
    "Unsent": MetricUnit.Count,
    "OldestUnsentSeconds": MetricUnit.Seconds,
    "SentLate": MetricUnit.Count,
    "TakenInLate": MetricUnit.Count,
    "SweepFailures": MetricUnit.Count,
    "SweepRemaining": MetricUnit.Count,
}


def send_unsent(before: datetime, context: LambdaContext) -> Counter[str]:
    """As send_alert would have; the index may speak of what is sent already."""
    trail, out = trail_table(), announcer()
    unsent = deque(trail.table.unsent(before))
    waiting, oldest = len(unsent), min((since for since, _ in unsent), default=now())
    sent = work(unsent, lambda known: send_of(known[1], trail, out), context, "alerts not sent")
    return Counter(
        Unsent=waiting,
        OldestUnsentSeconds=int((now() - oldest).total_seconds()),
        SentLate=sent.done,
        SweepFailures=len(sent.failed),
        SweepRemaining=len(unsent),
    )


def take_in_late(before: datetime, context: LambdaContext) -> Counter[str]:
    taken, remaining = take_in_untaken(arrivals(), before, policies(), as_of(), context)
    return Counter(TakenInLate=taken.done, SweepFailures=len(taken.failed), SweepRemaining=remaining)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    unsent_before, untaken_before = (now() - waits(f"{name}_AFTER_MINUTES") for name in ("UNSENT", "UNTAKEN"))
    metrics.add_metric("SweepFailures", MetricUnit.Count, 0)  # powertools warns of a run without metrics: it stopped
    with quiet("sweep stopped"):
        # Who has too much to announce takes nothing in. What is new then the stream brings, or the next run finds.
        found = send_unsent(unsent_before, context)
        found.update(take_in_late(untaken_before, context))
    for name, unit in METRICS.items():
        metrics.add_metric(name, unit, found[name])
    logger.info("swept", extra=dict(found))
    if found["SweepFailures"] or found["SweepRemaining"]:
        raise SweepBehind(found["SweepFailures"], found["SweepRemaining"])
