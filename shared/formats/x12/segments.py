"""The segments of a stream of interchanges, cut by the four delimiters that each interchange names in its ISA.

Bytes are taken as Latin-1, which keeps each of them: nothing we read but names goes beyond ASCII.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from shared.core.errors import Reason
from shared.formats.x12.faults import Malformed

Segment = list[str]

CHUNK = 64 * 1024
# Far beyond any segment of the guides: past it the terminator that the ISA names is not the one in use.
LONGEST_SEGMENT = 256 * 1024
_ISA_LENGTH = 106
# Every element of the ISA has its width, so the element separator stands at these places.
_SEPARATED_AT = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_BLANK = "\r\n\t "
_BYTE_ORDER_MARK = "ï»¿"


class Delimiters(NamedTuple):
    element: str
    repetition: str
    component: str
    terminator: str


def delimiters_of(isa: str) -> Delimiters:
    """The delimiters, from the first 106 characters of an interchange."""
    element = isa[3:4]
    if len(isa) < _ISA_LENGTH or not isa.startswith("ISA") or any(isa[at] != element for at in _SEPARATED_AT):
        raise Malformed(Reason.BAD_FORM, "ISA: not sixteen elements of fixed width")
    found = Delimiters(element, isa[82], isa[104], isa[105])
    # Before 005010 ISA11 was a letter, and nothing was repeated.
    told_apart = {found.element, found.component, found.terminator} | ({found.repetition} - {"U"})
    if len(told_apart) + (found.repetition == "U") < len(found) or any(
        mark.isalnum() or mark == " " for mark in told_apart
    ):
        raise Malformed(Reason.AMBIGUOUS, "ISA: the delimiters are letters, digits or blanks, or not four")
    return found


class Segments:
    """Iterates over the segments, each as its elements; `delimiters` are those of the segment last given.

    Ends before the end of the file where no segment can be told any more: `fault` says why, `unread` is what follows.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.delimiters = Delimiters("*", "^", ":", "~")
        self.fault: Malformed | None = None
        self._stream = stream
        self._text = ""

    @property
    def unread(self) -> bytes:
        return self._text.encode("latin-1")[:LONGEST_SEGMENT]

    def __iter__(self) -> Iterator[Segment]:
        return chain.from_iterable(self._runs())

    def _runs(self) -> Iterator[list[Segment]]:
        """The segments, as many at a time as the buffer holds of one interchange."""
        try:
            while self._at_interchange():
                self.delimiters = delimiters_of(self._text[:_ISA_LENGTH])
                yield from self._of_interchange()
        except Malformed as fault:
            self.fault = fault

    def _at_interchange(self) -> bool:
        """Whether anything but blanks is left. Of the next interchange the ISA is in the buffer."""
        self._text = self._text.lstrip(_BLANK)
        while len(self._text) < _ISA_LENGTH and self._more():
            self._text = self._text.removeprefix(_BYTE_ORDER_MARK).lstrip(_BLANK)
        return bool(self._text)

    def _more(self) -> bool:
        chunk = self._stream.read(CHUNK)
        self._text += chunk.decode("latin-1")
        return bool(chunk)

    def _of_interchange(self) -> Iterator[list[Segment]]:
        """Up to its IEA, or to the ISA of the next if the IEA is missing, or to the end."""
        yield [self._taken(_ISA_LENGTH)[:-1].split(self.delimiters.element)]
        element, terminator = re.escape(self.delimiters.element), re.escape(self.delimiters.terminator)
        last = re.compile(rf"I[ES]A(?<![^{terminator}\r\n]I[ES]A){element}")
        while (end := self._end(last)) is None:
            yield self._cut(self._taken(self._text.rfind(self.delimiters.terminator) + 1))
            if len(self._text) > LONGEST_SEGMENT:
                raise Malformed(Reason.TOO_LARGE, "a segment that does not end")
            if not self._more():
                end = len(self._text)  # the last terminator may be missing
                break
        yield self._cut(self._taken(end))

    def _end(self, last: re.Pattern[str]) -> int | None:
        """Where the interchange ends in the buffer: behind its IEA, or before the ISA of the next."""
        found = last.search(self._text)
        if found is None:
            return None
        if found[0].startswith("ISA"):
            return found.start()
        return self._text.find(self.delimiters.terminator, found.end()) + 1 or None

    def _taken(self, length: int) -> str:
        taken, self._text = self._text[:length], self._text[length:]
        return taken

    def _cut(self, text: str) -> list[Segment]:
        element, _, _, terminator = self.delimiters
        return [line.split(element) for piece in text.split(terminator) if (line := piece.strip("\r\n"))]
