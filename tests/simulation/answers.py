"""Errors in the shape botocore raises them."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

_STATUS = {"InternalServerError": 500, "InternalFailure": 500}


def service_error(operation: str, code: str, said: str = "", item: Mapping[str, Any] | None = None) -> ClientError:
    """`item` is what stood in the way of a condition, for those who asked for it."""
    answer: dict[str, Any] = {
        "Error": {"Code": code, "Message": said or code},
        "ResponseMetadata": {"HTTPStatusCode": _STATUS.get(code, 400), "RetryAttempts": 0},
    }
    if item is not None:
        answer["Item"] = dict(item)
    return ClientError(answer, operation)  # type: ignore[arg-type]  # the rest of ResponseMetadata is nobody's business


def refused(operation: str, said: str) -> ClientError:
    return service_error(operation, "ValidationException", said)
