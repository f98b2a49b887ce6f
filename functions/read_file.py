"""A file dropped in the intake bucket -> its events on the bus, or quarantine: every piece of it, once or again.

What was dealt with is noted every so many pieces. An interrupted file is read again from its beginning, which makes the
same pieces, and goes on behind the last note: some events are then sent twice, and the inbox takes them for repeats.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.batches import Answer, Record, answer_to_messages
from shared.aws.errors import FileNotFinished
from shared.aws.files import Progress, StoredFile, checkpoints, dropped
from shared.aws.identity import identity
from shared.aws.posting import TOO_LARGE, post
from shared.aws.quarantine import Message, quarantine
from shared.aws.runtime import logger, metrics, s3, settings
from shared.core import snapshot  # noqa: F401  # what every reader makes: to be loaded before a file waits for it
from shared.core.errors import Reason, Unreadable
from shared.formats.detect import pieces
from shared.formats.reading import Noted, Piece, Read, Refused

STRETCH = 100  # pieces from note to note
LEFT_TO_NOTE = 30_000  # milliseconds: a stretch and its note fit in, also when the bus is slow


def read(file: StoredFile, context: LambdaContext) -> Progress:
    """Deal with every piece of the file that is not dealt with yet; `FileNotFinished` if the time runs out."""
    notes = checkpoints()
    done = notes.of(file)
    if done.finished:
        return done
    with file.opened(s3()) as stream:
        rest = islice(pieces(stream, identity()), done.pieces, None)
        for stretch in _stretches(rest):
            done = deal_with(stretch, done, file)
            notes.save(file, done)
            if context.get_remaining_time_in_millis() < LEFT_TO_NOTE:
                raise FileNotFinished(done.pieces)
    done = done._replace(finished=True)
    notes.save(file, done)
    return done


def _stretches(rest: Iterator[Piece]) -> Iterator[list[Piece]]:
    while stretch := list(islice(rest, STRETCH)):
        yield stretch


def deal_with(stretch: Sequence[Piece], done: Progress, file: StoredFile) -> Progress:
    """Events to the bus, the rest to quarantine or the log; what the bus never takes is refused as well."""
    read = {at: piece for at, piece in enumerate(stretch) if isinstance(piece, Read)}
    places = list(read)
    codes = post().send([piece.envelope for piece in read.values()])
    back = {places[sent]: _not_taken(read[places[sent]], code) for sent, code in codes.items()}
    refused = back | {at: piece for at, piece in enumerate(stretch) if isinstance(piece, Refused)}
    for at, piece in refused.items():
        _keep(piece, done.pieces + at, file)
    noted = [piece for piece in stretch if isinstance(piece, Noted)]
    for what, where in {note.what: note.place for note in reversed(noted)}.items():
        logger.info("noted", file=file.id, what=what, where=where)
    counts = (len(read) - len(back), len(refused), len(noted))
    _count(*counts)
    return Progress(done.events + counts[0], done.refused + counts[1], done.noted + counts[2])


def _not_taken(piece: Read, code: str) -> Refused:
    raw = json.dumps(piece.envelope).encode()
    return Refused(Reason.TOO_LARGE if code == TOO_LARGE else Reason.BAD_FORM, f"{piece.place}: bus: {code}", raw)


def _keep(piece: Refused, number: int, file: StoredFile) -> None:
    """Under a name that is the same whenever the file is read."""
    problem = Unreadable(piece.reason, piece.place, f"file-{file.id}")
    quarantine().keep(Message(f"file-{file.id}-{number}", file.written_at, piece.raw), problem)
    logger.warning("refused", file=file.id, reason=piece.reason, where=piece.place)


def _count(events: int, refused: int, noted: int) -> None:
    for name, count in (("FileEvents", events), ("FileRefused", refused), ("FileNoted", noted)):
        metrics.add_metric(name, MetricUnit.Count, count)


def handle(record: Record, context: LambdaContext) -> None:
    file = dropped(record["body"])
    done = read(file, context)
    logger.info("file read", file=file.id, events=done.events, refused=done.refused, noted=done.noted)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Answer:
    _count(0, 0, 0)  # powertools warns of a batch without metrics: all of it failed
    settings()  # a missing one stops the function, not each record by itself
    return answer_to_messages(event["Records"], lambda record: handle(record, context))
