"""The number of the last event of each FHIR subscription: pk = subscription#<hash of its address>, sk = last, last.

It only grows. Two notifications at once may each find a gap that the other fills; a person looks at those.
"""

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from shared.aws.runtime import dynamodb, settings

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_HEX = 32


def subscription_id(address: str) -> str:
    """What logs and table call it: an address may say more than it should."""
    return hashlib.sha256(address.encode(errors="surrogatepass")).hexdigest()[:_HEX]


class Subscriptions(NamedTuple):
    client: "DynamoDBClient"
    table: str

    def last(self, subscription: str) -> int:
        """0 before its first notification."""
        answer = self.client.get_item(TableName=self.table, Key=_key(subscription), ConsistentRead=True)
        return int(answer["Item"]["last"]["N"]) if "Item" in answer else 0

    def seen(self, subscription: str, number: int) -> None:
        """Remember the number, unless as great a one was seen."""
        value: dict[str, Any] = {"N": str(number)}
        item = _key(subscription) | {"last": value}
        greater: dict[str, Any] = {
            "ConditionExpression": "#last < :number",
            "ExpressionAttributeNames": {"#last": "last"},
            "ExpressionAttributeValues": {":number": value},
        }
        _ = self._put(item, greater) or self._put(item, {"ConditionExpression": "attribute_not_exists(pk)"})

    def _put(self, item: dict[str, Any], condition: dict[str, Any]) -> bool:
        try:
            self.client.put_item(TableName=self.table, Item=item, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _key(subscription: str) -> dict[str, Any]:
    return {"pk": {"S": f"subscription#{subscription}"}, "sk": {"S": "last"}}


def subscriptions() -> Subscriptions:
    return Subscriptions(dynamodb(), settings().table_name)
