"""What people did about cards, as their EHR told it; each once, however often it is sent:

pk = card#<uuid of the card>, sk = feedback#<moment>#<digest of it>
  by (who is signed in), received_at, said (JSON)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws.items import moment
from shared.aws.runtime import dynamodb, settings
from shared.aws.table import NEW, condition_failed
from shared.core.review import Signed

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Feedbacks:
    client: "DynamoDBClient"
    name: str

    def keep(self, card: str, at: datetime, said: str, who: Signed) -> None:
        digest = sha256(said.encode()).hexdigest()[:20]
        item = {
            "pk": {"S": f"card#{card}"},
            "sk": {"S": f"feedback#{moment(at)}#{digest}"},
            "by": {"S": who.by},
            "received_at": {"S": moment(who.at)},
            "said": {"S": said},
        }
        try:
            self.client.put_item(TableName=self.name, Item=item, **NEW)
        except ClientError as error:
            condition_failed(error)

    def of_card(self, card: str) -> Sequence[str]:
        """All that was said of the card, in order."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"card#{card}"}},
        )
        return [item["said"]["S"] for page in pages for item in page["Items"]]


def feedbacks() -> Feedbacks:
    return Feedbacks(dynamodb(), settings().table_name)
