"""Random histories of one patient, crowded so that records collide: few ids, few dates, several versions of each."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from shared.core.events import Event
from tests.builders import Envelope, a_claim, a_line, a_measure, a_remittance, a_score, a_visit, an_eligibility
from tests.unit.asking import snapshot

START = date(2025, 3, 31)
# Around the start, the 12th week, day 90 of the window, the change of period, and a run of days in between.
OFFSETS = (*range(0, 60, 3), 83, 84, 85, 88, 89, 90, 91, 120, 150, 180, 333, 334, 335, 336, 337, 365, 366)
DAYS = tuple(START + timedelta(days=offset) for offset in OFFSETS)
DIAGNOSES: tuple[list[str], ...] = (["M54.59"],) * 6 + (
    ["M54.5"],
    ["M54.2", "M54.51"],
    ["M54.59", "Z85.3"],
    ["M54.59", "C79.51"],
    ["M54.2"],
    [],
)
PAYERS = ("medicare_ffs",) * 6 + ("medicare_advantage", "other")
INSTRUMENTS = ("NRS", "NRS", "ODI", "PROMIS-PF", "PEG")

IDS: Mapping[str, int] = {"visit": 24, "claim": 24, "remittance": 6, "eligibility": 3, "measure": 6}


def a_random_score(random: Random) -> dict[str, Any]:
    return a_score(random.choice((0, 2, 3, 5, 7, 9)), random.choice(DAYS), random.choice(INSTRUMENTS))


def a_random_visit(id: str, random: Random) -> Envelope:
    return a_visit(
        id,
        on=random.choice(DAYS),
        status=random.choice(("completed",) * 6 + ("cancelled", "entered-in-error")),
        payer=random.choice(PAYERS),
        diagnoses=random.choice(DIAGNOSES),
        condition={"onset_date": random.choice(("2020-06-01",) * 4 + (None, "2025-01-06", "2025-01-07"))},
        measures=[a_random_score(random) for _ in range(random.randrange(3))],
        **random.choice(({}, {}, {}, {}, {"procedure": None}, {"screening": ["pregnancy", "spine_surgery"]})),
    )


def a_random_line(number: int, codes: int, random: Random) -> dict[str, Any]:
    return a_line(
        number,
        on=random.choice(DAYS),
        procedure_code=random.choice(("20560", "20560", "97810", "97140")),
        modifiers=random.choice(([], ["KX"], ["59"], ["KX", "GA"])),
        diagnosis_pointers=random.sample(range(1, codes + 1), random.randint(0, codes)),
    )


def a_random_claim(id: str, random: Random) -> Envelope:
    diagnoses = random.choice(DIAGNOSES)
    frequency = random.choice(("1",) * 6 + ("7", "8"))
    return a_claim(
        id,
        frequency_code=frequency,
        replaces_claim_id=None if frequency == "1" else f"C-{random.randrange(IDS['claim'])}",
        claim_type=random.choice(("professional",) * 4 + ("institutional",)),
        payer=random.choice(PAYERS),
        diagnoses=diagnoses,
        received_on=random.choice(DAYS),
        lines=[a_random_line(number, len(diagnoses), random) for number in range(1, random.randint(2, 4))],
    )


def a_random_remittance(id: str, random: Random) -> Envelope:
    claim = a_claim(f"C-{random.randrange(IDS['claim'])}", lines=[a_line(1), a_line(2)])
    status = random.choice(("paid", "denied"))
    return a_remittance(claim, remittance_id=id, status=status, paid_on=random.choice(DAYS))


def a_random_eligibility(id: str, random: Random) -> Envelope:
    first, last = sorted(random.sample(DAYS, 2))
    told = {"count": random.choice((0, 1, 8, 12, 19, 20)), "first_on": first, "last_on": last}
    nothing = {"count": 0, "first_on": None, "last_on": None}
    return an_eligibility(id, as_of=random.choice(DAYS), external_sessions=random.choice((told, told, nothing)))


def a_random_measure(id: str, random: Random) -> Envelope:
    status = random.choice(("final", "final", "entered-in-error"))
    score = a_random_score(random)
    return a_measure(id, status=status, **score)


MAKERS: Mapping[str, Callable[[str, Random], Envelope]] = {
    "visit": a_random_visit,
    "claim": a_random_claim,
    "remittance": a_random_remittance,
    "eligibility": a_random_eligibility,
    "measure": a_random_measure,
}
KINDS = ("visit",) * 5 + ("claim",) * 5 + ("remittance", "eligibility", "measure", "measure")


@cache
def made(kind: str, number: int, version: int, variant: int) -> Event:
    """One of four bodies; the same every time, so that each is parsed once."""
    envelope = MAKERS[kind](f"{kind[0].upper()}-{number}", Random(f"{kind} {number} {version} {variant}"))
    envelope["detail"]["version"] = version
    return snapshot(envelope)


def a_history(random: Random) -> list[Event]:
    """5 to 40 distinct snapshots, no two bodies under one id and version."""
    drawn: dict[tuple[str, int, int], Event] = {}
    for _ in range(random.randint(5, 40)):
        kind = random.choice(KINDS)
        key = kind, random.randrange(IDS[kind]), random.randint(1, 3)
        drawn.setdefault(key, made(*key, random.randrange(4)))
    while len(drawn) < 5:
        key = "visit", random.randrange(IDS["visit"]), 1
        drawn.setdefault(key, made(*key, 0))
    return list(drawn.values())
