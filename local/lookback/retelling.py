"""Files of other formats told as events, a line each, for DuckDB to read.

A line is the place in the file, a control character that no text of ours holds, and the envelope.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from local.identity import identity
from local.lookback.engine import BETWEEN
from shared.formats.detect import pieces
from shared.formats.reading import Noted, Read, Refused


@dataclass(frozen=True)
class Unpacked:
    """A file to be told as events, and what a person calls it."""

    file: Path
    name: str


@dataclass(frozen=True)
class Retold:
    """What came of such a file: the events told, those that its reader refuses, and how much it noted."""

    name: str
    events: Path
    refused: Path
    told: int
    not_read: int
    noted: int


def retold(source: Unpacked, folder: Path) -> Retold:
    """The file's events, each with its place; what its reader refuses goes where the other refused records go."""
    events, refused = folder / f"told-{uuid4().hex}", folder / f"refused-{uuid4().hex}"
    counted = Counter[type]()
    with source.file.open("rb") as stream, events.open("w") as told, refused.open("w") as kept:
        for piece in pieces(stream, identity):
            counted[type(piece)] += 1
            match piece:
                case Read(envelope=envelope, place=place):
                    told.write(f"{place}{BETWEEN}{json.dumps(envelope)}\n")
                case Refused(reason=reason, place=place, raw=raw):
                    kept.write(_kept(source.name, place, reason.value, raw))
    return Retold(source.name, events, refused, counted[Read], counted[Refused], counted[Noted])


def _kept(name: str, place: str, reason: str, raw: bytes) -> str:
    entry = {"file": name, "place": place, "reason": reason, "records": 1, "raw": raw.decode(errors="backslashreplace")}
    return json.dumps(entry) + "\n"
