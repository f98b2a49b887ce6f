"""Scores as the formats tell them: which instrument a code stands for, and what number an answer is.

Only the score itself is taken: a panel's single answers and raw sums are no scores of ours, and scores of unlike
instruments are never put together.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.core.errors import Reason
from shared.core.scores import by_loinc
from shared.formats.piecework import Unfit

LOINC = "http://loinc.org"
Scalar = int | float
# A 0-10 scale means the same under any unit and real senders write odd ones; a line is 100 mm or 10 cm long.
_PER_UNIT = {"mm": 1, "cm": 10}


class Score(NamedTuple):
    instrument: str
    score: Scalar


class _Tables(BaseModel):
    """shared/policies/measures.toml, which says what each table is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: dict[str, int]
    questionnaires: dict[str, dict[str, str]]
    local: dict[str, str]


@cache
def _tables() -> _Tables:
    text = files("shared.policies").joinpath("measures.toml").read_text(encoding="utf-8")
    return _Tables.model_validate(tomllib.loads(text))


def instrument_of(code: str) -> str | None:
    """By LOINC."""
    return by_loinc().get(code)


def instrument_of_local(code: str) -> str | None:
    """By a code that a sender made up; the table knows some in use."""
    return _tables().local.get(code.upper())


def instrument_of_question(questionnaire: str, link_id: str) -> str | None:
    """By LOINC in the link, or by the questionnaire's name: the end of its canonical address without the version."""
    code = link_id.rsplit("/", 1)[-1]
    name = questionnaire.split("|", 1)[0].rsplit("/", 1)[-1]
    return instrument_of(code) or _tables().questionnaires.get(name, {}).get(link_id)


def ordinal(answer: str) -> int | None:
    """The number a LOINC answer code stands for."""
    return _tables().answers.get(answer)


def in_scale(instrument: str, value: Scalar, unit: str | None, path: str) -> Score:
    """The value on the instrument's own scale. Only a VAS hangs on its unit: 7 may be 7 mm or 7 cm of 10."""
    if instrument != "VAS":
        return Score(instrument, value)
    if unit not in _PER_UNIT:
        raise Unfit(Reason.NOT_IN_LIST, f"{path}.unit")
    return Score(instrument, value * _PER_UNIT[unit])
