"""Events of one archive by shard, in files of their own until the archive was read: memory does not grow with it.

A line is the patient's id as JSON, a tab, and the event as the door took it. The same events make the same bytes.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Self

from shared.formats.archives import Told

MOST_PARTS = 256  # open at once; a function may open 1,024 files


class Parts:
    """To be used in a `with` block: the files go with it."""

    def __init__(self) -> None:
        self.counts = Counter[int]()
        self._files: dict[int, IO[bytes]] = {}
        self._zipped: dict[int, gzip.GzipFile] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, number: int, line: bytes) -> None:
        if number not in self._zipped:
            self._files[number] = self._open.enter_context(TemporaryFile())  # noqa: SIM115  # the stack closes it
            self._zipped[number] = gzip.GzipFile(fileobj=self._files[number], mode="wb", mtime=0)
        self._zipped[number].write(line)
        self._zipped[number].write(b"\n")
        self.counts[number] += 1

    def finished(self) -> Iterator[tuple[int, IO[bytes]]]:
        """Each part from its beginning; nothing can be added any more."""
        for number, file in sorted(self._files.items()):
            self._zipped[number].close()
            file.seek(0)
            yield number, file


def line_of(told: Told) -> bytes:
    # An event may be written over several lines; JSON has no line ends but between its parts.
    return json.dumps(told.patient_id).encode() + b"\t" + b" ".join(told.message.splitlines())


def told_in(line: bytes) -> Told:
    patient, message = line.rstrip(b"\n").split(b"\t", 1)
    return Told(json.loads(patient), message)
