"""What the desk answers when it cannot do as asked: the status, and a sentence that says what to do."""

from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver

from shared.aws.errors import UnknownCursor
from shared.core.errors import AuditError
from shared.core.review import NotAllowed, Overtaken
from shared.desk.answers import Problem


class NotThere(AuditError):
    """No such patient or finding."""


class Nameless(AuditError):
    """The authoriser named nobody: a deed needs a doer."""


STATUS: dict[type[AuditError], int] = {
    NotThere: 404,
    Nameless: 401,
    Overtaken: 409,
    NotAllowed: 409,
    UnknownCursor: 400,
}
PROBLEMS: dict[int, Any] = {
    status: {
        "description": description,
        "content": {"application/json": {"model": Problem}},
    }
    for status, description in {
        400: "Not understood",
        401: "Nobody is signed in",
        404: "No such patient or finding",
        409: "The finding's state does not allow it, or somebody acted since it was read",
    }.items()
}


def answer_problems(app: ApiGatewayResolver) -> None:
    """Teach `app` to answer our errors. What is not ours stays an error of the function, and is logged as one."""

    @app.exception_handler(list(STATUS))  # type: ignore[untyped-decorator]  # powertools leaves it unannotated
    def _told(problem: AuditError) -> Response[str]:
        body = Problem(message=str(problem)).model_dump_json()
        return Response(STATUS[type(problem)], content_types.APPLICATION_JSON, body)
