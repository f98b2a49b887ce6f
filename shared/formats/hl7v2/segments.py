"""A segment as fields, repetitions and components, by the delimiters that its message declares.

A plain split: the libraries tried build a tree of every message, and cost a hundred times as much for the same fields.
"""

import re
from typing import NamedTuple, Self

from shared.core.errors import Reason
from shared.formats.piecework import Unfit

_HEADER = re.compile(r"MSH([^\w\s])([^\w\s]{4,5})\1", re.ASCII)
_NULL = '""'  # the sender says that the field is empty
Components = list[str]


class Delimiters(NamedTuple):
    field: str
    component: str
    repetition: str
    escape: str
    part: str

    @classmethod
    def of(cls, header: str) -> Self:
        """As MSH-1 and MSH-2 declare them; some senders double the escape character there."""
        declared = _HEADER.match(header)
        marks = (declared[1], *declared[2][:3], declared[2][-1]) if declared else ()
        if len(set(marks)) != len("|^~\\&"):
            raise Unfit(Reason.BAD_FORM, "MSH-2")
        return cls(*marks)

    def plain(self, text: str) -> str:
        """`text` with what was escaped, since it would have been a delimiter."""
        if self.escape not in text:
            return text
        marks = {"F": self.field, "S": self.component, "T": self.part, "R": self.repetition, "E": self.escape}
        escaped = re.escape(self.escape)
        return re.sub(f"{escaped}([FSTRE]){escaped}", lambda found: marks[found[1]], text)


class Segment(NamedTuple):
    """Fields are numbered as the standard does: `segment.text(3)` of PID is PID-3, its first component."""

    name: str
    place: str
    fields: tuple[str, ...]
    marks: Delimiters

    @classmethod
    def of(cls, line: str, place: str, marks: Delimiters) -> Self:
        name, *fields = line.split(marks.field)
        # MSH-1 is the separator itself, which a split takes away.
        return cls(name, place, ((marks.field, *fields) if name == "MSH" else tuple(fields)), marks)

    def repeats(self, number: int) -> list[Components]:
        """Every repetition of a field that says something."""
        if number > len(self.fields) or self.fields[number - 1] in ("", _NULL):
            return []
        repetitions = self.fields[number - 1].split(self.marks.repetition)
        return [[self.marks.plain(it) for it in repetition.split(self.marks.component)] for repetition in repetitions]

    def text(self, number: int, component: int = 1) -> str:
        """A component of the first repetition; empty if it is not told."""
        return next((part(it, component) for it in self.repeats(number)), "")


def part(components: Components, number: int) -> str:
    return components[number - 1].strip() if number <= len(components) else ""
