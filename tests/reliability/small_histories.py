"""Small histories, each about records that could matter to one another; every order of each is tried."""

from collections.abc import Iterator
from datetime import date, timedelta

from shared.core.events import Event
from tests.builders import (
    FIRST_DAY,
    Envelope,
    a_claim,
    a_claim_for,
    a_course,
    a_line,
    a_measure,
    a_remittance,
    a_score,
    a_visit,
    an_eligibility,
)
from tests.unit.asking import snapshot
from tests.unit.histories import made


def _version(event: Envelope, version: int, **changes: object) -> Envelope:
    return event | {"detail": event["detail"] | changes | {"version": version}}


def _told() -> Iterator[list[Envelope]]:
    """What a sender could say in earnest."""
    visit, claim = a_course(1)
    second, second_claim = a_course(1, start=FIRST_DAY + timedelta(days=7), first=2, scores={1: 5})
    error, void = _version(visit, 2, status="entered-in-error"), _version(claim, 2, frequency_code="8")
    restored = _version(visit, 3)
    replaced = a_claim("C-R", frequency_code="7", replaces_claim_id=claim["detail"]["claim_id"])
    voiding = a_claim("C-V", frequency_code="8", replaces_claim_id="C-R")
    paid, denied = a_remittance(claim), a_remittance(claim, remittance_id="R-2", status="denied", version=1)
    twelve = {"count": 12, "first_on": "2024-10-07", "last_on": "2024-12-30"}
    elsewhere = an_eligibility(1, external_sessions=twelve)
    corrected = _version(elsewhere, 2, external_sessions=twelve | {"count": 2})
    odi = [
        a_measure(number, on=date(2025, 1, day), instrument="ODI", score=40 - day) for number, day in ((1, 6), (2, 13))
    ]
    neck = _version(claim, 3, diagnoses=["M54.2"])
    yield [visit, error, restored, claim, void, second, second_claim]
    yield [visit, claim, replaced, voiding, paid, denied, second]
    yield [visit, claim, second, second_claim, elsewhere, corrected, error]
    yield [visit, claim, second, second_claim, *odi, _version(odi[0], 2, status="entered-in-error")]
    yield [claim, void, neck, visit, paid, second_claim, replaced]
    yield [
        visit,
        _version(visit, 2, measures=[a_score(7, FIRST_DAY) | {"assessed_on": str(FIRST_DAY)}]),
        _version(visit, 5),
        claim,
        paid,
        elsewhere,
    ]
    yield [a_claim(1), a_claim(2), a_visit(1), a_visit(2), a_claim(1, lines=[a_line(1), a_line(2)], version=2)]
    yield [elsewhere, corrected, visit, claim, a_claim_for(visit, modifiers=["KX"], version=2)]


def small_histories() -> list[tuple[Event, ...]]:
    """Forty: those told above, and others drawn from few ids and few days with several versions of a record."""
    histories = [tuple(map(snapshot, events)) for events in _told()]
    kinds = ("visit", "claim", "visit", "claim", "remittance", "measure", "eligibility")
    for number in range(40 - len(histories)):
        size = 7 if number % 4 else 6
        drawn = [(kinds[place], (number + place // 3) % 5, 1 + (place + number) % 3) for place in range(size)]
        histories.append(tuple(made(*key, (number + place) % 4) for place, key in enumerate(drawn)))
    return histories
