"""An outcome measure: its range, its direction and the least change that matters."""

from decimal import Decimal
from typing import NamedTuple


class Scale(NamedTuple):
    """One instrument. `lowest` and `highest` are None where the contract gives no range (T-scores)."""

    lower_is_better: bool
    important_change: Decimal
    percent_accepted: bool
    lowest: Decimal | None = None
    highest: Decimal | None = None
    loinc: tuple[str, ...] = ()

    def gain(self, before: Decimal, after: Decimal) -> Decimal:
        """How much better `after` is than `before`; negative when worse."""
        return before - after if self.lower_is_better else after - before

    def holds(self, score: Decimal) -> bool:
        return (self.lowest is None or score >= self.lowest) and (self.highest is None or score <= self.highest)
