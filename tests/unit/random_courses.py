"""Random courses of treatment: told as a clinic and a payer would, with whatever may go wrong along the way.

The histories of `histories` are crowded at random and seldom pass the twelfth session; these do, and then have their
visits corrected, their claims replaced, voided and billed twice, and others' sessions counted in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from shared.core.events import Event
from tests.builders import (
    Detail,
    Envelope,
    a_claim,
    a_line,
    a_measure,
    a_remittance,
    a_score,
    a_visit,
    an_eligibility,
)
from tests.unit.asking import snapshot

STARTS = (date(2019, 12, 2), date(2021, 8, 2), date(2024, 8, 5), date(2025, 1, 6))
KX_FROM, LAST_OF_PERIOD = 13, 21
NPIS = ("1200000010", "1200000028", "1234567893")
LICENCE: Detail = {"state": "WA", "number": "AC1", "expires_on": "2030-01-01", "unrestricted": True}
CODES = ("20560", "20561", "20552", "97810", "97811", "97813", "97814", "99203", "99211", "99213")
MODIFIERS = ("KX", "GA", "GX", "GY", "GZ", "GP", "59", "25", "50")
DIAGNOSES: Sequence[list[str]] = (
    ["M54.5"],
    ["M54.59", "M25.5"],
    ["M54.2"],
    ["M54.59", "C79.51"],
    ["M54.59", "O26.8"],
    [],
)
PATTERNS: Sequence[Callable[[int], float | None]] = (
    lambda n: 10 - n if n < 10 else None,
    lambda n: 7 if n < 13 else 4,
    {1: 7, 2: 9, 3: 9, 6: 8, 13: 4, 16: 8}.get,
    {12: 7, 13: 4}.get,
    {1: 7, 12: 4}.get,
    {1: 0, 8: 3, 14: 0}.get,
    dict[int, float]().get,
)


def a_random_change(on: date, random: Random) -> Detail:
    """One thing that is not as it should be, or is told otherwise."""
    performer = {"npi": random.choice(NPIS), "profession": random.choice(("acupuncturist", "physical_therapist"))}
    holds = {"acupuncture_degree": random.choice((True, None)), "acupuncture_license": random.choice((LICENCE, None))}
    onset = random.choice((None, on - timedelta(days=random.choice((80, 83, 84, 90)))))
    changes: Sequence[Detail] = (
        {"status": "cancelled"},
        {"payer": random.choice(("medicare_advantage", "other"))},
        {"diagnoses": random.choice(DIAGNOSES)},
        {"condition": {"onset_date": onset}},
        {"condition": {random.choice(("systemic_cause", "due_to_surgery")): random.choice((True, None))}},
        {"performer": performer | holds},
        {"performer": {"npi": random.choice(NPIS)}},
        {"procedure": None},
        {"procedure": {"kind": "acupuncture", "electrical_stimulation": random.choice((True, False))}},
        {"procedure": {"injection": True, "muscles": []}},
        {"note": {"signed": False}},
        {"screening": random.choice((None, ["pregnancy"], ["spine_surgery", "anticoagulant"]))},
        {"abn": {"signed_on": on + timedelta(days=random.choice((-1, 0, 1))), "form_expires_on": on}},
        {"measures": [a_score(random.choice((0, 4, 7)), on - timedelta(days=random.choice((0, 1, 7))), "PEG")]},
    )
    return random.choice(changes)


class RandomCourse:
    """One draw. `odd` is how often something of its kind is not as in a plain course."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.start = random.choice(STARTS)
        self.every = random.choice((2, 4, 7, 7, 8, 20))
        self.odd = {
            kind: random.choice((0, 0, 0.1, 0.3)) for kind in ("visit", "claim", "beside", "score", "elsewhere")
        }
        self.score = random.choice(PATTERNS)
        self.instruments = random.choice((("NRS",), ("NRS", "ODI"), ("NRS", "PROMIS-PF")))
        self.onset = random.choice((self.start - timedelta(days=random.choice((70, 84, 900))), None))

    def some(self, kind: str) -> bool:
        return self.random.random() < self.odd[kind]

    def day(self, session: int) -> date:
        """The last three belong to the next period."""
        return self.start + timedelta(days=self.every * (session - 1) + (400 if session > LAST_OF_PERIOD else 0))

    def visit(self, id: str, session: int) -> Envelope:
        on, score = self.day(session), self.score(session)
        measures = [] if score is None or self.some("score") else [a_score(score, on, n) for n in self.instruments]
        told: Detail = {"condition": {"onset_date": self.onset if session == 1 or self.some("visit") else None}}
        odd: Detail = a_random_change(on, self.random) if self.some("visit") else {}
        changes: Detail = {"measures": measures} | told | odd
        return a_visit(id, on=on, **changes)

    def line(self, number: int, npi: str, session: int) -> Detail:
        random, modifiers = self.random, {"KX"} if session >= KX_FROM and not self.some("claim") else set()
        plain = number == 1 and not self.some("claim")
        return a_line(
            number,
            on=self.day(session + self.some("claim")),
            procedure_code="20560" if plain else random.choice(CODES),
            modifiers=sorted(modifiers if plain else modifiers | {random.choice(MODIFIERS)}),
            units=1 if plain else random.choice((1, 2)),
            rendering_npi=npi if plain else random.choice((npi, *NPIS)),
        )

    def claim(self, id: str, visit: Envelope, session: int) -> Envelope:
        told, random, odd = visit["detail"], self.random, self.some("claim")
        lines = range(1, random.choice((3, 4)) if odd else 2)
        kind: Detail = {"claim_type": "institutional", "type_of_bill": "0131"} if self.some("claim") else {}
        return a_claim(
            id,
            lines=[self.line(number, told["performer"]["npi"], session) for number in lines],
            diagnoses=told["diagnoses"] or ["M54.59"],
            received_on=self.day(session) + timedelta(days=random.choice((1, 8, 370)) if odd else 1),
            payer="medicare_advantage" if self.some("claim") else told["payer"],
            **kind,
        )

    def changing(self, id: str, claim: Envelope) -> Envelope:
        """A replacement or a void of the claim, or of one never seen."""
        told, random = claim["detail"], self.random
        kept = {name: told[name] for name in ("lines", "diagnoses", "payer", "claim_type", "type_of_bill")}
        named = random.choice((told["claim_id"], told["claim_id"], "C-unseen", None, id))
        received = date.fromisoformat(told["received_on"]) + timedelta(days=5)
        code = random.choice(("7", "8"))
        return a_claim(id, **kept, received_on=received, frequency_code=code, replaces_claim_id=named)

    def measure(self, id: str, session: int, random: Random) -> Envelope:
        day = self.day(session) + timedelta(days=random.choice((-1, 0, 0, 1)))
        instrument = random.choice((*self.instruments, "PEG"))
        return a_measure(id, on=day, score=random.choice((0, 3, 4, 7, 9)), instrument=instrument)

    def elsewhere(self, id: str, session: int, random: Random) -> Envelope:
        first, last = sorted(self.start + timedelta(days=random.randrange(-40, 120)) for _ in range(2))
        told = {"count": random.choice((0, 1, 8, 12, 19)), "first_on": first, "last_on": last}
        return an_eligibility(id, as_of=self.day(session), external_sessions=told)

    def around(self, session: int) -> Iterator[Envelope]:
        """A session and what may come of it."""
        visit, random = self.visit(f"V-{session:02}", session), self.random
        claim = self.claim(f"C-{session:02}", visit, session)
        told: Mapping[str, Sequence[Envelope]] = {
            "visit": [self.visit(f"V-{session:02}b", session)],
            "claim": [self.claim(f"C-{session:02}b", visit, session), self.changing(f"C-{session:02}c", claim)],
            "beside": [a_remittance(claim), a_remittance(claim, remittance_id=f"R-{session}b", status="denied")],
            "score": [self.measure(f"M-{session}", session, random)],
            "elsewhere": [self.elsewhere(f"E-{session}", session, random)],
        }
        yield from (envelope for envelope in (visit, claim) if not self.some("beside"))
        yield from (envelope for kind, others in told.items() for envelope in others if self.some(kind))


def a_random_course(random: Random) -> list[Event]:
    course = RandomCourse(random)
    sessions = range(1, random.choice((4, 14, 14, 22, 25)))
    return [snapshot(envelope) for session in sessions for envelope in course.around(session)]
