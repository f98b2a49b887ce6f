"""What answers requests over HTTP: who asks is known, how often is bounded, and the log of it names no patient."""

import re
from collections.abc import Iterator
from typing import Any

from tests.template.resources import LOG, STAGE, Expanded, mentioned

# What a log of requests may say. Paths and queries name patients, and so may a header, an error or an answer.
_SAYABLE = {
    "authorizer.claims.sub",
    "authorizer.error",
    "httpMethod",
    "integrationErrorMessage",
    "requestId",
    "requestTime",
    "responseLatency",
    "status",
}


def every_way_in_asks_who_it_is(stack: Expanded) -> Iterator[str]:
    for name, url in stack.of("AWS::Lambda::Url").items():
        if url["AuthType"] != "AWS_IAM":
            yield f"{name} asks nobody"
    for kind in ("AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi"):
        for name, api in stack.of(kind).items():
            for path, methods in api["Body"].get("paths", {}).items():
                yield from (f"{name}: {method} {path}" for method, one in methods.items() if not _asks(one))
    for name, route in stack.of("AWS::ApiGatewayV2::Route").items():
        if route.get("AuthorizationType", "NONE") == "NONE":
            yield f"{name} asks nobody"


def _asks(method: Any) -> bool:
    return bool(method.get("security")) or method.get("x-amazon-apigateway-auth", {}).get("type") == "AWS_IAM"


def requests_are_logged(stack: Expanded) -> Iterator[str]:
    """Where, is one of our log groups: those have a key and, here, an end."""
    for name, stage in stack.of(STAGE).items():
        logged = mentioned(stage.get("AccessLogSettings", {}).get("DestinationArn")) & set(stack.of(LOG))
        if not logged or not all(stack.of(LOG)[log].get("RetentionInDays") for log in logged):
            yield f"{name} keeps no log of who asked, or keeps it for ever"


def the_log_of_requests_names_no_patient(stack: Expanded) -> Iterator[str]:
    for name, stage in stack.of(STAGE).items():
        said = set(re.findall(r"\$context\.([\w.]+)", stage.get("AccessLogSettings", {}).get("Format", "")))
        if not {"requestId", "status"} <= said:
            yield f"{name} does not log what was answered"
        yield from (f"{name} logs {one}" for one in sorted(said - _SAYABLE))


def requests_are_bounded(stack: Expanded) -> Iterator[str]:
    for name, stage in stack.of(STAGE).items():
        settings = stage.get("DefaultRouteSettings", {})
        if not settings.get("ThrottlingRateLimit") or not settings.get("ThrottlingBurstLimit"):
            yield f"{name} passes on as many requests as come"
        if stage.get("RouteSettings"):
            yield f"{name} has routes with limits of their own"


CHECKS = (
    every_way_in_asks_who_it_is,
    requests_are_logged,
    the_log_of_requests_names_no_patient,
    requests_are_bounded,
)
