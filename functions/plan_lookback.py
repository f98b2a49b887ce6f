"""The first step of a look-back: what was asked for, made complete, so that every later step is told the same.

Asked with {"prefix": "837/2024/", "shards": 64, "as_of": "2026-06-01", "tolerated_percentage": 5}; any may be left out.
"""

from datetime import date, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.aws.errors import UnclearLookback
from shared.aws.lookback import ARCHIVES, Run, run
from shared.aws.parts import MOST_PARTS
from shared.aws.runtime import logger, lookback_concurrency, quiet
from shared.core.fields import CalendarDate


class Asked(BaseModel):
    """What a person says when starting the execution. A misspelt name is refused, not passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefix: str = ""
    shards: int = Field(16, ge=1, le=MOST_PARTS)
    as_of: CalendarDate | None = None
    tolerated_percentage: int = Field(5, ge=0, le=100)


def understood(asked: Any) -> Asked:
    try:
        return Asked.model_validate(asked)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise UnclearLookback(".".join(map(str, first["loc"])) or "input", first["msg"]) from None


def plan(asked: Asked, looking: Run, started_on: date) -> dict[str, Any]:
    if next(looking.archives(asked.prefix), None) is None:
        raise UnclearLookback("prefix", f"nothing is stored under {ARCHIVES} and this prefix")
    return {
        "run": looking.name,
        "prefix": asked.prefix,
        "listed": ARCHIVES + asked.prefix,
        "shards": list(range(asked.shards)),
        "count": asked.shards,
        "as_of": (asked.as_of or started_on).isoformat(),
        "tolerated": asked.tolerated_percentage,
        "concurrency": lookback_concurrency(),
    }


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with quiet("look-back not planned"):
        started = datetime.fromisoformat(event["started"]).date()
        planned = plan(understood(event["asked"]), run(event["run"]), started)
        logger.info("planned", run=planned["run"], shards=planned["count"], as_of=planned["as_of"])
        return planned
