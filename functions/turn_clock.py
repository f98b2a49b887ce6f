"""Once a day -> the case files that are due, audited again: what the clock alone turns, the table's stream announces.

A day that was missed is made up for by the next run, since whatever is past its day is due too. The log names no
patient; who is behind stays in the index with a day gone by.
"""

from collections import deque
from datetime import UTC, date, datetime
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.errors import ClockBehind
from shared.aws.recording import persisting
from shared.aws.runtime import as_of, log_failure, logger, metrics
from shared.aws.table import CaseTable, case_table
from shared.core.policy import policies

LEFT_TO_FINISH = 5_000  # milliseconds: three tries of a request fit in, and the metrics get out


def re_audit(patient_id: str, table: CaseTable, today: date) -> bool:
    """Whether the case file was due; the index may speak of what is done already."""
    read = table.case(patient_id)
    due = read.case.standing.due_on
    if due is None or due > today:
        return False
    table.save(read.case.re_audited(policies(), today, datetime.now(UTC)), read.writes)
    return True


def turn(due: deque[str], table: CaseTable, today: date, context: LambdaContext) -> tuple[int, int]:
    """Take patients from `due` while there is time; how many were audited again, and how many failed."""
    done = failed = 0
    while due and context.get_remaining_time_in_millis() > LEFT_TO_FINISH:
        patient_id = due.popleft()
        try:
            done += persisting(lambda: re_audit(patient_id, table, today))  # noqa: B023  # called here and now
        except Exception as error:  # noqa: BLE001  # one bad case file does not hold up the rest
            log_failure("case file not audited again", error)
            failed += 1
    return done, failed


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    table, today = case_table(), as_of()
    due = deque(table.due(today))
    done, failed = turn(due, table, today, context)
    for name, count in (("Reaudited", done), ("ClockFailures", failed), ("ClockRemaining", len(due))):
        metrics.add_metric(name, MetricUnit.Count, count)
    logger.info("clock turned", as_of=today.isoformat(), reaudited=done, failed=failed, remaining=len(due))
    if failed or due:
        raise ClockBehind(failed, len(due))
