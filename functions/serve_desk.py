"""HTTP behind an authoriser -> the desk's routes."""

from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.runtime import logger, quiet, settings
from shared.desk.app import equipped, part_of


@cache
def app(part: str) -> APIGatewayHttpResolver:
    return equipped(APIGatewayHttpResolver(enable_validation=True), part=part)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings()
    with quiet("request failed"):
        return app(part_of(APIGatewayProxyEventV2(event).path)).resolve(event, context)
