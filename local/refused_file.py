"""The file that keeps what is refused. It is patient data: nobody else may read it, and no later run takes it away."""

import json
import os
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from local.stopped import Stopped

_OWNER_ALONE = 0o600


def must_be_free(file: Path) -> None:
    """Said before anything is read: who named a file expects to find in it what this run refuses, and nothing else."""
    if _holds_something(file):
        raise Stopped(f"{file} holds what an earlier run refused; move it away, or name another file")


class RefusedFile:
    """Made with the first record that is refused; where a file of that name holds something, under the next number."""

    def __init__(self, wanted: Path) -> None:
        self._wanted = wanted
        self._stream: TextIO | None = None
        self.path: Path | None = None

    def keep(self, entry: Mapping[str, Any]) -> None:
        if self._stream is None:
            self.path, self._stream = next(filter(None, map(_opened, _names(self._wanted))))
        self._stream.write(json.dumps(entry) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._stream:
            self._stream.close()


def _names(file: Path) -> Iterator[Path]:
    yield file
    yield from (file.with_name(f"{file.stem}-{number}{file.suffix}") for number in count(2))


def _opened(file: Path) -> tuple[Path, TextIO] | None:
    """The file, if it was not there or holds nothing; nobody else reads it, even while it is made."""
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
        return file, os.fdopen(made, "w", encoding="utf-8")
    except FileExistsError:
        if _holds_something(file):
            return None
    if file.is_file():
        file.chmod(_OWNER_ALONE)
    return file, file.open("a", encoding="utf-8")


def _holds_something(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
