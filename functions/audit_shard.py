"""One shard of a look-back -> the findings of its patients, each judged by the same audit as an event that arrives."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.lookback import Run, run
from shared.aws.parts import told_in
from shared.aws.runtime import logger, quiet
from shared.core.fleet import Audited
from shared.core.intake import parse_event
from shared.core.lookback import LookedBack, look_back
from shared.core.policy import policies


def audit(looking: Run, shard: int, as_of: date) -> Audited:
    """That the shard was audited whole is said last."""
    with TemporaryFile() as findings:
        audited = Audited.of(_written(looked_back(looking, shard, as_of), findings))
        findings.seek(0)
        looking.store_findings(shard, findings)
    looking.store_audited(shard, audited)
    return audited


def looked_back(looking: Run, shard: int, as_of: date) -> Iterator[LookedBack]:
    """Patient by patient, in one order. Bytes are kept of them all, events of one at a time."""
    told: defaultdict[str, list[bytes]] = defaultdict(list)
    for line in looking.lines(shard):
        patient_id, message = told_in(line)
        told[patient_id].append(message)
    for patient_id in sorted(told):
        events = [parse_event(message).detail for message in told.pop(patient_id)]
        yield look_back(patient_id, events, policies(), as_of)


def _written(patients: Iterator[LookedBack], findings: IO[bytes]) -> Iterator[LookedBack]:
    for patient in patients:
        findings.writelines(json.dumps(row.plain()).encode() + b"\n" for row in patient.rows)
        yield patient


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with quiet("shard not audited"):
        tally = audit(run(event["run"]), event["shard"], date.fromisoformat(event["as_of"])).tally
        counts = {"patients": tally.patients, "events": tally.read, "violations": tally.violations}
        logger.info("shard audited", run=event["run"], shard=event["shard"], extra=counts)
        return {"shard": event["shard"], **counts}
