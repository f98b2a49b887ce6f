"""What claims and payments have in common as events: the envelope, and the numbers of lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.core.errors import Unreadable
from shared.core.refusals import checked
from shared.core.snapshot import Snapshot
from shared.formats.x12.blocks import Block
from shared.formats.x12.faults import Malformed
from shared.formats.x12.parts import Part
from shared.formats.x12.transactions import Transaction

SOURCE = "ncd-audit.x12"
_MOST_DIGITS = 9


def envelope(kind: str, detail: dict[str, Any], transaction: Transaction, number: int) -> dict[str, Any]:
    """The delivery is named by the interchange and the segment: an account number of a patient would be logged."""
    return {
        "id": f"x12-{transaction.interchange}-{number}",
        "source": SOURCE,
        "detail-type": kind,
        "time": transaction.time,
        "detail": detail,
    }


def line_numbers(controls: Sequence[str]) -> Sequence[int]:
    """The lines' own control numbers if each has one and they are numbers; else the places, counted from 1.

    What cannot be known: where control numbers are no numbers and a payer answers some lines only or in another order,
    which line is meant.
    """
    numbers = [int(text) for text in controls if text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS]
    return numbers if len(set(numbers)) == len(controls) else range(1, len(controls) + 1)


def refuse_unfit(
    model: type[Snapshot], detail: Mapping[str, Any], block: Block, lines: Sequence[Part], elements: Mapping[str, str]
) -> None:
    """What is read passes the core's own model; what does not is refused at its segment, by the name of its element."""
    try:
        checked(model, detail)
    except Unreadable as refusal:
        steps = refusal.where.split(".")
        name = next((elements[step] for step in reversed(steps) if step in elements), "")
        of_line = steps[0] == "lines" and len(steps) > 1
        offset = lines[int(steps[1])].begin if of_line else 0
        segment = block.segments[offset][0]
        raise Malformed(refusal.reason, block.place(offset, f"{segment}: {name}" if name else segment)) from None
