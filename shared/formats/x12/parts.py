"""A claim's own segments, or those of one of its lines, found by what they say."""

from shared.core.errors import Reason
from shared.formats.x12.blocks import Block
from shared.formats.x12.faults import Malformed
from shared.formats.x12.segments import Segment
from shared.formats.x12.values import element

# Of these the first element says what the segment is about: the key of a date of service is "DTP 472".
_QUALIFIED = frozenset(("AMT", "DTP", "LQ", "NM1", "PRV", "REF"))
_ABSENT: Segment = []


class Part:
    """The segments of a block from `begin` to `end`."""

    __slots__ = ("_block", "_found", "begin")

    def __init__(self, block: Block, begin: int, end: int) -> None:
        self.begin = begin
        self._block = block
        self._found: dict[str, list[int]] = {}
        for offset in range(begin, end):
            segment = block.segments[offset]
            name = segment[0]
            key = f"{name} {element(segment, 1)}" if name in _QUALIFIED else name
            self._found.setdefault(key, []).append(offset)

    def __contains__(self, key: str) -> bool:
        return key in self._found

    def names(self) -> set[str]:
        return {key for key in self._found if key.startswith("NM1 ")}

    def only(self, key: str) -> Segment:
        """The segment, or one without elements; where two stand, the begin of something else was lost."""
        offsets = self._found.get(key)
        if offsets is None:
            return _ABSENT
        if len(offsets) > 1:
            raise Malformed(Reason.BAD_FORM, self._block.place(offsets[1], f"{key}: twice"), structural=True)
        return self._block.segments[offsets[0]]

    def all(self, key: str) -> list[Segment]:
        return [self._block.segments[offset] for offset in self._found.get(key, ())]

    def text(self, key: str, number: int) -> str:
        """An element of the only segment of that key, empty if there is none."""
        return element(self.only(key), number)

    def composite(self, key: str, number: int) -> list[str]:
        return self.text(key, number).split(self._block.delimiters.component)

    def split(self, text: str) -> list[str]:
        return text.split(self._block.delimiters.component)

    def place(self, key: str, what: str) -> str:
        """Where the segment stands, or where it is missed."""
        offsets = self._found.get(key)
        return self._block.place(offsets[0] if offsets else self.begin, what)


def parts_of_claim(block: Block) -> tuple[Part, list[Part]]:
    """A claim's own segments and those of each line, without what other payers decided (loops 2320 and 2430)."""
    names = [segment[0] for segment in block.segments]
    begins = [offset for offset, name in enumerate(names) if name == "LX"]
    if not begins:
        raise Malformed(Reason.MISSING_FIELD, block.place(0, "CLM: no LX follows"), structural=True)
    if "SBR" in names[begins[0] :] or names.count("SBR") != names.count("OI"):
        raise Malformed(Reason.BAD_FORM, block.place(0, "CLM: SBR of no other payer follows"), structural=True)
    own = names.index("SBR") if "SBR" in names else begins[0]
    ends = [*begins[1:], len(names)]
    lines = [Part(block, begin, _before("SVD", names, begin, end)) for begin, end in zip(begins, ends, strict=True)]
    return Part(block, 0, own), lines


def parts_of_payment(block: Block) -> tuple[Part, list[Part]]:
    """The segments of a claim's payment and of each of its lines; what follows LX is of the next payments."""
    names = [segment[0] for segment in block.segments]
    last = _before("LX", names, 0, len(names))
    begins = [offset for offset, name in enumerate(names[:last]) if name == "SVC"]
    ends = [*begins, last]
    return Part(block, 0, ends[0]), [Part(block, begin, end) for begin, end in zip(begins, ends[1:], strict=True)]


def _before(name: str, names: list[str], begin: int, end: int) -> int:
    return names.index(name, begin, end) if name in names[begin:end] else end
