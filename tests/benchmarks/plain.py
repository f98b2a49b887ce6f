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
    visits = sorted(
        (e["detail"] for e in events if e["detail-type"] == "VisitRecorded" and e["detail"]["status"] == "completed"),
        key=lambda visit: (visit["date_of_service"], visit["visit_id"]),
    )
    billed = list(_lines([e["detail"] for e in events if e["detail-type"] == "ClaimSubmitted"]))
    sessions, seen = set(), set()
    onset = None
    for visit in visits:
        on = date.fromisoformat(visit["date_of_service"])
        onset = _date(visit["condition"]["onset_date"]) or onset
        if visit["procedure"]:
            seen.add(on)
            if any(code.startswith("M54.5") for code in visit["diagnoses"]):
                if onset and on - onset < timedelta(weeks=12):
                    yield visit["patient_id"], "CHRONICITY_NOT_MET", str(on)
                elif visit["payer"] == "medicare_ffs":
                    sessions.add(on)
    covered = defaultdict(list)
    for claim, line, on in billed:
        valid = {"M54.50", "M54.51", "M54.59"} if on >= _NEW_CODES_FROM else {"M54.5"}
        pointed = [claim["diagnoses"][pointer - 1] for pointer in line["diagnosis_pointers"]]
        if any(code.startswith("M54.5") and code not in valid for code in pointed):
            yield claim["patient_id"], "DX_INVALID_FOR_DOS", str(on)
        elif valid.isdisjoint(claim["diagnoses"]):
            yield claim["patient_id"], "DX_NOT_COVERED", str(on)
        if not valid.isdisjoint(claim["diagnoses"]) and claim["payer"] == "medicare_ffs":
            covered[on].append(line)
    sessions |= covered.keys() - seen
    if sessions:
        yield from _counted(events[0]["detail"]["patient_id"], sorted(sessions), covered)


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


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
