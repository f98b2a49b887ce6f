"""Who is asked the questions of the contract, what is put, and how a refusal is looked at."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.subject import Subject, key

MINISTACK = pytest.param("ministack", marks=pytest.mark.slow)  # no slower, but make reliability alone installs it
ASKED = pytest.mark.parametrize("subject", ["memory", "moto", MINISTACK], indirect=True)
MOTO_DIFFERS = pytest.mark.parametrize(
    "subject", ["memory", pytest.param("moto", marks=pytest.mark.xfail(strict=True)), MINISTACK], indirect=True
)


def item(version: int = 1, sort: str = "case", patient: str = "P-1", **more: Any) -> dict[str, Any]:
    return key(sort, patient) | {"version": {"N": str(version)}} | more


def refusal(code: str, subject: Subject, put: dict[str, Any], **asked: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        subject.put(put, **asked)
    assert caught.value.response["Error"]["Code"] == code
    return dict(caught.value.response)


NEW = {"ConditionExpression": "attribute_not_exists(pk)"}
TAKEN = "ConditionalCheckFailedException"
INVALID = "ValidationException"
