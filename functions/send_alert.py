"""Changes of case files -> alerts: what opened, reopened, worsened or was withdrawn, to the topic and the bus.

A case file brings with it the entries of its trail that nobody announced yet. shared/aws/outbox.py has the order that
makes a crash repeat an alert and never lose it; what no stream brings here, sweep finds.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.announcing import announcer
from shared.aws.batches import Answer, Record, answer_to_changes
from shared.aws.images import new_image
from shared.aws.outbox import send
from shared.aws.runtime import logger, settings
from shared.aws.trail import trail_table


def handle(record: Record) -> None:
    said = send(new_image(record["dynamodb"]), trail_table(), announcer())
    logger.info("announced", alerts=[alert.alert_id for alert in said], rules=[alert.finding.rule for alert in said])


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Answer:
    settings()  # a missing one stops the function, not each record by itself
    return answer_to_changes(event["Records"], handle)
