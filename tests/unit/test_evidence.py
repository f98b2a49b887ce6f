"""Evidence suffices: a history of nothing but the records of a finding's evidence gives the same finding again."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, reduce
from random import Random
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.core.audit import audit
from shared.core.errors import Unreadable
from shared.core.events import Event
from shared.core.findings import Finding
from shared.core.history import History
from shared.core.intake import parse_event
from shared.core.policy import Policies, policies
from tests.builders import a_course
from tests.unit.asking import AS_OF, heard, history_of, message
from tests.unit.histories import a_history
from tests.unit.random_courses import a_random_course
from tests.unit.test_cases import CASES

RECORDS_AT_MOST = 25  # scores aside
FINDING = TypeAdapter(Finding)


def alone(finding: Finding, history: History) -> History:
    """Only the records that the finding shows."""
    return History({(kind, record_id): history.latest[kind, record_id] for kind, record_id, _ in finding.evidence})


def unproved(
    history: History, as_of: date, patient_id: str = "P-1", law: Policies | None = None
) -> list[tuple[bytes, bytes | None]]:
    """Findings that their evidence alone does not give, byte for byte; beside each what it gives."""
    unlike, law = [], law or policies()
    for finding_id, finding in audit(patient_id, history, law, as_of).findings.items():
        again = audit(patient_id, alone(finding, history), law, as_of).findings.get(finding_id)
        said, heard_again = (FINDING.dump_json(each) if each else None for each in (finding, again))
        if said != heard_again:
            unlike.append((said or b"", heard_again))
    return unlike


def histories(case: dict[str, Any]) -> dict[str, History]:
    """The histories a case tells, by patient; what is unreadable or in conflict tells nothing."""
    told: dict[str, History] = {}
    for envelope in case["events"]:
        try:
            event = parse_event(json.dumps(envelope).encode()).detail
        except Unreadable:
            continue
        told[event.patient_id], _ = told.get(event.patient_id, History()).taking(event)
    return told


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_every_finding_of_a_case_stands_on_its_evidence_alone(case: dict[str, Any]) -> None:
    as_of = date.fromisoformat(case["as_of"])
    assert [miss for patient, told in histories(case).items() for miss in unproved(told, as_of, patient)] == []


def taken(events: Iterable[Event]) -> History:
    return reduce(lambda history, event: history.taking(event)[0], events, History())


READINGS: Sequence[Mapping[str, str]] = (
    {},
    {"session_unit": "line"},
    {"session_unit": "encounter", "period_mode": "days_365"},
    {"count_basis": "payer", "anchor_basis": "payer"},
)


MAKERS: Sequence[Callable[[Random], list[Event]]] = (a_history, a_random_course)
by_reading = pytest.mark.parametrize("reading", READINGS, ids=lambda reading: "-".join(reading) or "shipped")
by_maker = pytest.mark.parametrize("made", MAKERS)


@by_reading
@by_maker
@pytest.mark.parametrize("seed", range(12))
def test_every_finding_of_a_random_history_stands_on_its_evidence_alone(
    made: Callable[[Random], list[Event]], reading: Mapping[str, str], seed: int
) -> None:
    """Crowded histories and long courses; also under readings by which other records make a session."""
    assert unproved(taken(made(Random(seed))), AS_OF, law=under(tuple(reading.items()))) == []


@pytest.mark.slow
@by_reading
@by_maker
def test_every_finding_of_many_random_histories_stands_on_its_evidence_alone(
    made: Callable[[Random], list[Event]], reading: Mapping[str, str]
) -> None:
    law = under(tuple(reading.items()))
    for seed in range(100, 600):
        assert unproved(taken(made(Random(seed))), AS_OF, law=law) == [], seed


@cache
def under(reading: tuple[tuple[str, str], ...]) -> Policies:
    return policies().changed(**dict(reading))


SHOWN: Sequence[Any] = [
    pytest.param("KX_MISSING", {"kx_from": None}, id="the sessions that are counted"),
    pytest.param("IMPROVEMENT_MISSING", {"scores": {1: 7}}, id="the baseline"),
    pytest.param("OVER_ANNUAL_LIMIT", {}, id="twenty sessions before"),
]


@pytest.mark.parametrize(("rule", "course"), SHOWN)
def test_evidence_stays_short_in_a_long_course(rule: str, course: dict[str, Any]) -> None:
    """However many sessions there are, a finding shows those that make its point."""
    for finding in heard(*a_course(60, every=4, **course), rules={rule}):
        assert len(finding.evidence) <= RECORDS_AT_MOST


def test_a_session_shows_the_visits_of_its_count_and_its_lines() -> None:
    (first, *_) = heard(*a_course(13, kx_from=None), rules={"KX_MISSING"})
    kinds = [reference.kind for reference in first.evidence]
    assert (kinds.count("visit"), kinds.count("claim")) == (13, 1)


def test_what_is_absent_needs_no_record() -> None:
    """A line without a visit is proved by its claim."""
    claims = [event for event in a_course(1) if event["detail-type"] == "ClaimSubmitted"]
    (finding,) = heard(*claims, rules={"CLAIM_WITHOUT_VISIT"})
    assert [reference.kind for reference in finding.evidence] == ["claim"]
    assert history_of(claims).latest
    assert message(claims[0])
