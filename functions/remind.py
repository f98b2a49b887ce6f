"""Once a day -> reminders of overpayments that people identified and that fall due, to the topic."""

from datetime import date, timedelta
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.mailing import desk, mail
from shared.aws.runtime import as_of, logger, metrics, quiet
from shared.aws.worklist import UNRESOLVED, Filter, worklist
from shared.core.policy import policies
from shared.core.reminders import Reminder, furthest, reminder

_PAGE = 100


def due(today: date) -> list[Reminder]:
    """Today's reminders, from what is on the list with a date near or gone by; the rest of the list is not read."""
    law = policies()
    near = Filter(workflow=UNRESOLVED, due_by=today + timedelta(days=furthest(law, today)))
    found, cursor = [], None
    while True:
        page = worklist().page(near, today, _PAGE, cursor)
        found += [told for row in page.rows if (told := reminder(row, law, today, desk()))]
        if (cursor := page.cursor) is None:
            return found


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    metrics.add_metric("Reminders", MetricUnit.Count, 0)  # powertools warns of a run without metrics: it stopped
    with quiet("reminders stopped"):
        reminders = due(as_of())
        for told in reminders:
            mail(told.subject, told.body, told.chat, {"reminder_id": told.reminder_id})
    metrics.add_metric("Reminders", MetricUnit.Count, len(reminders))
    logger.info("reminded", reminders=len(reminders))
