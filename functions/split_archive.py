"""One archive of a look-back -> its events by shard of patients. A second try writes the same again."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.identity import identity
from shared.aws.lookback import Archive, Run, run
from shared.aws.parts import Parts, line_of
from shared.aws.quarantine import stored_body
from shared.aws.runtime import logger, quiet
from shared.core.fleet import Split
from shared.core.lookback import shard_of
from shared.formats.archives import Told, told
from shared.formats.reading import Noted, Refused


def split(looking: Run, key: str, shards: int) -> tuple[Archive, Split]:
    """What cannot be read is kept with its reason; that the archive was split whole is said last."""
    with looking.opened(key) as (archive, stream), Parts() as parts, Parts() as refused:
        noted = 0
        for piece in told(stream, identity()):
            match piece:
                case Told():
                    parts.add(shard_of(piece.patient_id, shards), line_of(piece))
                case Refused():
                    refused.add(0, _kept(piece))
                case Noted():
                    noted += 1
        for shard, content in parts.finished():
            looking.store_part(shard, archive, content)
        for _, content in refused.finished():
            looking.store_refused(archive, content)
        done = Split(events=dict(sorted(parts.counts.items())), refused=refused.counts.total(), noted=noted)
        looking.store_split(archive, done)
    return archive, done


def _kept(piece: Refused) -> bytes:
    return json.dumps({"reason": piece.reason, "where": piece.place, **stored_body(piece.raw)}).encode()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with quiet("archive not split"):
        archive, done = split(run(event["run"]), event["key"], event["count"])
        counts = {"events": sum(done.events.values()), "refused": done.refused, "noted": done.noted}
        logger.info("archive split", run=event["run"], archive=archive.id, extra=counts)
        return {"archive": archive.id, **counts}
