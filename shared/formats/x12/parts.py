"""A claim's own segments, or those of one of its lines, found by what they say."""

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

from shared.core.errors import Reason
from shared.formats.x12.blocks import Block
from shared.formats.x12.faults import Malformed
from shared.formats.x12.segments import Segment

# Of these the first element says what the segment is about: the key of a date of service is "DTP 472".
_QUALIFIED = frozenset(("AMT", "DTP", "LQ", "NM1", "PRV", "REF"))
# What stands once in its part, if nothing that begins another was lost between.
_ONCE = frozenset(("SV1", "SV2", "DTP 431", "DTP 434", "DTP 472", "REF 6R", "REF F8", "NM1 71", "NM1 82", "NM1 DQ"))
_ONCE |= {"NM1 85", "NM1 IL", "NM1 PR", "NM1 QC", "AMT B6", "PRV PE", "SBR", "PAT", "MIA", "MOA"}
_MISSING: Segment = []
_Value = TypeVar("_Value")


class Part:
    """The segments of a block from `begin` to `end`; `names`: the keys of those that name somebody."""

    __slots__ = ("_block", "_first", "_segments", "begin", "component", "names")

    def __init__(self, block: Block, begin: int, end: int) -> None:
        self.begin = begin
        self.component = block.delimiters.component
        self.names: list[str] = []
        self._block = block
        self._segments = block.segments[begin:end]
        self._first: dict[str, Segment] = {}
        for segment in self._segments:
            key = segment[0]
            if key in _QUALIFIED and len(segment) > 1:
                key = f"{key} {segment[1]}"
                if segment[0] == "NM1":
                    self.names.append(key)
            if self._first.setdefault(key, segment) is not segment and key in _ONCE:
                raise Malformed(Reason.BAD_FORM, self._place_of(segment, f"{key}: twice"), structural=True)

    def __contains__(self, key: str) -> bool:
        return key in self._first

    def text(self, key: str, number: int) -> str:
        """An element of the first segment of that key, empty if either is missing."""
        segment = self._first.get(key, _MISSING)
        return segment[number] if number < len(segment) else ""

    def value(self, form: Callable[[str], _Value], key: str, number: int) -> _Value:
        """An element in the form that it must have; an empty one is missing."""
        text = self.text(key, number)
        try:
            return form(text)
        except ValueError:
            reason = Reason.BAD_FORM if text else Reason.MISSING_FIELD
            raise Malformed(reason, self.place(key, f"{key[:3].strip()}{number:02}")) from None

    def components(self, key: str, number: int) -> list[str]:
        return self.text(key, number).split(self.component)

    def all(self, key: str) -> list[Segment]:
        """Every segment of that name."""
        return [segment for segment in self._segments if segment[0] == key]

    def split(self, text: str) -> list[str]:
        return text.split(self.component)

    def place(self, key: str, what: str) -> str:
        """Where the segment stands, or where it is missed."""
        return self._place_of(self._first.get(key, self._segments[0]), what)

    def _place_of(self, segment: Segment, what: str) -> str:
        offset = next(offset for offset, each in enumerate(self._segments) if each is segment)
        return self._block.place(self.begin + offset, what)


def parts_of_claim(block: Block) -> tuple[Part, list[Part]]:
    """A claim's own segments and those of each line, without other payers' (loop 2320).

    What other payers decided on a line (2430) stays with it: it has no segment that is read.
    """
    names = [segment[0] for segment in block.segments]
    begins = [offset for offset, name in enumerate(names) if name == "LX"]
    if not begins:
        raise Malformed(Reason.MISSING_FIELD, block.place(0, "CLM: no LX follows"), structural=True)
    own = names.index("SBR") if "SBR" in names[: begins[0]] else begins[0]
    return Part(block, 0, own), _from_each(block, begins, len(names))


def parts_of_payment(block: Block) -> tuple[Part, list[Part]]:
    """The segments of a claim's payment and of each of its lines; what follows LX is of the next payments."""
    names = [segment[0] for segment in block.segments]
    end = names.index("LX") if "LX" in names else len(names)
    begins = [offset for offset, name in enumerate(names[:end]) if name == "SVC"]
    return Part(block, 0, begins[0] if begins else end), _from_each(block, begins, end)


def _from_each(block: Block, begins: list[int], end: int) -> list[Part]:
    return [Part(block, begin, after) for begin, after in pairwise([*begins, end])]
