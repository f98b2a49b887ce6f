"""A file of HL7 v2 as messages: one after another, in batches or MLLP frames, whatever ends its segments."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from shared.formats.hl7v2.segments import Delimiters, Segment
from shared.formats.hl7v2.times import version
from shared.formats.piecework import Unfit, refused
from shared.formats.reading import Refused

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FRAME = b"\x0b\x1c"  # MLLP puts these around a message
_BATCH = ("FHS", "BHS", "BTS", "FTS")
_ENDS = re.compile(rb"[\r\n]+")
_CHUNK = 65_536


@dataclass(frozen=True)
class Message:
    """A message as its segments; `place` says which of the file it is."""

    place: str
    raw: bytes
    segments: tuple[Segment, ...]

    def as_it_came(self) -> bytes:
        return self.raw

    @cached_property
    def _by_name(self) -> Mapping[str, list[Segment]]:
        named: defaultdict[str, list[Segment]] = defaultdict(list)
        for segment in self.segments:
            named[segment.name].append(segment)
        return named

    def of(self, name: str) -> list[Segment]:
        return self._by_name.get(name, [])

    def first(self, name: str) -> Segment | None:
        return next(iter(self.of(name)), None)

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def type(self) -> tuple[str, str]:
        """DFT and P03."""
        return self.header.text(9), self.header.text(9, 2)

    @property
    def facility(self) -> str:
        return self.header.text(4)

    @cached_property
    def version(self) -> int:
        return version(self.header.text(7), "MSH-7")


def messages(stream: BinaryIO) -> Iterator[Message | Refused]:
    held: list[bytes] = []
    number = 0
    for line in _lines(stream):
        if line.startswith(b"MSH") and held:
            number += 1
            yield _message(held, number)
            held = []
        if line[:3].decode("ascii", "replace") not in _BATCH:
            held.append(line)
    if held:
        yield _message(held, number + 1)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Segments, of which no more is held than one chunk of the file and what it leaves open."""
    begun: list[bytes] = []
    while chunk := stream.read(_CHUNK):
        first, *others = _ENDS.split(chunk)
        begun.append(first)
        if others:
            yield from _told([b"".join(begun), *others[:-1]])
            begun = [others[-1]]
    yield from _told([b"".join(begun)])


def _told(lines: Iterable[bytes]) -> Iterator[bytes]:
    bare = (line.strip(_FRAME).removeprefix(_BYTE_ORDER_MARK) for line in lines)
    return (line for line in bare if line.strip())


def _message(lines: list[bytes], number: int) -> Message | Refused:
    place, raw = f"message {number}", b"\r".join(lines)
    texts = [_text(line) for line in lines]
    try:
        marks = Delimiters.of(texts[0])
    except Unfit as unfit:
        return refused(unfit.reason, f"{place}: {unfit.path}", raw)
    return Message(place, raw, tuple(_segments(texts, marks, place)))


def _segments(texts: list[str], marks: Delimiters, place: str) -> Iterator[Segment]:
    count: dict[str, int] = {}
    for text in texts:
        name = text.split(marks.field, 1)[0]
        count[name] = count.get(name, 0) + 1
        known = name if re.fullmatch("[A-Z][A-Z0-9]{2}", name, re.ASCII) else "segment"
        yield Segment.of(text, f"{place}: {known}[{count[name]}]", marks)


def _text(line: bytes) -> str:
    """Few senders declare what they write in; the codes we read are the same in both."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
