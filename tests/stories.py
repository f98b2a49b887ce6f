"""The stories of events/scenarios and the samples of events/; `python -m tests.stories` writes both.

A story says every finding on condition, frequency, improvement and payer that must stand at its end. Its records are
complete otherwise, so that rules on who, coding, documentation and reconciliation have nothing to add.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

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
    envelope,
    merged,
)

EVENTS = Path(__file__).parents[1] / "events"
# Uneven steps: scores that fall like clockwork, or are only there when needed, are themselves a question for review.
GAINING = {1: 7, 4: 6, 8: 6, 12: 4, 16: 3}


class Told(NamedTuple):
    """One finding; `of` is its subject's date of service."""

    rule: str
    severity: str
    subject_type: str
    of: str


@dataclass(frozen=True)
class Story:
    title: str
    as_of: date
    lines: list[str]
    expect: frozenset[Told] = frozenset()
    duplicates: int = 0
    quarantined: int = 0


def _thirteen(patient_id: str) -> list[Envelope]:
    return a_course(13, patient_id=patient_id, scores=GAINING, kx_from=None)


def _clean_twelve() -> list[Envelope]:
    course = a_course(12, patient_id="P-1001", scores=GAINING)
    paid = [a_remittance(claim) for claim in course[1::2]]
    before = a_measure(1, on=date(2025, 1, 3), patient_id="P-1001", instrument="ODI", score=42)
    after = a_measure(2, on=date(2025, 3, 21), patient_id="P-1001", instrument="ODI", score=24)
    return sorted([*course, *paid, before, after], key=lambda event: str(event["time"]))


def _changed(event: Envelope, id: str = "", **changes: object) -> Envelope:
    return envelope(event["detail-type"], merged(event["detail"], changes), time=event["time"], id=id)


def _late_visit() -> list[Envelope]:
    course = _thirteen("P-1005")
    visit = course[12] | {"time": "2025-04-07T20:00:00Z"}
    return [*course[:12], *course[14:], visit, a_claim_for(visit, received_on="2025-04-08")]


def _facility_claim(visit: Envelope) -> Envelope:
    line = a_line(on=visit["detail"]["date_of_service"], diagnosis_pointers=[], place_of_service=None)
    return a_claim_for(visit, claim_type="institutional", type_of_bill="0131", lines=[line])


def _follow_up(claim: Envelope, new_id: str, frequency_code: str, received_on: str) -> Envelope:
    """The replacement (7) or void (8) of a facility claim; its bill type ends in the same digit."""
    what = {"claim_id": new_id, "frequency_code": frequency_code, "type_of_bill": f"013{frequency_code}"}
    when = {"replaces_claim_id": claim["detail"]["claim_id"], "received_on": received_on}
    return a_claim(**(claim["detail"] | what | when))


def _void_and_replace() -> list[Envelope]:
    course = a_course(13, start=date(2025, 1, 9), patient_id="P-1006", scores=GAINING, place_of_service="22")
    billed = [event for visit in course[::2] for event in (visit, _facility_claim(visit))]
    third_claim, fifth, fifth_claim = billed[5], billed[8], billed[9]
    billed[5] = _changed(third_claim, diagnoses=["M54.2"])
    return [
        *billed,
        _follow_up(third_claim, "C-1006-03R", "7", "2025-04-10"),
        _changed(fifth, version=2, status="entered-in-error") | {"time": "2025-04-11T20:00:00Z"},
        _follow_up(fifth_claim, "C-1006-05V", "8", "2025-04-14"),
    ]


def _wrong_diagnosis() -> list[Envelope]:
    neck = {"muscles": [{"name": "upper trapezius", "side": "left"}, {"name": "levator scapulae", "side": "left"}]}
    before = a_score(7, date(2021, 9, 27))
    visits = [
        a_visit(1, on=date(2021, 9, 27), patient_id="P-1007", diagnoses=["M54.5"], measures=[before]),
        a_visit(2, on=date(2021, 10, 4), patient_id="P-1007", diagnoses=["M54.5"]),
        a_visit(3, on=date(2021, 10, 11), patient_id="P-1007"),
        a_visit(4, on=date(2021, 10, 18), patient_id="P-1007", diagnoses=["M54.2"], procedure=neck),
        a_visit(5, on=date(2021, 10, 25), patient_id="P-1007", diagnoses=["M54.2", "M54.59"]),
    ]
    return [event for visit in visits for event in (visit, a_claim_for(visit))]


def _malformed_among_good() -> list[Envelope | str]:
    course = a_course(4, patient_id="P-1008", scores=GAINING)
    v1, c1, v2, c2, v3, c3, v4, c4 = course
    cut_short = json.dumps(c1)[:200]
    unknown = _changed(v2, "evt-bad-kind") | {"detail-type": "AppointmentBooked"}
    negative = [a_line(on=v3["detail"]["date_of_service"], units=-1)]
    return [
        *(v1, cut_short, c1, _changed(c1, "evt-bad-conflict", billing_npi="1245319599")),
        *(_changed(v2, "evt-bad-type", version="1"), unknown, v2, c2),
        *(_changed(v3, "evt-bad-date", date_of_service="2025-02-30"), v3),
        *(_changed(c3, "evt-bad-units", lines=negative), c3, v4, c4),
    ]


def _sessions_elsewhere() -> list[Envelope]:
    count = {"count": 8, "first_on": "2025-01-06", "last_on": "2025-02-25"}
    told = an_eligibility(1, as_of=date(2025, 3, 3), patient_id="P-1009", external_sessions=count)
    scores = {1: 7, 2: 6, 4: 4}
    return [told, *a_course(5, start=date(2025, 3, 3), patient_id="P-1009", scores=scores, kx_from=None)]


