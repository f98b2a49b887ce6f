"""What comes in by other doors than the bus: a file dropped in the intake bucket, a FHIR notification."""

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

from shared.aws.subscriptions import Subscriptions, subscription_id
from tests.claim_files import a_claim_file
from tests.deployed.deployment import Deployment
from tests.integration.deliveries import a_message
from tests.integration.test_receive_fhir import ADDRESS, SOMEBODY, a_notification

_numbers = count(1)


def a_dropped_file(system: Deployment, *, versions: bool = True) -> dict[str, Any]:
    """The message that tells of it: claims, one of which cannot be read. Without versions S3 tells the ETag alone."""
    bucket, key = system.outputs["IntakeBucketName"], f"{next(_numbers)}.837"
    stored = system.emulator.client("s3").put_object(Bucket=bucket, Key=key, Body=a_claim_file(3, bad={1}))
    which = {"version-id": stored["VersionId"]} if versions else {}
    told = {"bucket": {"name": bucket}, "object": {"key": key, "etag": stored["ETag"].strip('"'), **which}}
    return a_message({"time": datetime.now(UTC).isoformat(), "detail": told}, key)


def a_posted_notification(number: int = 1) -> dict[str, Any]:
    """As the HTTP API hands it over."""
    return {"requestContext": SOMEBODY, "body": json.dumps(a_notification(number))}


def notified(system: Deployment, handler: str) -> bool:
    """Whether the notification was accepted and its number is known afterwards."""
    number = next(_numbers)
    answer = system.invoke(system.functions[handler], a_posted_notification(number))
    known = Subscriptions(system.table.client, system.table.name).last(subscription_id(ADDRESS))
    return answer == {"statusCode": 202} and known == number
