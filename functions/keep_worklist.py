"""Changes of case files and reviews, and of what people heard -> the list, from what stands now: no order matters."""

from typing import Any

from aws_lambda_powertools.utilities.batch import EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.items import patient_of
from shared.aws.later import later_table
from shared.aws.reviews import reviews
from shared.aws.runtime import Batch, logger, settings
from shared.aws.table import case_table
from shared.aws.worklist import worklist
from shared.core.policy import policies
from shared.core.worklist import Work, rows

processor = Batch(EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


def bring_up_to_date(patient_id: str) -> None:
    """Make the patient's rows anew from case file and reviews: the way in for the stream, and for a rebuild."""
    acted = reviews().of_patient(patient_id)
    stands = case_table().standing(patient_id)
    told = settings().alert_min_severity if stands.announced else None
    unheard = later_table().unheard(patient_id) if stands.standing.findings else frozenset[str]()
    made = rows(stands.standing, Work(acted, told, unheard), policies())
    worklist().keep(patient_id, made, stands.version + sum(map(len, acted.values())))


def handle(record: DynamoDBRecord) -> None:
    bring_up_to_date(patient_of(_partition(record.raw_event)))


def _last_of_each(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last record of each patient: the rows are made from what stands now, so that the earlier ones add nothing."""
    return list({_partition(record): record for record in records}.values())


def _partition(record: dict[str, Any]) -> str:
    key: str = record["dynamodb"]["Keys"]["pk"]["S"]
    return key


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    settings()  # a missing one stops the function, not each record by itself
    return process_partial_response({"Records": _last_of_each(event["Records"])}, handle, processor, context)