def _new_period() -> list[Envelope]:
    return [
        *a_course(20, start=date(2025, 3, 31), patient_id="P-1010", scores=GAINING),
        *a_course(1, start=date(2026, 2, 28), patient_id="P-1010", scores={}, kx_from=1, first=21),
        *a_course(1, start=date(2026, 3, 1), patient_id="P-1010", scores={1: 6}, first=22),
    ]


def _advantage_then_original() -> list[Envelope]:
    return [
        *a_course(8, start=date(2025, 2, 3), patient_id="P-1011", scores={1: 8, 5: 7}, payer="medicare_advantage"),
        *a_course(6, start=date(2025, 4, 7), patient_id="P-1011", scores={1: 6, 4: 4}, first=9),
    ]


def _shuffled_and_doubled() -> list[Envelope]:
    twice = _thirteen("P-1012") * 2
    return [twice[place * 15 % len(twice)] for place in range(len(twice))]  # 15 and 52 share no factor


def _not_original() -> list[str]:
    mondays = [date(2025, 2, 3) + timedelta(weeks=week) for week in range(8)]
    return [f"NOT_FFS info {subject} {monday}" for monday in mondays for subject in ("visit", "line")]


def _story(title: str, as_of: str, events: Iterable[Envelope | str], *told: str, **counts: int) -> Story:
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    return Story(
        title, date.fromisoformat(as_of), lines, frozenset(Told(*finding.split()) for finding in told), **counts
    )


KX_MISSING = "KX_MISSING violation line 2025-03-31"
STORIES: dict[str, Story] = {
    "clean-twelve": _story("Twelve weekly sessions, improving and paid: nothing to say", "2025-04-10", _clean_twelve()),
    "thirteenth-without-kx": _story(
        "Session 13 is covered only with KX; its claim has none", "2025-04-10", _thirteen("P-1002"), KX_MISSING
    ),
    "twenty-then-twenty-one": _story(
        "Twenty sessions are the most of one period; KX does not lift session 21",
        "2025-06-10",
        a_course(21, start=date(2025, 1, 7), patient_id="P-1003", scores=GAINING),
        "OVER_ANNUAL_LIMIT violation session 2025-05-27",
    ),
    "regression": _story(
        "Better by session 12, all lost at 15: a warning that day, violations at 16",
        "2025-05-10",
        a_course(16, start=date(2025, 1, 8), patient_id="P-1004", scores=GAINING | {15: 7, 16: 7}),
        "CONTINUED_AFTER_REGRESSION warning session 2025-04-16",
        "CONTINUED_AFTER_REGRESSION violation session 2025-04-23",
        "KX_UNSUPPORTED violation line 2025-04-23",
    ),
    "late-visit-renumbers": _story(
        "The seventh session comes last: what was number 12 is 13, without KX", "2025-04-10", _late_visit(), KX_MISSING
    ),
    "void-and-replace": _story(
        "A hospital replaces a claim for the neck and voids one for a visit that never was: nothing stands",
        "2025-05-10",
        _void_and_replace(),
    ),
    "wrong-diagnosis": _story(
        "M54.5 after it was retired, neck pain alone, and a line that does not point to the low back pain",
        "2021-11-10",
        _wrong_diagnosis(),
        "DX_INVALID_FOR_DOS violation line 2021-10-04",
        "DX_NOT_COVERED violation line 2021-10-18",
        "DX_NOT_POINTED violation line 2021-10-25",
    ),
    "malformed-among-good": _story(
        "Six deliveries nobody can use among four good sessions", "2025-02-10", _malformed_among_good(), quarantined=6
    ),
    "sessions-elsewhere": _story(
        "Eight sessions elsewhere: our fifth is number 13, without KX", "2025-04-10", _sessions_elsewhere(), KX_MISSING
    ),
    "new-period": _story(
        "Begun 2025-03-31, followed by the next from 2026-03-01: the day before is still number 21",
        "2026-03-20",
        _new_period(),
        "OVER_ANNUAL_LIMIT violation session 2026-02-28",
    ),
    "advantage-then-original": _story(
        "Eight dates under Medicare Advantage do not count: Original Medicare begins at session 1",
        "2025-05-20",
        _advantage_then_original(),
        *_not_original(),
    ),
    "shuffled-and-doubled": _story(
        "Thirteen sessions without KX, out of order and each event twice: one finding",
        "2025-04-10",
        _shuffled_and_doubled(),
        KX_MISSING,
        duplicates=26,
    ),
}


def samples() -> dict[str, Envelope]:
    """One envelope of each kind, about one visit."""
    visit = a_visit(measures=[a_score(7, FIRST_DAY)])
    claim = a_claim_for(visit)
    elsewhere = {"count": 2, "first_on": "2024-12-09", "last_on": "2024-12-16"}
    return {
        "visit": visit,
        "claim": claim,
        "remittance": a_remittance(claim),
        "eligibility": an_eligibility(external_sessions=elsewhere),
        "measure": a_measure(instrument="ODI", score=42),
    }


def write() -> None:
    for stem, story in STORIES.items():
        text = "".join(f"{line}\n" for line in story.lines)
        (EVENTS / "scenarios" / f"{stem}.ndjson").write_text(text, encoding="utf-8")
    for kind, sample in samples().items():
        (EVENTS / f"{kind}.json").write_text(json.dumps(sample, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
