"""Trails as a file of NDJSON: of each patient a heading with the head, then the entries; at the end one line for all.

    {"patient_id": "P-1", "entries": 2, "head": "<hash of entry 2>"}
    {"hash": "...", "entry": {"seq": 1, ...}}
    {"hash": "...", "entry": {"seq": 2, ...}}
    {"trails": 1, "headings": "..."}

The hash of an entry is the SHA-256 of the bytes of its `entry`; `headings` is that of all headings, each with a line
feed, so that no patient can be left out.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from local.kept import Trail
from shared.core.errors import TrailUnreadable
from shared.core.trail import Entry, Head


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    @property
    def line(self) -> bytes:
        return self.model_dump_json().encode() + b"\n"


class _Heading(_Line):
    patient_id: str
    entries: int
    head: str

    @classmethod
    def of(cls, trail: Trail) -> Self:
        seq, hashed = trail.head or (0, "")
        return cls(patient_id=trail.patient_id, entries=seq, head=hashed)

    def over(self, entries: Sequence[Entry]) -> Trail:
        return Trail(self.patient_id, Head(self.entries, self.head) if self.entries else None, entries)


class _End(_Line):
    trails: int
    headings: str

    @classmethod
    def of(cls, headings: Sequence[bytes]) -> Self:
        return cls(trails=len(headings), headings=hashlib.sha256(b"".join(headings)).hexdigest())


def written(trails: Iterable[Trail]) -> Iterator[bytes]:
    """The lines of the file, each with its end."""
    headings: list[bytes] = []
    for trail in trails:
        headings.append(_Heading.of(trail).line)
        yield headings[-1]
        yield from (entry.line + b"\n" for entry in trail.entries)
    yield _End.of(headings).line


@dataclass
class TrailFile:
    """What a file holds. What is no line of a trail file is taken for an entry that was spoilt."""

    sections: list[tuple[_Heading, list[Entry]]] = field(default_factory=list)
    headings: list[bytes] = field(default_factory=list)
    whole: bool = False

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Self:
        found = cls()
        for line in lines:
            found.take(line)
        return found

    def take(self, line: bytes) -> None:
        """`whole` holds as long as the line that was last taken speaks of all headings before it."""
        self.whole = line + b"\n" == _End.of(self.headings).line
        if heading := _heading(line):
            self.sections.append((heading, []))
            self.headings.append(line + b"\n")
        elif self.sections and not self.whole:
            self.sections[-1][1].append(_entry(line))

    @property
    def trails(self) -> list[Trail]:
        return [heading.over(entries) for heading, entries in self.sections]


def _heading(line: bytes) -> _Heading | None:
    try:
        return _Heading.model_validate_json(line)
    except ValidationError:
        return None


def _entry(line: bytes) -> Entry:
    try:
        return Entry.from_line(line)
    except TrailUnreadable:
        return Entry(line, "")
