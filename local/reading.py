"""Files of events as messages: an NDJSON stream line by line, or a JSON file that holds one event or a list of them.

What it is, the content decides. Nothing is judged here: a line that is not JSON goes on as it is, so that it is counted
and lands in quarantine instead of being lost.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

STANDARD_INPUT = "-"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class CannotRead(Exception):
    """A file was named that cannot be read; the message says which, why, and what to name instead."""

    def __init__(self, path: str, why: str, instead: str) -> None:
        super().__init__(f"{path}: {why}; {instead}")


def messages(path: str) -> Iterator[bytes]:
    """The messages in a file, or on standard input for "-"."""
    return of_stream(sys.stdin.buffer) if path == STANDARD_INPUT else of_file(path)


def of_file(path: str) -> Iterator[bytes]:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  # Path would lose a trailing slash and "./"
            yield from of_stream(stream)
    except IsADirectoryError:
        raise CannotRead(path, "is a directory", f"name the files in it, such as {path.rstrip('/')}/*.ndjson") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        why = str(getattr(error, "strerror", error)).lower()
        raise CannotRead(path, why, "name an NDJSON stream, a JSON file, or - for standard input") from None


def of_stream(stream: BinaryIO) -> Iterator[bytes]:
    """A first line that is an object of its own makes an NDJSON stream, which is never held as a whole."""
    lines = _lines(stream)
    first = next(lines, b"")
    if isinstance(_parsed(first), dict):
        yield first
        yield from lines
    elif first:
        yield from _of_whole([first, *lines])


def _of_whole(lines: list[bytes]) -> Iterable[bytes]:
    """One document spread over the lines, or lines after all."""
    text = b"\n".join(lines)
    match _parsed(text):
        case list(elements):
            return (json.dumps(element, separators=(",", ":")).encode() for element in elements)
        case dict():
            return [text]
    return lines


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    for number, line in enumerate(stream):
        text = (line if number else line.removeprefix(_BYTE_ORDER_MARK)).rstrip(b"\r\n")
        if text.strip():
            yield text


def _parsed(text: bytes) -> Any:
    """The JSON in `text`, or None."""
    try:
        return json.loads(text.decode())
    except (ValueError, RecursionError):
        return None
