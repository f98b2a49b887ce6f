"""The router on which every route of the desk is declared; app.py puts it on a resolver."""

from aws_lambda_powertools.event_handler.api_gateway import Router

router = Router()  # type: ignore[no-untyped-call]  # powertools leaves it unannotated
