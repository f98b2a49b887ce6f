"""What people did about findings, kept beside the case file: sk = review#<finding id>#<number>, written once each.

The number is the lock: of two officers who act on the same state one gets it, and the other must read again.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws.keys import partition
from shared.aws.runtime import dynamodb, settings
from shared.core.review import Action, Review
from shared.core.workflow import Overtaken

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PREFIX = "review#"


@dataclass(frozen=True)
class Reviews:
    client: "DynamoDBClient"
    name: str

    def of_finding(self, patient_id: str, finding_id: str) -> Review:
        return self._read(patient_id, f"{PREFIX}{finding_id}#").get(finding_id, Review())

    def of_patient(self, patient_id: str) -> dict[str, Review]:
        """Every review of the patient by finding id."""
        return self._read(patient_id, PREFIX)

    def _read(self, patient_id: str, prefix: str) -> dict[str, Review]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": partition(patient_id)}, ":prefix": {"S": prefix}},
        )
        found: defaultdict[str, list[Action]] = defaultdict(list)
        for page in pages:
            for item in page["Items"]:
                finding_id = item["sk"]["S"].split("#")[1]
                found[finding_id].append(Action.model_validate_json(item["action"]["S"]))
        return {finding_id: Review(actions) for finding_id, actions in found.items()}

    def keep(self, patient_id: str, finding_id: str, review: Review) -> None:
        """Store the last action of `review`; `Overtaken` if another took its place meanwhile."""
        number, action = len(review), review[-1]
        item: dict[str, Any] = {
            "pk": {"S": partition(patient_id)},
            "sk": {"S": f"{PREFIX}{finding_id}#{number:06d}"},
            "action": {"S": action.model_dump_json()},
        }
        try:
            self.client.put_item(TableName=self.name, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            raise Overtaken(number - 1, number) from None


def reviews() -> Reviews:
    return Reviews(dynamodb(), settings().table_name)
