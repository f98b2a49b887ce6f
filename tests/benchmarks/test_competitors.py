"""Whoever is timed in `make bench` answers alike, and the table says of a target what is so."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.benchmarks import audits, ours, plain, sql
from tests.benchmarks.patients import CORE_SIX, Told, lines, patient
from tests.benchmarks.patients import plain as as_dicts
from tests.benchmarks.table import at_most, seconds
from tests.builders import Envelope, a_claim_for, a_course, a_visit

PATIENTS = range(25)


FIRST = date(2023, 3, 21)


def edges() -> list[list[Envelope]]:
    """Where rules turn: day 90, session 12 and 20, twelve weeks of pain, the day on which the next period can begin."""
    later = [a_course(1, start=FIRST + timedelta(days=days), first=2) for days in (89, 90)]
    later += [a_course(1, start=day, first=90) for day in (date(2024, 2, 29), date(2024, 3, 1))]
    before = [a_course(count, every=1, start=FIRST, kx_from=None) for count in (1, 1, 20, 20)]
    pains = [a_visit(on=FIRST, condition={"onset_date": FIRST - timedelta(days=days)}) for days in (83, 84)]
    turns = [[visit, a_claim_for(visit)] for visit in pains] + [a + b for a, b in zip(before, later, strict=True)]
    return [[_named(event, f"P-{number}") for event in events] for number, events in enumerate(turns, len(PATIENTS))]


def _named(event: Envelope, patient_id: str) -> Envelope:
    return event | {"detail": event["detail"] | {"patient_id": patient_id}}


def test_plain_python_sql_and_our_rules_find_the_same(tmp_path: Path) -> None:
    told = [*(patient(number) for number in PATIENTS), *edges()]
    dicts = [as_dicts(events) for events in told]
    by_plain = sorted(row for records in dicts for row in plain.audit(records))
    by_us = [f for number, events in enumerate(told) for f in ours.whole(f"P-{number}", ours.history(lines(events)))]
    with sql.warehouse((record for records in dicts for record in records), tmp_path) as warehouse:
        audits.same(by_plain, ours.told(by_us), sql.audit(warehouse, tmp_path))
    assert {rule for _, rule, _ in by_plain} == CORE_SIX


def test_patients_are_those_of_their_seed() -> None:
    assert patient(1) == patient(1)
    assert patient(1) != patient(2) != patient(1, seed=2)


FOUND: list[Told] = [("P-1", "KX_MISSING", "2025-01-06"), ("P-2", "KX_MISSING", "2025-01-06")]


@pytest.mark.parametrize("other", [FOUND[:1], [*FOUND, FOUND[0]], [FOUND[0], ("P-2", "KX_MISSING", "2025-01-07")]])
def test_who_answers_otherwise_has_no_time(other: list[Told]) -> None:
    audits.same(FOUND, FOUND[::-1])
    with pytest.raises(AssertionError, match="competitor 2 answers otherwise"):
        audits.same(FOUND, FOUND, other)
    with pytest.raises(AssertionError, match="nothing was found"):
        audits.same([], [])


@pytest.mark.parametrize(("ratio", "word"), [(1.39, "met"), (1.4, "met"), (1.41, "MISSED")])
def test_a_target_is_met_up_to_its_limit(ratio: float, word: str) -> None:
    assert str(at_most("decode", "9 us", ratio, 1.4, "json.loads")).endswith(f"at most 1.4            {word}")


def test_works_take_turns() -> None:
    turns: list[str] = []
    spent = seconds({"one": lambda: turns.append("one"), "two": lambda: turns.append("two")}, 2)
    assert turns == ["one", "two", "one", "two"]
    assert all(0 <= each < 1 for each in spent.values())
