"""Every quarter of an hour -> once a day, and not in quiet hours, the reminders of overpayments that fall due.

Which run of a day it is follows from the moment for which the run was scheduled, so that nothing need be remembered:
who tries a run again decides the same.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.mailing import desk, mail, manner
from shared.aws.runtime import logger, metrics, now, quiet, settings
from shared.aws.worklist import UNRESOLVED, Filter, worklist
from shared.core.policy import policies
from shared.core.reminders import Reminder, furthest, reminder

DAILY = time(11)  # of UTC: after the clock has turned
EVERY = timedelta(minutes=15)
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


def remind(event: dict[str, Any]) -> int:
    """How many reminders were sent, none if it is another run's turn. Who runs it by hand means now."""
    people, said = manner(), event.get("scheduled")
    run = datetime.fromisoformat(said) if isinstance(said, str) else now()
    if said and not people.is_for(run, EVERY, DAILY):
        return 0
    reminders = due(settings().as_of or run.astimezone(people.zone).date())
    for told in reminders:
        mail(told.subject, told.body, told.chat, {"reminder_id": told.reminder_id})
    return len(reminders)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    metrics.add_metric("Reminders", MetricUnit.Count, 0)  # powertools warns of a run without metrics: it stopped
    with quiet("reminders stopped"):
        sent = remind(event)
    metrics.add_metric("Reminders", MetricUnit.Count, sent)
    logger.info("reminded", reminders=sent)
