"""The outcome measures the contract knows: range, direction and minimal important change, from the policy folder."""

import tomllib
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class Scale(BaseModel):
    """One instrument. `lowest` and `highest` are None where the contract gives no range (T-scores)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lowest: Decimal | None = None
    highest: Decimal | None = None
    lower_is_better: bool
    important_change: Decimal
    percent_accepted: bool
    loinc: tuple[str, ...] = ()

    def gain(self, before: Decimal, after: Decimal) -> Decimal:
        """How much better `after` is than `before`; negative when worse."""
        return before - after if self.lower_is_better else after - before

    def holds(self, score: Decimal) -> bool:
        return (self.lowest is None or score >= self.lowest) and (self.highest is None or score <= self.highest)


@cache
def _ranges() -> dict[str, Scale]:
    text = files("shared.policies").joinpath("ncd_30_3_3.toml").read_bytes().decode()
    # The newest table: what a score may be does not depend on the day it is judged.
    newest = max(tomllib.loads(text)["instruments"], key=lambda entry: entry["from"])
    return {name: Scale.model_validate(scale) for name, scale in newest["value"].items()}


@lru_cache(maxsize=4096)  # scores recur
def score_in_range(instrument: str, score: Decimal) -> bool:
    """Whether the instrument can give such a score at all."""
    return _ranges()[instrument].holds(score)


@cache
def by_loinc() -> dict[str, str]:
    """Instruments by the LOINC codes of their scores."""
    return {code: name for name, scale in _ranges().items() for code in scale.loinc}
