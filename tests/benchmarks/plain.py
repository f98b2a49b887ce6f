"""The floor: the core six in plain Python over dicts, as one would write them in an afternoon.

No evidence, message, citation or severity, and none of the settings: what is between this and the audit is what those
cost. It shares no code with the rules.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.benchmarks.patients import Told

_NEW_CODES_FROM = date(2021, 10, 1)
_NEEDLING = ("20560", "20561", "97810", "97811", "97813", "97814")
Record = dict[str, Any]


def audit(events: list[Record]) -> Iterator[Told]:
    """What is wrong with one patient's records."""
    visits = [
        e["detail"] for e in events if e["detail-type"] == "VisitRecorded" and e["detail"]["status"] == "completed"
    ]
    claims = [e["detail"] for e in events if e["detail-type"] == "ClaimSubmitted"]
    sessions: set[date] = set()
    seen: set[date] = set()
    covered: dict[date, list[Record]] = defaultdict(list)
    yield from _visits(visits, sessions, seen)
    yield from _billed(claims, covered)
    sessions |= covered.keys() - seen
    if sessions:
        yield from _counted(events[0]["detail"]["patient_id"], sorted(sessions), covered)


def _visits(visits: list[Record], sessions: set[date], seen: set[date]) -> Iterator[Told]:
    """Fills the dates that make sessions, and those with any needling."""
    onset = None
    for visit in sorted(visits, key=lambda visit: (visit["date_of_service"], visit["visit_id"])):
        on = date.fromisoformat(visit["date_of_service"])
        if stated := visit["condition"]["onset_date"]:
            onset = date.fromisoformat(stated)
        if visit["procedure"]:
            seen.add(on)
            if any(code.startswith("M54.5") for code in visit["diagnoses"]):
                if onset and on - onset < timedelta(weeks=12):
                    yield visit["patient_id"], "CHRONICITY_NOT_MET", str(on)
                elif visit["payer"] == "medicare_ffs":
                    sessions.add(on)


def _billed(claims: list[Record], covered: dict[date, list[Record]]) -> Iterator[Told]:
    """Fills the covered lines."""
    for claim, line, on in _lines(claims):
        valid = {"M54.50", "M54.51", "M54.59"} if on >= _NEW_CODES_FROM else {"M54.5"}
        pointed = [claim["diagnoses"][pointer - 1] for pointer in line["diagnosis_pointers"]]
        if any(code.startswith("M54.5") and code not in valid for code in pointed):
            yield claim["patient_id"], "DX_INVALID_FOR_DOS", str(on)
        elif valid.isdisjoint(claim["diagnoses"]):
            yield claim["patient_id"], "DX_NOT_COVERED", str(on)
        if not valid.isdisjoint(claim["diagnoses"]) and claim["payer"] == "medicare_ffs":
            covered[on].append(line)


def _lines(claims: list[Record]) -> Iterator[tuple[Record, Record, date]]:
    """The needling lines of claims that stand."""
    changed = {claim["replaces_claim_id"] for claim in claims if claim["frequency_code"] in "78"}
    for claim in claims:
        if claim["frequency_code"] != "8" and claim["claim_id"] not in changed:
            for line in claim["lines"]:
                if line["procedure_code"] in _NEEDLING:
                    yield claim, line, date.fromisoformat(line["date_of_service"])


def _counted(patient_id: str, sessions: list[date], covered: dict[date, list[Record]]) -> Iterator[Told]:
    start = end = date.min
    number = 0
    for on in sessions:
        if on >= end:
            start, end, number = on, date(on.year + 1, on.month, 1), 0
        number += 1
        if 13 <= number <= 20:
            for line in covered.get(on, ()):
                if "KX" not in line["modifiers"]:
                    yield patient_id, "KX_MISSING", str(on)
        if number <= 12 and on > start + timedelta(days=89):
            yield patient_id, "OUTSIDE_INITIAL_WINDOW", str(on)
        if number > 20:
            yield patient_id, "OVER_ANNUAL_LIMIT", str(on)
