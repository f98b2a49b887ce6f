"""The router on which a file declares its routes; app.py puts it on a resolver."""

from aws_lambda_powertools.event_handler.api_gateway import Router


def new_router() -> Router:
    return Router()  # type: ignore[no-untyped-call]  # powertools leaves it unannotated
