"""What a score may be and what others call it: by the newest table, since neither depends on the day it is judged."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from shared.core.instruments import Scale
from shared.core.policy import policies


def _scales() -> Mapping[str, Scale]:
    return policies().on(date.max).instruments.value


@lru_cache(maxsize=4096)  # scores recur
def score_in_range(instrument: str, score: Decimal) -> bool:
    """Whether the instrument can give such a score at all."""
    return _scales()[instrument].holds(score)


@cache
def by_loinc() -> dict[str, str]:
    """Instruments by the LOINC codes of their scores."""
    return {code: name for name, scale in _scales().items() for code in scale.loinc}
