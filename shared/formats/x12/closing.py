"""Envelopes that open and close (ISA-IEA, GS-GE, ST-SE): what does not agree is noted."""

from collections.abc import Iterator
from typing import NamedTuple

from shared.formats.reading import Noted
from shared.formats.x12.blocks import Block
from shared.formats.x12.values import element

_LEVELS = ("ISA", "GS", "ST")


class _Closing(NamedTuple):
    """What a segment closes, which element of that holds the control number, and what its own count counts."""

    opener: str
    control: int
    counts: str


_CLOSINGS = {
    "SE": _Closing("ST", 2, "segments"),
    "GE": _Closing("GS", 6, "transaction sets"),
    "IEA": _Closing("ISA", 13, "groups"),
}
ENVELOPES = frozenset((*_LEVELS, *_CLOSINGS))


class Envelopes:
    """Which envelopes are open, and how many stand in each so far."""

    def __init__(self) -> None:
        self._open: dict[str, Block] = {}
        self._within = dict.fromkeys(_LEVELS, 0)

    def notes(self, block: Block) -> Iterator[Noted]:
        """What is wrong with an envelope when it opens or closes."""
        if block.opener in _LEVELS:
            yield from self._opened(block)
        else:
            yield from self._closed(block, _CLOSINGS[block.opener])

    def at_end(self) -> Iterator[Noted]:
        for opener, block in self._open.items():
            yield Noted("the file ends before this envelope closes", block.place(0, opener))

    def _opened(self, block: Block) -> Iterator[Noted]:
        depth = _LEVELS.index(block.opener)
        for inner in _LEVELS[depth:]:
            if still_open := self._open.pop(inner, None):
                yield Noted("another envelope opens before this one closes", still_open.place(0, inner))
        if depth and _LEVELS[depth - 1] not in self._open:
            yield Noted(f"stands outside any {_LEVELS[depth - 1]}", block.place(0, block.opener))
        self._open[block.opener] = block
        self._within[block.opener] = 0
        if depth:
            self._within[_LEVELS[depth - 1]] += 1
        if block.opener == "ISA" and element(block.segments[0], 15) == "T":
            yield Noted("the sender marked the interchange as test data", block.place(0, "ISA15"))

    def _closed(self, block: Block, closing: _Closing) -> Iterator[Noted]:
        name, segment = block.opener, block.segments[0]
        opened = self._open.pop(closing.opener, None)
        if opened is None:
            yield Noted(f"closes no {closing.opener}", block.place(0, name))
            return
        counted = block.number - opened.number + 1 if name == "SE" else self._within[closing.opener]
        if element(segment, 1).lstrip("0") != str(counted):
            yield Noted(f"not the number of {closing.counts}", block.place(0, f"{name}01"))
        if element(segment, 2) != element(opened.segments[0], closing.control):
            yield Noted(f"not the control number of its {closing.opener}", block.place(0, f"{name}02"))
