"""Segments gathered to blocks: an envelope's head or end, a level of the hierarchy, a claim, a payment."""

from collections.abc import Iterator

from shared.core.errors import Reason
from shared.formats.x12.faults import Malformed
from shared.formats.x12.segments import Delimiters, Segment, Segments

# Where something new begins: envelopes, a level (837), a claim (837), a payment (835), the provider's balance (835).
_OPENERS = frozenset(("ISA", "GS", "ST", "HL", "CLM", "CLP", "PLB", "SE", "GE", "IEA"))
# A claim of fifty lines has a few hundred segments, a payment of 999 lines some ten thousand.
LONGEST_BLOCK = 30_000
MOST_RAW_BYTES = 256 * 1024


class Block:
    """`opener`: the name of its first segment; `number`: its place in the file, the first of all being 1."""

    __slots__ = ("delimiters", "number", "opener", "segments", "too_long")

    def __init__(self, number: int, opener: str, delimiters: Delimiters) -> None:
        self.number, self.opener, self.delimiters = number, opener, delimiters
        self.segments: list[Segment] = []
        self.too_long = False

    def place(self, offset: int, element: str) -> str:
        """Where an element stands, the segment counted from the start of the file."""
        return f"segment {self.number + offset} {element}"

    def raw(self) -> bytes:
        """The block as it came, but for line ends and what passes the size that quarantine keeps."""
        element, _, _, terminator = self.delimiters
        text = "".join(element.join(segment) + terminator for segment in self.segments)
        return text.encode("latin-1")[:MOST_RAW_BYTES]

    def refuse_unknown(self, known: dict[str, int]) -> None:
        """Segments of other names, or with more elements than theirs: something was lost or run together."""
        for offset, segment in enumerate(self.segments):
            if len(segment) - 1 > known.get(segment[0], -1):
                what = f"{segment[0]}: too many elements" if segment[0] in known else "is of no kind that belongs here"
                raise Malformed(Reason.BAD_FORM, self.place(offset, what), structural=True)
        if self.too_long:
            raise Malformed(Reason.TOO_LARGE, self.place(0, self.opener), structural=True)


def blocks(segments: Segments) -> Iterator[Block]:
    block: Block | None = None
    for number, segment in enumerate(segments, 1):
        if block is None or segment[0] in _OPENERS:
            if block is not None:
                yield block
            block = Block(number, segment[0], segments.delimiters)
        if len(block.segments) < LONGEST_BLOCK:
            block.segments.append(segment)
        else:
            block.too_long = True
    if block is not None:
        yield block
