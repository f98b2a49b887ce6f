"""Twelve sessions without a score and a thirteenth with KX: what the scores given say is all there is to say."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.builders import FIRST_DAY, Envelope, a_claim_for, a_course, a_measure, a_visit
from tests.unit.asking import found, told

# Twelve weekly sessions run from day 0 to day 77; the thirteenth is on day 84 unless a test moves it.
Scores = Mapping[int, float]


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


THIRTEENTH = day(84)
UNPROVEN = (f"IMPROVEMENT_MISSING violation session {THIRTEENTH}", f"KX_UNSUPPORTED violation line {THIRTEENTH}")
NO_BASELINE = f"NO_BASELINE warning session {FIRST_DAY}"


def taken(scores: Scores, instrument: str = "NRS") -> list[Envelope]:
    """Measures taken outside visits, by day."""
    return [a_measure(f"{instrument}-{at}", on=day(at), instrument=instrument, score=s) for at, s in scores.items()]


def session(number: int, at: int, *, modifiers: tuple[str, ...] = ("KX",), **visit: Any) -> list[Envelope]:
    seen = a_visit(number, on=day(at), **visit)
    return [seen, a_claim_for(seen, modifiers=modifiers)]


def thirteen(*measures: Envelope, at: int = 84, **visit: Any) -> list[Envelope]:
    """Twelve sessions without a score and a thirteenth with KX, with these measures and no other."""
    return [*a_course(12, scores={}), *session(13, at, **visit), *measures]


def found_at_13(*measures: Envelope) -> set[Any]:
    return found(*thirteen(*measures))


BELOW_MIC = told(f"IMPROVEMENT_BELOW_MIC warning session {THIRTEENTH}")
MISSING = told(*UNPROVEN)
