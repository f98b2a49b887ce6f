"""The case file: its life of findings, its stored form and its size."""

import zlib
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from shared.core.alerts import Alert, alerts, announced
from shared.core.case import Arrival, CaseFile, rebuilt
from shared.core.history import Outcome
from shared.core.policy import policies
from shared.core.stored import standing_from
from shared.core.trail import genesis
from tests.builders import (
    FIRST_DAY,
    Envelope,
    a_claim,
    a_course,
    a_line,
    a_measure,
    a_remittance,
    a_score,
    a_visit,
    merged,
)
from tests.unit.asking import AS_OF, COVERAGE, RECORDED_AT, ask, found, snapshot

KX = (
    a_claim(1, lines=[a_line(modifiers=["KX"])]),
    a_claim(1, version=2),
    a_claim(1, version=3, lines=[a_line(modifiers=["KX"])]),
)


def steps(*events: Envelope, rules: Iterable[str] = COVERAGE) -> list[list[tuple[str, str, int]]]:
    """What each event leads to: (rule, step, revision) of every alert, also of those not sent."""
    case, heard = CaseFile.new("P-1"), []
    for number, event in enumerate(events):
        before = case
        case, _ = case.taking(snapshot(event), policies(), AS_OF + timedelta(days=number), RECORDED_AT)
        made = alerts(before.standing, case.standing)
        heard.append([(a.finding.rule, a.step, a.revision) for a in made if a.finding.rule in rules])
    return heard


def filed(events: Iterable[Envelope]) -> CaseFile:
    return rebuilt("P-1", (Arrival(snapshot(event), AS_OF, RECORDED_AT) for event in events), policies())


def last_alerts(*events: Envelope) -> tuple[Alert, ...]:
    *before, last = events
    case = filed(before)
    after, _ = case.taking(snapshot(last), policies(), AS_OF, RECORDED_AT)
    return alerts(case.standing, after.standing)


FIRST = a_visit(measures=[a_score(7, FIRST_DAY)])


def test_a_finding_is_opened_withdrawn_and_reopened() -> None:
    """Each step is a revision; a withdrawn finding keeps its last words and the date it fell."""
    told = steps(FIRST, *KX, rules=["KX_UNNEEDED"])
    assert told == [
        [],
        [("KX_UNNEEDED", "opened", 1)],
        [("KX_UNNEEDED", "withdrawn", 2)],
        [("KX_UNNEEDED", "reopened", 3)],
    ]


def late(**changes: Any) -> list[Envelope]:
    """A first session, and one after the window: a warning, with KX on its line worth knowing only."""
    on = FIRST_DAY + timedelta(days=90)
    return [FIRST, a_visit(2, on=on), a_claim(2, on=on, lines=[a_line(on=on, **changes)])]


def test_a_finding_that_gets_graver_is_announced_and_one_that_gets_milder_is_not() -> None:
    first, visit, attested = late(modifiers=["KX"])
    plain = merged(late()[2], {"detail": {"version": 2}})
    told = steps(first, attested, visit, plain, rules=["OUTSIDE_INITIAL_WINDOW"])
    assert [events for events in told if events] == [
        [("OUTSIDE_INITIAL_WINDOW", "opened", 1)],
        [("OUTSIDE_INITIAL_WINDOW", "worsened", 3)],
    ]
    milder = steps(first, visit, attested, rules=["OUTSIDE_INITIAL_WINDOW"])
    assert milder == [[], [("OUTSIDE_INITIAL_WINDOW", "opened", 1)], []]


def test_a_change_of_words_alone_is_a_revision_and_no_alert() -> None:
    course = a_course(13, kx_from=None)
    missing = {"rules": ["KX_MISSING"]}
    amended = merged(course[0], {"detail": {"version": 2}})
    assert steps(*course, amended, **missing)[-2:] == [[("KX_MISSING", "opened", 1)], []]
    standing = filed([*course, amended]).standing
    [life] = [standing.life[key] for key, finding in standing.findings.items() if finding.rule == "KX_MISSING"]
    assert (life.revision, life.transition) == (2, "changed")


def test_a_repeat_and_a_conflict_leave_the_case_file_as_it_is() -> None:
    case = filed(a_course(3))
    for event, outcome in ((a_visit(1, status="cancelled"), Outcome.CONFLICT), (a_course(1)[0], Outcome.DUPLICATE)):
        after, said = case.taking(snapshot(event), policies(), AS_OF + timedelta(days=9), RECORDED_AT)
        assert said is outcome
        assert after is case


def test_only_what_a_person_must_look_at_is_announced() -> None:
    made = last_alerts(FIRST, a_visit(2, payer="other", on=FIRST_DAY + timedelta(days=1)))
    assert [(alert.finding.rule, alert.finding.severity) for alert in made if alert.finding.rule in COVERAGE] == [
        ("NOT_FFS", "info")
    ]
    assert [alert for alert in announced(made) if alert.finding.rule in COVERAGE] == []


def test_withdrawn_findings_are_shown_on_request_with_the_date_they_fell() -> None:
    events = [FIRST, *KX[:2]]
    assert "KX_UNNEEDED" not in {finding.rule for finding in found(*events)}
    [gone] = [f for f in ask(events, withdrawn=True)["patients"][0]["findings"] if f["rule"] == "KX_UNNEEDED"]
    assert (gone["status"], gone["withdrawn_on"], gone["severity"]) == ("withdrawn", str(AS_OF), "warning")


