"""A file of FHIR as JSON documents: one resource or Bundle spread over lines, or NDJSON with one on each line.

Names that stand twice in an object are refused, since readers differ in which of the two they take.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO, NamedTuple, NoReturn

from shared.core.errors import Reason
from shared.formats.piecework import refused
from shared.formats.reading import Refused

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Document(NamedTuple):
    """One JSON object and the text of it; `place` is empty for a file that holds this document alone."""

    body: Mapping[str, Any]
    raw: bytes
    place: str


class _Twice(ValueError):
    """A name stands twice in an object."""


def documents(stream: BinaryIO) -> Iterator[Document | Refused]:
    """A first line that is an object of its own makes NDJSON, which is never held as a whole."""
    lines = _lines(stream)
    first = next(lines, (1, b""))
    alone = _document(first[1], "")
    if isinstance(alone, Refused):
        yield from _of_whole([first, *lines])
    elif (second := next(lines, None)) is None:
        yield alone
    else:
        yield from map(_of_line, chain([first, second], lines))


def _of_whole(lines: list[tuple[int, bytes]]) -> Iterable[Document | Refused]:
    """One document spread over the lines, or NDJSON after all whose first line is broken."""
    whole = _document(b"\n".join(line for _, line in lines), "")
    if isinstance(whole, Refused) and any(isinstance(_of_line(line), Document) for line in lines[1:]):
        return map(_of_line, lines)
    return [whole]


def _of_line(numbered: tuple[int, bytes]) -> Document | Refused:
    number, line = numbered
    return _document(line, f"line {number}: ")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, start=1):
        text = (line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line).rstrip(b"\r\n")
        if text.strip():
            yield number, text


def _document(text: bytes, place: str) -> Document | Refused:
    try:
        body = json.loads(text.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except _Twice:
        return refused(Reason.AMBIGUOUS, f"{place}a name stands twice in one object", text)
    except RecursionError:
        return refused(Reason.TOO_DEEP, f"{place}body", text)
    except ValueError:
        return refused(Reason.NOT_JSON, f"{place}body", text)
    if not isinstance(body, dict):
        return refused(Reason.WRONG_TYPE, f"{place}body", text)
    return Document(body, text, place)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) < len(pairs):
        raise _Twice
    return body


def _no_number(_: str) -> NoReturn:
    raise ValueError
