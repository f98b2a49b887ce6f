"""What a packed file may become: a few kilobytes can be made that expand to more than any disk holds.

CCLF5 packs to a twelfth, events and 837s made by a program to a fortieth; what becomes five times more than even those
is no archive of records.
"""

from io import BufferedReader, RawIOBase
from typing import BinaryIO

from shared.core.errors import AuditError

MOST_TIMES = 200
_BUFFER = 256 * 1024
ALWAYS = 64 * 1024 * 1024  # of a small file the ratio says nothing


class ExpandsTooFar(AuditError):
    """The text says how far is too far."""

    def __init__(self, most: int) -> None:
        super().__init__(f"expands beyond {most:,} bytes, as no archive of records does")


def most_of(packed: int) -> int:
    """How many bytes may come of so many."""
    return max(ALWAYS, MOST_TIMES * packed)


def bounded(stream: BinaryIO, most: int) -> BinaryIO:
    """What is unpacked, up to so many bytes; then reading raises `ExpandsTooFar`."""
    return BufferedReader(_Bounded(stream, most), _BUFFER)  # type: ignore[type-var]  # typeshed asks for less than io does


class _Bounded(RawIOBase):
    def __init__(self, stream: BinaryIO, most: int) -> None:
        super().__init__()
        self._stream, self._most = stream, most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any buffer will do
        count = self._stream.readinto(buffer)  # type: ignore[attr-defined]
        if self._stream.tell() > self._most:
            raise ExpandsTooFar(self._most)
        return int(count)
