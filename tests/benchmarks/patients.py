"""Patients by seed: as many visits as claims, with something wrong here and there for the core six to find.

The core six: DX_INVALID_FOR_DOS, DX_NOT_COVERED, CHRONICITY_NOT_MET, KX_MISSING, OUTSIDE_INITIAL_WINDOW and
OVER_ANNUAL_LIMIT. Nothing here makes a session of a date or unmakes one in a way that only other rules look at.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.builders import Envelope, a_claim_for, a_score, a_visit

CORE_SIX = frozenset(
    (
        "DX_INVALID_FOR_DOS",
        "DX_NOT_COVERED",
        "CHRONICITY_NOT_MET",
        "KX_MISSING",
        "OUTSIDE_INITIAL_WINDOW",
        "OVER_ANNUAL_LIMIT",
    )
)
# (patient, rule, date): what every competitor must answer alike.
Told = tuple[str, str, str]

_FIRST, _LAST = date(2021, 6, 1), date(2024, 6, 1)
_INITIAL = 12
_OTHER_CODES = ("M54.5", "M25.551")  # no longer valid in most of these years; never covered


def patient(number: int, seed: int = 1, visits: int = 20) -> list[Envelope]:
    """`visits` visits, a few more or less, and a claim for each.

    Most come weekly for twelve visits and then once a month, in all fourteen months for twenty; some go on weekly, some
    come once a month from the start.
    """
    random = Random(f"{seed}/{number}")
    patient_id = f"P-{number}"
    weekly = random.choices((12, 30, 0), (8, 1, 1))[0]
    day = _FIRST + timedelta(days=random.randrange((_LAST - _FIRST).days))
    onset = day - timedelta(days=random.choices((30, 90, 400), (1, 1, 18))[0])
    told: list[Envelope] = []
    first, begun = 0, day
    for at in range(max(1, visits + random.randint(-2, 2))):
        if day >= date(begun.year + 1, begun.month, 1):  # a new period, and a new count
            first, begun = at, day
        seen = _visit(random, patient_id, at + 1, day, onset)
        told += _session(random, seen, due=at - first >= _INITIAL)
        day += timedelta(days=random.randint(5, 8) if at - first < weekly else random.randint(30, 50))
    return told


def _visit(random: Random, patient_id: str, number: int, day: date, onset: date) -> Envelope:
    stated = {"onset_date": onset if random.random() < 0.7 else None}
    measures = [a_score(7 - min(number, _INITIAL) // 4, day)] if number % 4 == 1 else []
    code = random.choices(("M54.59", *_OTHER_CODES), (98, 1, 1))
    return a_visit(number, on=day, patient_id=patient_id, condition=stated, measures=measures, diagnoses=code)


def _session(random: Random, seen: Envelope, *, due: bool) -> Iterator[Envelope]:
    """The visit, as a rule, and its claim; `due`: whether KX is."""
    if random.random() < 0.97:
        yield seen
    billed = a_claim_for(seen, modifiers=["KX"] if random.random() < (0.95 if due else 0.02) else [])
    yield billed
    if random.random() < 0.03:
        yield _changing(billed, random.choice("78"))


def _changing(billed: Envelope, frequency: str) -> Envelope:
    """The replacement or void of a claim."""
    detail = billed["detail"] | {"frequency_code": frequency, "replaces_claim_id": billed["detail"]["claim_id"]}
    detail["claim_id"] += "-again"
    return billed | {"detail": detail, "id": f"{billed['id']}-again"}


def lines(events: list[Envelope]) -> list[bytes]:
    """The events as they come over the wire."""
    return [json.dumps(event).encode() for event in events]


def plain(events: list[Envelope]) -> list[dict[str, Any]]:
    """The events as the plain competitor holds them: dicts, nothing derived."""
    return [json.loads(line) for line in lines(events)]
