"""A score, what it may be and what others call it: by the newest table, since neither depends on the day of judging.

Apart from `snapshot`: who reads claims needs no table of instruments.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal, Self

from pydantic import model_validator

from shared.core.errors import Reason
from shared.core.fields import CalendarDate, Number, refused
from shared.core.instruments import Scale
from shared.core.policy import policies
from shared.core.snapshot import Part

Instrument = Literal["NRS", "VAS", "ODI", "RMDQ", "PEG", "QBPDS", "PROMIS-PI", "PROMIS-PF"]


class Score(Part):
    instrument: Instrument
    score: Number
    assessed_on: CalendarDate

    @model_validator(mode="after")
    def _within_its_instrument(self) -> Self:
        if not score_in_range(self.instrument, self.score):
            raise refused(Reason.OUT_OF_RANGE)
        return self


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