def test_ids_are_the_same_in_every_run_and_every_order() -> None:
    """Patient, rule and subject make the finding's id; that and the revision the alert's."""
    [alert] = (alert for alert in last_alerts(*a_course(13, kx_from=None)) if alert.finding.rule == "KX_MISSING")
    assert (alert.finding.finding_id, alert.alert_id) == ("16990be7d369fea053d9", "21e2d336446f195e0d1e")


def test_an_id_survives_a_correction_of_the_date() -> None:
    moved = merged(KX[0], {"detail": {"version": 2, "received_on": "2025-02-01"}})
    moved["detail"]["lines"][0]["date_of_service"] = "2025-01-07"
    ids = {
        f.finding_id
        for events in ([KX[0]], [KX[0], moved])
        for f in filed(events).standing.findings.values()
        if f.rule == "KX_UNNEEDED"
    }
    assert len(ids) == 1


@pytest.mark.parametrize("count", [0, 1, 13, 21])
def test_a_case_file_survives_being_stored(count: int) -> None:
    events = [
        *a_course(count, kx_from=None),
        FIRST | {"detail": merged(FIRST["detail"], {"version": 2, "visit_id": "V-9"})},
    ]
    case = filed([*events, merged(events[-1], {"detail": {"version": 1}}), *KX])
    read = CaseFile.from_parts("P-1", case.parts(), case.head, case.pending)
    assert read == case
    assert read.parts() == case.parts()
    assert standing_from("P-1", {k: v for k, v in case.parts().items() if k != "records"}) == case.standing


def test_the_stored_parts_are_as_small_as_zlib_makes_them() -> None:
    for part in filed(a_course(13)).parts().values():
        assert part == zlib.compress(zlib.decompress(part), level=9)


def test_records_with_and_without_a_source_are_stored_side_by_side() -> None:
    """Where none has a source the stored form does not speak of sources."""
    told, old = snapshot(a_visit("V-1")), snapshot(a_visit("V-2")).as_told_by(None)
    for events, sources in (([told, old], ["ehr.example", None]), ([old], [None])):
        parts = rebuilt("P-1", [Arrival(event, AS_OF, RECORDED_AT) for event in events], policies()).parts()
        visits = CaseFile.from_parts("P-1", parts).history.visits
        assert [visit.told_by for visit in visits] == sources
        assert (b"told_by" in zlib.decompress(parts["records"])) == any(sources)


def test_what_a_stored_case_file_takes_is_what_the_unstored_one_takes() -> None:
    unstored = stored = CaseFile.new("P-1")
    for event in (*a_course(13, kx_from=None), *KX):
        unstored, _ = unstored.taking(snapshot(event), policies(), AS_OF, RECORDED_AT)
        stored, _ = CaseFile.from_parts("P-1", stored.parts()).taking(snapshot(event), policies(), AS_OF, RECORDED_AT)
    assert stored.parts() == unstored.parts()


def test_an_entry_is_bound_to_the_trail_of_its_patient() -> None:
    first, *_ = filed(a_course(1)).pending
    assert first.step.previous == genesis("P-1").hash


def test_the_next_day_to_judge_on_moves_though_nothing_else_is_concluded() -> None:
    """The claim that waits for its visit was received two days later than was said."""
    waiting, later = (a_claim(version=n, received_on=FIRST_DAY + timedelta(days=2 * n)) for n in (1, 2))
    case = CaseFile.new("P-1")
    for event in (a_measure(), waiting):
        case, _ = case.taking(snapshot(event), policies(), FIRST_DAY, RECORDED_AT)
    moved, _ = case.taking(snapshot(later), policies(), FIRST_DAY, RECORDED_AT)
    assert [c.standing.due_on for c in (case, moved)] == [
        FIRST_DAY + timedelta(days=10),
        FIRST_DAY + timedelta(days=12),
    ]
    assert moved.pending == case.pending


MUSCLES = ("multifidus", "quadratus lumborum", "gluteus medius", "erector spinae", "piriformis", "iliocostalis")


def a_life_of(records: int) -> list[Envelope]:
    """As a clinic would send it: ids that do not compress, muscles and scores that vary, a course every other year."""
    random, events = Random(records), []
    for start in (date(2020 + 2 * year, 2, 3) for year in range(99)):
        course = a_course(
            20,
            start=start,
            scores={n: 8 - n // 4 for n in range(1, 21)},
            diagnoses=["M54.5" if start.year < 2021 else "M54.59"],
            condition={"onset_date": "2019-05-01"},
        )
        for visit, claim in zip(course[::2], course[1::2], strict=True):
            key = f"{random.getrandbits(48):012x}"
            muscles = [{"name": name, "side": "left"} for name in random.sample(MUSCLES, 2)]
            seen = {"visit_id": f"v-{key}", "procedure": {"muscles": muscles, "contact_minutes": random.randint(8, 25)}}
            billed = merged(claim, {"detail": {"claim_id": f"c-{key}"}})
            events += [merged(visit, {"detail": seen}), billed, a_remittance(billed)]
    return events[:records]


@pytest.mark.parametrize(("records", "limit"), [(40, 4), pytest.param(500, 32, marks=pytest.mark.slow)])
def test_a_case_file_stays_small(records: int, limit: int) -> None:
    """In KB, all parts of it: far below DynamoDB's 400 KB an item."""
    events = a_life_of(records)
    arrivals = (Arrival(snapshot(event), date.fromisoformat(event["time"][:10]), RECORDED_AT) for event in events)
    case = rebuilt("P-1", arrivals, policies())
    assert case.history.size == records
    assert sum(map(len, case.parts().values())) < limit * 1024
