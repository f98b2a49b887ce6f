"""Packed files (.zip, .gz) laid down as they are, for DuckDB to read and our readers to tell.

Everything streams to the work folder, so memory does not grow with a file. What expands too far, is packed too often or
is damaged is refused with its reason, and the rest goes on; but a file that was named itself must be readable.
"""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, NamedTuple, cast
from uuid import uuid4

from local.cannot_read import CannotRead
from local.lookback.paths import Named
from shared.core.errors import Reason
from shared.formats.expanding import ExpandsTooFar, bounded, most_of

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_DEEPEST = 4  # a zip of zips of gzipped files, and one more: an archive can be made that holds itself
_CHUNK = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class NotUnpacked:
    """A file, or one in it, that is refused as a whole."""

    name: str
    reason: Reason
    why: str


class _Packed(NamedTuple):
    """What is in a packed file: its size there, and what it says to become, if it says so."""

    name: str
    size: int
    becomes: int
    opened: Callable[[], BinaryIO]


class Unpacking:
    """A file that was found, and all that is in it; what that may expand to hangs on the size of the whole."""

    def __init__(self, named: Named, folder: Path) -> None:
        self._named, self._folder = named, folder
        self._left = most_of(named.file.stat().st_size)
        self.refused: list[NotUnpacked] = []

    def files(self) -> Iterator[tuple[Path, str]]:
        """The file, or those in it, each with what a person calls it; what is packed twice is unpacked twice."""
        return self._in(self._named.file, self._named.name, 0)

    def _in(self, file: Path, name: str, depth: int) -> Iterator[tuple[Path, str]]:
        if not _is_packed(file):
            yield file, name
        elif depth == _DEEPEST:
            self._refuse(name, Reason.TOO_DEEP, f"is packed more than {_DEEPEST} times")
        else:
            try:
                for packed in _inside(file, name):
                    laid = self._laid_down(packed)
                    if laid:
                        yield from self._in(laid, packed.name, depth + 1)
            except _DAMAGED as error:
                self._refuse(name, Reason.BAD_FORM, f"cannot be unpacked: {error}")

    def _laid_down(self, packed: _Packed) -> Path | None:
        """Under a name of our own: what an archive calls its files is no path on this machine."""
        file = self._folder / f"unpacked-{uuid4().hex}"
        try:
            self._copy(packed, file)
            return file
        except ExpandsTooFar as far:
            self._refuse(packed.name, Reason.TOO_LARGE, str(far))
        except _DAMAGED as error:
            self._refuse(packed.name, Reason.BAD_FORM, f"cannot be unpacked: {error}")
        file.unlink(missing_ok=True)
        return None

    def _copy(self, packed: _Packed, file: Path) -> None:
        most = min(most_of(packed.size), self._left)
        if packed.becomes > most:
            raise ExpandsTooFar(most)
        with packed.opened() as inside, file.open("wb") as copy:
            try:
                copyfileobj(bounded(inside, most), copy, _CHUNK)
            finally:
                self._left -= copy.tell()

    def _refuse(self, name: str, reason: Reason, why: str) -> None:
        if self._named.alone and name == self._named.name:
            raise CannotRead(name, why, "unpack it yourself, or send it again")
        self.refused.append(NotUnpacked(name, reason, why))


def _is_packed(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4).startswith((_GZIP, _ZIP))


def _inside(file: Path, name: str) -> Iterator[_Packed]:
    with file.open("rb") as stream:
        if stream.read(2) == _GZIP:
            stream.seek(0)
            yield _Packed(name, file.stat().st_size, 0, partial(_gzipped, stream))
            return
    with zipfile.ZipFile(file) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if not member.is_dir():
                opened = cast("Callable[[], BinaryIO]", partial(archive.open, member))
                yield _Packed(f"{name}:{member.filename}", member.compress_size, member.file_size, opened)


def _gzipped(stream: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
