"""A file of interchanges, piece by piece: which block is read how, and what its envelopes say.

Counts and control numbers that do not agree are noted, for of the real files at hand every other has one wrong. But a
transaction set that does not close is cut off: its last claim or payment may lack lines, and is refused.
"""

from collections.abc import Iterator
from typing import BinaryIO

from shared.core.errors import Reason
from shared.formats.reading import Identify, Noted, Piece, Refused
from shared.formats.x12.blocks import Block, blocks
from shared.formats.x12.claims import read_claim
from shared.formats.x12.closing import ENVELOPES, Envelopes
from shared.formats.x12.faults import Malformed
from shared.formats.x12.known import ENVELOPE
from shared.formats.x12.levels import NO_LEVEL, distrusted, next_level
from shared.formats.x12.payments import read_payment
from shared.formats.x12.segments import Segment, Segments
from shared.formats.x12.transactions import OUTSIDE, transaction_of
from shared.formats.x12.values import element

# Blocks after which a claim or payment is whole; before any other it was cut off.
_GOES_ON = frozenset(("CLM", "CLP", "HL", "PLB", "SE"))
_CONTROL_NUMBER = 13


def read(stream: BinaryIO, identify: Identify) -> Iterator[Piece]:
    """The claims and payments in the file, in its order, each read, refused or noted; memory does not grow with it."""
    reader = _Reader(identify)
    segments = Segments(stream)
    block: Block | None = None
    for following in blocks(segments):
        if block is not None:
            yield from reader.pieces(block, following.opener)
        block = following
    if block is not None:
        yield from reader.pieces(block, "")
    yield from reader.envelopes.at_end()
    if segments.fault:
        yield Refused(segments.fault.reason, segments.fault.place, segments.unread)


class _Reader:
    """What stands above the next block."""

    def __init__(self, identify: Identify) -> None:
        self.envelopes = Envelopes()
        self._identify = identify
        self._interchange = "0"
        self._group: Segment = []
        self._transaction = OUTSIDE
        self._level = NO_LEVEL

    def pieces(self, block: Block, following: str) -> Iterator[Piece]:
        if block.opener in ENVELOPES:
            yield from self.envelopes.notes(block)
        try:
            yield from self._of(block, following)
        except Malformed as fault:
            if fault.structural:
                self._level = distrusted(self._level, fault)
            yield Refused(fault.reason, fault.place, block.raw())

    def _of(self, block: Block, following: str) -> Iterator[Piece]:
        match block.opener:
            case "CLM":
                self._expect("837", block, following)
                yield from read_claim(block, self._level, self._transaction)
            case "CLP":
                self._expect("835", block, following)
                yield from read_payment(block, self._transaction, self._identify)
            case "HL" if self._transaction.kind == "837":
                self._level = next_level(self._level, block, self._identify)
            case "ST":
                yield from self._begin(block)
            case "ISA" | "GS" | "SE" | "GE" | "IEA" | "PLB":
                self._between(block)

    def _between(self, block: Block) -> None:
        """Of an interchange its control number is kept, which has nine digits unless it is broken; and the group."""
        segment = block.segments[0]
        if segment[0] != "PLB":
            self._transaction = OUTSIDE
        if segment[0] == "ISA":
            number = element(segment, _CONTROL_NUMBER)
            self._interchange, self._group = number if number.isdecimal() else "0", []
        elif segment[0] == "GS":
            self._group = segment
        block.refuse_unknown(ENVELOPE)

    def _begin(self, block: Block) -> Iterator[Piece]:
        self._level = NO_LEVEL
        self._transaction = transaction_of(block, self._group, self._interchange)
        if fault := self._transaction.fault:
            yield Refused(fault.reason, fault.place, block.raw())
        elif not self._transaction.kind:
            yield Noted("a transaction set that is neither 837 nor 835", block.place(0, "ST01"))

    def _expect(self, kind: str, block: Block, following: str) -> None:
        transaction = self._transaction
        if transaction.kind != kind and transaction.fault is None:
            raise Malformed(Reason.BAD_FORM, block.place(0, f"{block.opener}: not in this transaction set"))
        if following not in _GOES_ON:
            place = block.place(0, f"{block.opener}: the transaction set is cut off here")
            raise Malformed(Reason.BAD_FORM, place, structural=True)
