"""What no acceptance case says: an encounter for each such thing, so that said.txt holds every message once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.builders import Detail, Envelope, a_course, a_visit
from tests.unit.encounters import (
    DAY,
    OTHER_NEEDLER,
    acupuncture,
    bill,
    billed_alone,
    days,
    encounter,
    line,
    seen,
)
from tests.unit.told_by_reader import a_read_visit

LICENCE: Detail = {"state": "WA", "number": "AC1", "expires_on": days(365), "unrestricted": True}
PRESENT = {"supervisor_npi": "1200000010", "mode": "direct"}
GA = line(1, "20560", "GA")


def performed(
    profession: str = "acupuncturist", *, supervision: Detail | None = PRESENT, **held: Any
) -> list[Envelope]:
    holds = {"npi": OTHER_NEEDLER, "profession": profession, "acupuncture_degree": True, "acupuncture_license": LICENCE}
    return encounter(performer=holds | held, supervision=supervision)


def read(*billed: Detail, **stated: Any) -> list[Envelope]:
    """A visit told by a reader of FHIR, with what it states beside payer, condition and kind."""
    known = {"payer": "medicare_ffs", "condition": a_visit()["detail"]["condition"]}
    return [a_read_visit("V", on=DAY, **(known | stated)), bill(*billed or [line(1, "20560")])]


def read_of_another(profession: str | None, **stated: Any) -> list[Envelope]:
    return read(performer={"profession": profession, "npi": OTHER_NEEDLER}, **stated)


def read_of_auxiliary(mode: str) -> list[Envelope]:
    licence = LICENCE | {"expires_on": str(days(365))}
    performer = {"profession": "acupuncturist", "acupuncture_degree": True, "acupuncture_license": licence}
    supervision = {"supervisor_npi": "1200000010", "mode": mode}
    return read(performer=performer | {"npi": OTHER_NEEDLER}, supervision=supervision)


def read_acupuncture(code: str) -> list[Envelope]:
    return read(line(1, code), procedure={"kind": "acupuncture"})


def muscles(code: str, *named: tuple[str, str]) -> list[Envelope]:
    return encounter(line(1, code), procedure={"muscles": [{"name": name, "side": side} for name, side in named]})


def notice(signed_on: date, expires_on: date | None = None) -> list[Envelope]:
    return encounter(GA, abn={"signed_on": signed_on, "form_expires_on": expires_on})


def stimulated(code: str, *, stimulation: bool) -> list[Envelope]:
    return acupuncture(line(1, code), electrical_stimulation=stimulation)


UNTOLD: Mapping[str, list[Envelope]] = {
    "degree not stated": performed(acupuncture_degree=None),
    "licence not stated": performed(acupuncture_license=None),
    "expiry not stated": performed(acupuncture_license=LICENCE | {"expires_on": None}),
    "licence expired": performed(acupuncture_license=LICENCE | {"expires_on": days(-1)}),
    "licence restricted": performed(acupuncture_license=LICENCE | {"unrestricted": False}),
    "supervised by audio": performed(supervision=PRESENT | {"mode": "virtual_audio"}),
    "not supervised": performed(supervision=None),
    "therapy modifiers": encounter(line(1, "20560", "GP", "GO")),
    "notice without a visit": billed_alone(GA),
    "notice missing": encounter(GA),
    "notice late": notice(days(1)),
    "notice on an old form": notice(DAY, days(-1)),
    "one muscle": muscles("20561", ("psoas", "left")),
    "three muscles": muscles("20560", ("psoas", "left"), ("iliacus", "left"), ("soleus", "left")),
    "three sides": muscles("20561", ("psoas", "left"), ("psoas", "right"), ("soleus", "left")),
    "no muscle": muscles("20560"),
    "stimulation billed": stimulated("97813", stimulation=False),
    "stimulation not billed": stimulated("97810", stimulation=True),
    "needling billed as acupuncture": encounter(line(1, "97810")),
    "acupuncture billed as needling": acupuncture(line(1, "20560")),
    "minutes and reinsertions short": acupuncture(
        line(1, "97810"), line(2, "97811", units=2), contact_minutes=20, reinsertions=0
    ),
    "two pairs denied": encounter(line(1, "20560"), line(2, "20561"), line(3, "97810")),
    "pair with a trigger point": encounter(line(1, "20560"), line(2, "20552")),
    "pair of two claims": [
        seen(),
        bill(line(1, "20560"), id="C1"),
        bill(line(1, "20561"), id="C2"),
    ],
    "units of two claims": [seen(), bill(line(1, "20560"), id="C1"), bill(line(1, "20560", "59"), id="C2")],
    "evaluation beside it": encounter(line(1, "20560"), line(2, "99213")),
    "evaluation on another claim": [seen(), bill(line(1, "20560"), id="C1"), bill(line(1, "99213"), id="C2")],
    "modifiers at odds": encounter(line(1, "20560", "GA", "GY", "GZ", "KX")),
    "two visits": [seen("V1"), seen("V2"), bill(line(1, "20560"))],
    "no diagnosis at all": encounter(line(1, "20560") | {"diagnosis_pointers": []}, claim={"diagnoses": []}),
    "points to no diagnosis": encounter(line(1, "20560") | {"diagnosis_pointers": []}),
    "statutory exclusion": encounter(line(1, "20560", "GY")),
    "notice to a plan": encounter(GA, payer="medicare_advantage", claim={"payer": "medicare_advantage"}),
    "acupuncturist's number on another day": [
        seen("V1", on=days(-7), performer={"npi": OTHER_NEEDLER, "profession": "acupuncturist"}),
        bill(line(1, "20560", npi=OTHER_NEEDLER)),
    ],
    "late and not billed": [seen(), seen("V2", on=days(90))],
    "two visits begin": [seen("V1"), seen("V2"), seen("V3", on=days(90))],
    "nothing to improve on": a_course(13, scores={1: 0, 12: 3}),
    "twenty without a gain, then one": [*a_course(20, scores={1: 7}), seen("V", on=date(2026, 1, 1))],
    "tied to pregnancy": encounter(condition={"due_to_pregnancy": True}),
    "pregnant by the claim": encounter(claim={"condition": {"pregnant": True}}),
    "screened for surgery": encounter(screening=["spine_surgery"], condition={"due_to_surgery": None}),
    "voids nothing": [seen(), bill(GA, frequency_code="8")],
    "scores by clockwork": a_course(13, scores={n: 11 - n for n in range(1, 11)}),
    "scores flat until needed": a_course(13, scores=dict.fromkeys(range(1, 13), 7) | {13: 4}),
    "told by a reader": read(),
    "a reader's note in part": read(note={"technique": False, "signed": None}),
    "no payer told": read(payer=None),
    "no profession told": read_of_another(None),
    "a stranger told by a reader": read_of_another("physical_therapist"),
    "credentials not told": read_of_another("acupuncturist"),
    "no place told": read_of_auxiliary("general"),
    "no place told, supervised by audio": read_of_auxiliary("virtual_audio"),
    "stimulation not told": read_acupuncture("97810"),
    "stimulation billed and not told": read_acupuncture("97813"),
    "notes copied": a_course(13, scores={12: 7, 13: 4}),
    "scores only when needed": a_course(14, scores={1: 7, 12: 7, 13: 4}),
}
