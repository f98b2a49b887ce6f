"""Once a day -> the case files that are due, audited again: what the clock alone turns, the table's stream announces.

A day that was missed is made up for by the next run, since whatever is past its day is due too. The log names no
patient; who is behind stays in the index with a day gone by.
"""

from collections import deque
from datetime import date
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.errors import ClockBehind
from shared.aws.recording import persisting
from shared.aws.runtime import as_of, logger, metrics, now, quiet
from shared.aws.table import CaseTable, case_table
from shared.aws.working import work
from shared.core.policy import policies

FAILURE = "case file not audited again"


def re_audit(patient_id: str, table: CaseTable, today: date) -> bool:
    """Whether the case file was due; the index may speak of what is done already."""
    read = table.case(patient_id)
    due = read.case.standing.due_on
    if due is None or due > today:
        return False
    table.save(read.case.re_audited(policies(), today, now()), read.writes)
    return True


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    table, today = case_table(), as_of()
    metrics.add_metric("ClockFailures", MetricUnit.Count, 0)  # powertools warns of a run without metrics: it stopped
    with quiet("clock stopped"):
        due = deque(table.due(today))
    audited = work(due, lambda patient: persisting(lambda: re_audit(patient, table, today)), context, FAILURE)
    done, failed = audited.done, len(audited.failed)
    for name, count in (("Reaudited", done), ("ClockFailures", failed), ("ClockRemaining", len(due))):
        metrics.add_metric(name, MetricUnit.Count, count)
    logger.info("clock turned", as_of=today.isoformat(), reaudited=done, failed=failed, remaining=len(due))
    if failed or due:
        raise ClockBehind(failed, len(due))
