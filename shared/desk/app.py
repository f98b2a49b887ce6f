"""All routes of the desk on one resolver, with the headers and the answers to problems that all of them share."""

from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from shared.aws.identity import identity as identity_of_secret
from shared.desk import cds, findings, listing, page, patients
from shared.desk.answers import HEADERS
from shared.desk.problems import answer_problems
from shared.desk.routing import router
from shared.formats.reading import Identify

# Imported for the routes they declare.
_DECLARED = (page, listing, patients, findings, cds)

Resolver = TypeVar("Resolver", bound=ApiGatewayResolver)


def equipped(
    app: Resolver, officer: str | None = None, identity: Callable[[], Identify] = identity_of_secret
) -> Resolver:
    """`app` with everything of the desk on it. On a laptop nobody signs in, and no secret names patients."""
    app.include_router(router)
    app.use(middlewares=[lambda app, following: _guarded(app, following, officer=officer, identity=identity)])
    answer_problems(app)
    app.configure_openapi(title="ncd-audit desk", version="1", openapi_version="3.1.0")
    app.get("/openapi.json", include_in_schema=False)(lambda: _described(app))
    return app


def _described(app: ApiGatewayResolver) -> Response[str]:
    return Response(200, content_types.APPLICATION_JSON, app.get_openapi_json_schema())


def _guarded(app: Any, following: NextMiddleware, **context: Any) -> Response[Any]:
    app.append_context(**context)
    response = following(app)
    response.headers.update(HEADERS)
    return response
