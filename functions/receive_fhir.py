"""A FHIR notification, by HTTP or as an event of HealthLake -> a file in the intake bucket, read like any other.

The sender is answered as soon as the body is stored: a notification that arrives twice is the same file. Events are
numbered, so that one that never came is known by the next; a gap is counted, logged and left to people.
"""

import base64
import hashlib
import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic_core import from_json

from shared.aws.runtime import intake_bucket, log_failure, logger, metrics, s3
from shared.aws.subscriptions import subscription_id, subscriptions
from shared.formats.fhir.notifications import Notification, gap

MAX_BODY_BYTES = 5 * 1024 * 1024  # Lambda takes 6 MB, base64 and envelope included
NOTHING_TO_READ = ("handshake", "heartbeat")
# What HealthLake says of its own work, and CloudTrail of it: no notification of a subscription.
_OF_ITSELF = ("Import Job", "Export Job", "Data Store", "AWS API Call")


def receive(body: bytes) -> HTTPStatus:
    """What the sender is told. Whatever may hold a resource is stored before it is said to be accepted."""
    if len(body) > MAX_BODY_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    resource = _resource(body)
    if resource is None:
        return HTTPStatus.BAD_REQUEST
    notification = Notification.of(resource)
    if notification is None or notification.kind not in NOTHING_TO_READ:
        _store(body)
    if notification:
        _follow(notification)
    return HTTPStatus.ACCEPTED


def _resource(body: bytes) -> dict[str, Any] | None:
    try:
        read = from_json(body)
    except ValueError:
        return None
    return read if isinstance(read, dict) and isinstance(read.get("resourceType"), str) else None


def _store(body: bytes) -> None:
    key = f"fhir/{hashlib.sha256(body).hexdigest()}.json"
    s3().put_object(Bucket=intake_bucket(), Key=key, Body=body, ContentType="application/fhir+json")


def _follow(notification: Notification) -> None:
    """A failure here costs a warning, not the notification: that is stored."""
    if notification.subscription is None or notification.last is None:
        return
    try:
        store, name = subscriptions(), subscription_id(notification.subscription)
        lost = gap(store.last(name), notification)
        store.seen(name, notification.last)
    except Exception as error:  # noqa: BLE001  # the sender must not send again for our bookkeeping
        log_failure("event numbers not followed", error)
        return
    if missing := sum(map(len, lost)):
        metrics.add_metric("FhirEventsMissed", MetricUnit.Count, missing)
        logger.warning("events missed", subscription=name, missed=[f"{run[0]}-{run[-1]}" for run in lost])


def heard(event: dict[str, Any]) -> HTTPStatus:
    """From EventBridge the body is the detail. Nobody reads an answer: what is no resource goes to who quarantines."""
    if str(event.get("detail-type")).startswith(_OF_ITSELF):
        return HTTPStatus.NO_CONTENT
    body = json.dumps(event.get("detail")).encode()
    if receive(body) is not HTTPStatus.ACCEPTED:
        _store(body)
    return HTTPStatus.ACCEPTED


def answered(event: dict[str, Any]) -> HTTPStatus:
    """By HTTP only with somebody authorised behind it."""
    request = event.get("requestContext")
    if request is None:
        return heard(event)
    if not request.get("authorizer"):  # the API asks IAM; one that was deployed without must not be open
        return HTTPStatus.UNAUTHORIZED
    body: str = event.get("body") or ""
    return receive(base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(errors="surrogatepass"))


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    metrics.add_metric("FhirAccepted", MetricUnit.Count, 0)  # powertools warns of a call without metrics: it failed
    status = answered(event)
    if status is not HTTPStatus.NO_CONTENT:
        metrics.add_metric("FhirAccepted" if status is HTTPStatus.ACCEPTED else "FhirRefused", MetricUnit.Count, 1)
    logger.info("answered", status=status.value)
    return {"statusCode": status.value}
