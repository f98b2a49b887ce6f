"""The last step of a look-back: what all archives and shards came to, and whether anything of it is missing."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.lookback import Run, run
from shared.aws.runtime import logger, quiet
from shared.core.fleet import Summary, summary


def summed(looking: Run, prefix: str, shards: int) -> Summary:
    """The archives are listed anew: what was stored while the look-back ran is missing from it."""
    keys = {archive.id: archive.key for archive in looking.archives(prefix)}
    found = summary(list(keys), looking.split(), shards, looking.audited())
    missing = tuple(keys[archive] for archive in found.archives_missing)
    looking.store_summary(found.model_copy(update={"archives_missing": missing}))
    return found


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with quiet("look-back not summed"):
        found = summed(run(event["run"]), event["prefix"], event["count"])
        counts = {
            "whole": found.whole,
            "archives": found.archives,
            "archives_missing": len(found.archives_missing),
            "shards_missing": len(found.shards_missing),
            "events": found.events,
            "refused": found.refused,
            "lost": found.lost,
            "patients": found.tally.patients,
            "violations": found.tally.violations,
            "warnings": found.tally.warnings,
            "at_stake": f"{found.tally.at_stake:.2f}",
        }
        logger.info("look-back summed", run=event["run"], extra=counts)
        return counts
