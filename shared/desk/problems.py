"""What the desk answers when it cannot do as asked: the status, and a sentence that says what to do."""

from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import BaseModel

from shared.core.errors import AuditError
from shared.core.workflow import NotAllowed, Overtaken
from shared.desk.headers import HEADERS

NO_TEXT = "the body is not text in UTF-8"


class NotThere(AuditError):
    """No such patient or finding."""


class Nameless(AuditError):
    """The authoriser named nobody: a deed needs a doer."""


class Misread(AuditError):
    """What was sent along cannot be read, or is meant for another service."""


class DataMissing(AuditError):
    """More must be sent along before anything can be said."""


class Problem(BaseModel):
    """What is wrong and what to do."""

    message: str


STATUS: dict[type[AuditError], int] = {
    NotThere: 404,
    Nameless: 401,
    Overtaken: 409,
    NotAllowed: 409,
    Misread: 400,
    DataMissing: 412,
}
_PROBLEMS: dict[int, Any] = {
    status: {
        "description": description,
        "content": {"application/json": {"model": Problem}},
    }
    for status, description in {
        400: "Not understood",
        401: "Nobody is signed in",
        404: "No such patient or finding",
        412: "What must be sent along is missing",
        422: "A field is missing or wrong",
        409: "The finding's state does not allow it, or somebody acted since it was read",
    }.items()
}


def answering(content: Any, media: str = content_types.APPLICATION_JSON) -> dict[int, Any]:
    """What a route answers, for its description: a model, or None for text of that kind, and the problems of all."""
    said = {"model": content} if content else {"schema": {"type": "string"}}
    return {200: {"description": "As asked", "content": {media: said}}, **_PROBLEMS}


def answer_problems(app: ApiGatewayResolver) -> None:
    """Teach `app` to answer our errors. What is not ours stays an error of the function, and is logged as one."""

    @app.exception_handler(list(STATUS))  # type: ignore[untyped-decorator]  # powertools leaves it unannotated
    def _told(problem: AuditError) -> Response[str]:
        return _answer(STATUS[type(problem)], str(problem))

    @app.exception_handler(RequestValidationError)  # type: ignore[untyped-decorator]
    def _misasked(problem: RequestValidationError) -> Response[str]:
        """Which field, and what is wrong with it; never what was sent."""
        return _answer(422, "; ".join(_wrong(error) for error in problem.errors()))

    @app.exception_handler(UnicodeDecodeError)  # type: ignore[untyped-decorator]
    def _unreadable(problem: UnicodeDecodeError) -> Response[str]:
        if not app.current_event.body:
            raise RuntimeError("the fault is ours: it was no text of the request") from problem
        return _answer(400, NO_TEXT)

    @app.not_found
    def _nowhere(_: Exception) -> Response[str]:
        return _answer(404, "the desk has no such page")


def _wrong(error: Any) -> str:
    field = ".".join(str(step) for step in error["loc"][1:]) or "the body"
    return (
        f"{field}: {error['msg'].removeprefix('Value error, ')}"
        if error["type"] == "value_error"
        else f"{field}: {error['type'].replace('_', ' ')}"
    )


def _answer(status: int, message: str) -> Response[str]:
    return Response(status, content_types.APPLICATION_JSON, Problem(message=message).model_dump_json(), dict(HEADERS))
