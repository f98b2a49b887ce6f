"""Changes of case files and reviews, and of what people heard -> the list, from what stands now: no order matters."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.batches import Answer, Record, answer_to_changes
from shared.aws.keys import patient_of
from shared.aws.later import later_table
from shared.aws.reviews import reviews
from shared.aws.runtime import logger, settings
from shared.aws.table import case_table
from shared.aws.worklist import worklist
from shared.core.policy import policies
from shared.core.worklist import Work, rows


def bring_up_to_date(patient_id: str) -> None:
    """Make the patient's rows anew from case file and reviews: the way in for the stream, and for a rebuild."""
    acted = reviews().of_patient(patient_id)
    stands = case_table().standing(patient_id)
    told = settings().alert_min_severity if stands.announced else None
    unheard = later_table().unheard(patient_id) if stands.standing.findings else frozenset[str]()
    made = rows(stands.standing, Work(acted, told, unheard), policies())
    worklist().keep(patient_id, made, stands.version + sum(map(len, acted.values())))


def handle(record: Record) -> None:
    bring_up_to_date(patient_of(_partition(record)))


def _last_of_each(records: list[Record]) -> list[Record]:
    """The last record of each patient: the rows are made from what stands now, so that the earlier ones add nothing."""
    return list({_partition(record): record for record in records}.values())


def _partition(record: Record) -> str:
    key: str = record["dynamodb"]["Keys"]["pk"]["S"]
    return key


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Answer:
    settings()  # a missing one stops the function, not each record by itself
    return answer_to_changes(_last_of_each(event["Records"]), handle)
