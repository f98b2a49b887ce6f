"""Files that DuckDB cannot read as they are: packed ones are unpacked, and other formats told as events, a line each.

Everything streams to the work folder, so memory does not grow with a file. Of a told event the line is its place in the
file, a control character that no text of ours holds, and the envelope.
"""

import gzip
import json
import shutil
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from local.identity import identity
from local.lookback.engine import BETWEEN
from local.reading import CannotRead
from shared.formats.detect import pieces
from shared.formats.reading import Noted, Read, Refused

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


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


def unpacked(file: Path, name: str, folder: Path) -> Iterator[tuple[Path, str]]:
    """The file, or those in it; what is packed twice is unpacked twice."""
    with file.open("rb") as stream:
        begins = stream.read(4)
    try:
        if begins.startswith(_GZIP):
            with gzip.open(file) as inside:
                yield from unpacked(_laid_down(inside, folder), name, folder)
        elif begins == _ZIP:
            yield from _members(file, name, folder)
        else:
            yield file, name
    except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError, RuntimeError) as error:
        raise CannotRead(name, f"cannot be unpacked: {error}", "unpack it yourself, or send it again") from None


def _members(file: Path, name: str, folder: Path) -> Iterator[tuple[Path, str]]:
    with zipfile.ZipFile(file) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if not member.is_dir():
                with archive.open(member) as inside:
                    laid = _laid_down(inside, folder)
                yield from unpacked(laid, f"{name}:{member.filename}", folder)


def _laid_down(stream: IO[bytes] | gzip.GzipFile, folder: Path) -> Path:
    """Under a name of our own: what an archive calls its files is no path on this machine."""
    file = folder / f"unpacked-{uuid4().hex}"
    with file.open("wb") as copy:
        shutil.copyfileobj(stream, copy, 1024 * 1024)
    return file


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
