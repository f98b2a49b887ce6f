"""Random histories in which the boundaries of rules.md lie close together.

Sessions elsewhere push the numbers of a few dates to 12, 13, 20 and 21; the dates stand around day 90, the twelfth
month and the end of a month; visits and lines differ from a plain one in anything that a rule asks about.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

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

STARTS = tuple(map(date.fromisoformat, ("2020-01-20", "2021-09-30", "2024-02-29", "2025-01-31", "2025-03-31")))
OFFSETS = (0, 1, 2, 3, 7, 28, 88, 89, 90, 91, 180, 333, 334, 335, 336, 365, 366)
NPIS = ("1200000010", "1200000010", "1500000017", "1300000004")
AUXILIARY = ("acupuncturist", "acupuncturist", "physical_therapist", "chiropractor", "other")
PROFESSIONS = ("physician", "physician_assistant", "nurse_practitioner", *AUXILIARY)
MODES = ("personal", "direct", "virtual_video", "virtual_audio", "general")
CODES = ("20560", "20560", "20561", "97810", "97811", "97813", "97814")
OTHERS = ("20552", "99203", "99211", "99213", "97140")
MODIFIERS = ("KX", "KX", "KX", "GA", "GZ", "GY", "25", "50", "59", "XS", "GP", "76")
BESIDE = ("M54.2", "G44.209", "C79.51", "C7A.1", "M45.6", "Z85.3", "M96.1", "Z98.1", "O26.893", "Z34.90", "D00.0")
MUSCLES = ("multifidus", "piriformis", "gluteus medius", "iliocostalis", "Multifidus", "paraspinals")
SCORES = {"NRS": (0, 5, 6, 7, 9), "ODI": (30, 38, 40, 50), "PEG": (4, 5, 6), "PROMIS-PF": (35, 37, 38, 41)}
MINUTES = (None, 7, 8, 15, 22, 23, 37, 38)


class Crowd:
    """One draw."""

    def __init__(self, random: Random) -> None:
        self.random, self.one = random, random.choice
        self.start = self.one(STARTS)
        self.days = sorted(self.day(offset) for offset in random.sample(OFFSETS, random.choice((1, 2, 4, 6))))
        self.odd = self.one((0.05, 0.2, 0.4))

    def day(self, offset: int) -> date:
        return self.start + timedelta(days=offset)

    def some(self) -> bool:
        return self.random.random() < self.odd

    def shifted(self, day: date, *by: int) -> date:
        return day + timedelta(days=self.one(by))

    def diagnoses(self, on: date) -> list[str]:
        plain = "M54.59" if on >= date(2021, 10, 1) else "M54.5"
        if not self.some():
            return [plain]
        others = self.random.sample((*BESIDE, "M54.5", "M54.59", "M54.58"), self.one((0, 1, 2)))
        return list(dict.fromkeys(self.one(([plain, *others], [*others, plain], others))))

    def procedure(self) -> Detail:
        sides = ("left", "right", "bilateral", "midline", None)
        names = [{"name": self.one(MUSCLES), "side": self.one(sides)} for _ in range(self.one((0, 1, 2, 3, 4)))]
        return {
            "kind": self.one(("dry_needling", "dry_needling", "acupuncture")),
            "muscles": names,
            "injection": self.some(),
            "electrical_stimulation": self.one((True, False)),
            "needle_gauge": self.one(("0.30", None)),
            "contact_minutes": self.one(MINUTES),
            "reinsertions": self.one((None, 0, 1, 2)),
        }

    def performer(self, on: date) -> Detail:
        expires = self.one((None, self.shifted(on, -1, 0), date(2031, 1, 1)))
        licence = {"state": "WA", "number": "A1", "expires_on": expires, "unrestricted": not self.some()}
        return {
            "npi": self.one(NPIS),
            "profession": self.one(PROFESSIONS),
            "acupuncture_degree": self.one((True, True, False, None)),
            "acupuncture_license": self.one((licence, licence, None)),
        }

    def differing(self, on: date) -> Detail:
        """What of a visit may differ, each for itself."""
        supervision = self.one((None, {"supervisor_npi": NPIS[0], "mode": self.one(MODES)}))
        signed = {"signed_on": self.shifted(on, -1, 0, 1), "form_expires_on": self.one((None, self.shifted(on, -2, 0)))}
        stated = {name: self.one((True, False, None)) for name in ("systemic_cause", "due_to_surgery")}
        onset = self.one((None, self.shifted(on, -85, -84, -83, 1)))
        ways: dict[str, Any] = {
            "status": self.one(("cancelled", "entered-in-error")),
            "payer": self.one(("medicare_advantage", "other")),
            "place_of_service": self.one(("19", "22", "12")),
            "condition": self.one(({"onset_date": onset}, {"onset_date": onset} | stated)),
            "performer": self.performer(on),
            "supervision": supervision,
            "procedure": self.one((None, self.procedure(), self.procedure())),
            "note": {"signed": self.one((True, False))},
            "screening": self.one((None, ["pregnancy"], ["spine_surgery"], ["anticoagulant", "pregnancy"])),
            "abn": self.one((None, signed)),
        }
        return {name: way for name, way in ways.items() if self.some()}

    def scores(self, on: date) -> list[Detail]:
        taken = [name for name in SCORES if self.random.random() < 0.3]
        return [a_score(self.one(SCORES[name]), self.shifted(on, 0, 0, -1, -30, -31), name) for name in taken]

    def visit(self, id: str, on: date) -> Envelope:
        return a_visit(id, on=on, diagnoses=self.diagnoses(on), measures=self.scores(on), **self.differing(on))

    def line(self, number: int, on: date, diagnoses: int) -> Detail:
        modifiers = self.random.sample(MODIFIERS, self.one((1, 1, 2))) if self.one((True, False)) else []
        pointed = range(1, diagnoses + 1)
        return a_line(
            number,
            on=self.one(self.days) if self.some() else on,
            procedure_code=self.one((*CODES, *OTHERS)) if number > 1 or self.some() else "20560",
            modifiers=modifiers,
            units=self.one((1, 2, 3)) if self.some() else 1,
            diagnosis_pointers=[*pointed][: self.one((0, 1))] if self.some() else [*pointed],
            rendering_npi=self.one(NPIS) if self.some() else NPIS[0],
        )

    def claim(self, id: str, on: date) -> Envelope:
        diagnoses = self.diagnoses(on)
        lines = [self.line(number, on, len(diagnoses)) for number in range(1, self.one((2, 2, 3, 4)))]
        odd: Detail = {"claim_type": "institutional"} if self.some() else {}
        odd |= {"payer": self.one(("medicare_advantage", "other"))} if self.some() else {}
        odd |= {"received_on": self.shifted(on, 0, 3, 365, 366, 367)} if self.some() else {}
        return a_claim(id, on=on, diagnoses=diagnoses, lines=lines, **odd)

    def changed(self, id: str, claim: Envelope) -> Iterator[Envelope]:
        """What may follow a claim: the same once more, a replacement or void, answers of the payer."""
        told, on = claim["detail"], date.fromisoformat(claim["detail"]["received_on"])
        body = {name: told[name] for name in ("lines", "diagnoses", "payer", "claim_type")}
        named = self.one((told["claim_id"], told["claim_id"], "C-unseen", f"{id}x", None))
        if self.some():
            turned = [line | {"modifiers": line["modifiers"][::-1]} for line in told["lines"]]
            yield a_claim(f"{id}d", **(body | {"lines": turned}), received_on=self.shifted(on, 0, 2))
        if self.some():
            yield a_claim(f"{id}x", **body, received_on=on, frequency_code=self.one("78"), replaces_claim_id=named)
        for answer in ("a", "b"):
            if self.some():
                paid = self.shifted(on, 9, 10)
                yield a_remittance(
                    claim, remittance_id=f"R{id}{answer}", status=self.one(("paid", "denied")), paid_on=paid
                )

    def elsewhere(self, id: str) -> Envelope:
        first = self.shifted(self.start, -300, -60, -5, -1, 0, 1, 40)
        count = self.one((0, 1, 8, 10, 11, 12, 12, 13, 18, 19, 19, 20, 21))
        told = {"count": count, "first_on": first, "last_on": self.shifted(first, 0, 1, 5, 30)}
        nothing = {"count": 0, "first_on": None, "last_on": None}
        said = nothing if self.one((True, *(False,) * 5)) else told
        return an_eligibility(id, as_of=self.shifted(self.start, -1, 0, 1), external_sessions=said)

    def events(self) -> Iterator[Envelope]:
        for number in range(self.one((0, 1, 1, 1, 2))):
            yield self.elsewhere(f"E-{number}")
        for number, on in enumerate(self.days):
            for place in range(self.one((0, 1, 1, 1, 1, 2))):
                yield self.visit(f"V-{number}{place}", on)
            for place in range(self.one((0, 1, 1, 1, 1, 2))):
                claim = self.claim(f"C-{number}{place}", on)
                yield claim
                yield from self.changed(claim["detail"]["claim_id"], claim)
        for number in range(self.one((0, 1, 2))):
            name, on = self.one(tuple(SCORES)), self.shifted(self.one(self.days), -31, -30, -1, 0, 1, 90)
            status = self.one(("final", "final", "entered-in-error"))
            yield a_measure(f"M-{number}", on=on, instrument=name, score=self.one(SCORES[name]), status=status)
