"""The desk's routes on a resolver, with the headers and the answers to problems that all of them share.

A function that starts declares the part of the desk that is asked for and no other: cards load a reader of FHIR, pages
a renderer, a patient the whole audit, and who waits for the list needs none of them.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Router
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from shared.desk import listing  # with the function, whose start has more processor than its first call
from shared.desk.headers import HEADERS
from shared.desk.problems import answer_problems

if TYPE_CHECKING:
    from shared.formats.reading import Identify

WHOLE = "/openapi.json"  # the document describes every route
_CARDS, _PATIENTS, _LIST, _PAGE = "/cds-services", "/patients/", "/worklist", "/"

Resolver = TypeVar("Resolver", bound=ApiGatewayResolver)


def part_of(path: str) -> str:
    """The part whose routes a path may mean. What is nowhere is told so by the page's."""
    return next((part for part in (WHOLE, _CARDS, _PATIENTS, _LIST) if path.startswith(part)), _PAGE)


def _routers(part: str) -> Iterator[Router]:
    if part in {_CARDS, WHOLE}:
        from shared.desk import cds

        yield cds.router
    if part in {_PATIENTS, WHOLE}:
        from shared.desk import findings, patients

        yield findings.router
        yield patients.router
    if part in {_LIST, WHOLE}:
        yield listing.router
    if part in {_PAGE, WHOLE}:
        from shared.desk import page

        yield page.router


def _identity_of_secret() -> "Identify":
    from shared.aws.identity import identity

    return identity()


def equipped(
    app: Resolver,
    officer: str | None = None,
    identity: "Callable[[], Identify]" = _identity_of_secret,
    part: str = WHOLE,
) -> Resolver:
    """`app` with a part of the desk on it. On a laptop nobody signs in, and no secret names patients."""
    for router in _routers(part):
        app.include_router(router)
    app.use(middlewares=[lambda app, following: _guarded(app, following, officer=officer, identity=identity)])
    answer_problems(app)
    if part == WHOLE:
        _describe(app)
    return app


def _describe(app: ApiGatewayResolver) -> None:
    app.configure_openapi(title="ncd-audit desk", version="1", openapi_version="3.1.0")

    @app.get(WHOLE, include_in_schema=False)
    def _described() -> Response[str]:
        return Response(200, content_types.APPLICATION_JSON, app.get_openapi_json_schema())


def _guarded(app: Any, following: NextMiddleware, **context: Any) -> Response[Any]:
    app.append_context(**context)
    response = following(app)
    response.headers.update(HEADERS)
    return response
