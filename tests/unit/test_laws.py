"""The laws of the audit over random histories: the set of facts decides, not order, repeats or batches.

Of the stored case file `records` and `conclusions` are compared byte for byte. `life` is not: it remembers by design in
which order the facts became known (which findings were opened and withdrawn on the way).
"""

import json
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.answer import answer
from shared.core.audit import Conclusions, audit
from shared.core.case import CaseFile
from shared.core.chart import Chart
from shared.core.events import Event
from shared.core.history import History, Outcome
from shared.core.policy import policies
from shared.core.rules import RULES
from tests.sampled import one_in
from tests.unit.asking import AS_OF, RECORDED_AT
from tests.unit.histories import a_history

SHARDS = 8
SEEDS = st.integers(min_value=0, max_value=2**64 - 1)


def history_of(events: Iterable[Event]) -> History:
    return reduce(lambda history, event: history.taking(event)[0], events, History())


def judged(events: Iterable[Event]) -> Conclusions:
    return audit("P-1", history_of(events), policies(), AS_OF)


def judged_with(case: CaseFile, batch: Iterable[Event]) -> CaseFile:
    """All of `batch` taken in, then judged once: what is concluded must not depend on what was concluded before."""
    history = reduce(lambda known, event: known.taking(event)[0], batch, case.history)
    return CaseFile(history, case.standing.after(audit("P-1", history, policies(), AS_OF), AS_OF))


def in_batches(events: Sequence[Event], random: Random) -> CaseFile:
    """The case file is stored after every batch and read before the next."""
    case = CaseFile.new("P-1")
    while events:
        size = random.choice((4, 20, 60))
        case = judged_with(CaseFile.from_parts("P-1", case.parts()), events[:size])
        events = events[size:]
    return case


def one_by_one(events: Iterable[Event]) -> CaseFile:
    """As the deployed system takes them."""
    return reduce(
        lambda case, event: case.taking(event, policies(), AS_OF, RECORDED_AT)[0], events, CaseFile.new("P-1")
    )


def assert_same_conclusions(case: CaseFile, other: CaseFile) -> None:
    assert case.standing.periods == other.standing.periods
    assert case.standing.findings == other.standing.findings
    stored, expected = case.parts(), other.parts()
    assert (stored["records"], stored["conclusions"]) == (expected["records"], expected["conclusions"])


@pytest.mark.parametrize("shard", one_in(4, range(SHARDS)))
@settings(max_examples=2_000 // SHARDS)
@given(seed=SEEDS)
def test_order_repeats_and_batches_change_nothing(shard: int, seed: int) -> None:
    """2,000 histories, each shuffled, doubled and split; a quarter of them in `make test`."""
    random = Random(f"{shard} {seed}")
    events = a_history(random)
    case = in_batches(random.sample([*events, *events], k=2 * len(events)), random)
    assert_same_conclusions(case, judged_with(CaseFile.new("P-1"), events))
    assert case.history.size == len(events)


@settings(max_examples=40)
@given(seed=SEEDS)
def test_one_by_one_is_the_same_as_at_once(seed: int) -> None:
    random = Random(seed)
    events = a_history(random)
    case = one_by_one(random.sample([*events, *events], k=2 * len(events)))
    assert_same_conclusions(case, judged_with(CaseFile.new("P-1"), events))


@settings(max_examples=50)
@given(seed=SEEDS)
def test_a_superseded_version_changes_no_conclusion(seed: int) -> None:
    """Whatever it said."""
    events = a_history(Random(seed))
    standing = {(e.kind, e.record_id): e for e in sorted(events, key=lambda event: event.version)}
    whole, latest = (judged_with(CaseFile.new("P-1"), known).standing for known in (events, standing.values()))
    assert (whole.periods, whole.findings) == (latest.periods, latest.findings)
    history = history_of(standing.values())
    late = [history.outcome_of(event) for event in events if event not in standing.values()]
    assert set(late) <= {Outcome.SUPERSEDED}


@settings(max_examples=50)
@given(seed=SEEDS)
def test_every_finding_is_proved_by_records_that_stand_and_has_an_id_of_its_own(seed: int) -> None:
    """Ids are counted before they become keys."""
    events = a_history(Random(seed))
    history = history_of(events)
    standing = {event.reference for event in history.latest.values()}
    conclusions = judged(events)
    for finding in conclusions.findings.values():
        assert finding.evidence
        assert set(finding.evidence) <= standing
        assert len(set(finding.evidence)) == len(finding.evidence)
    chart = Chart(history, policies(), AS_OF)
    made = [finding.finding_id for rule in RULES for finding in rule.findings(chart, "P-1")]
    assert len(made) == len(set(made)) == len(conclusions.findings)


@settings(max_examples=50)
@given(seed=SEEDS)
def test_periods_do_not_overlap_and_sessions_are_numbered_without_a_gap_of_ours(seed: int) -> None:
    courses = judged(a_history(Random(seed))).courses
    for before, after in pairwise(courses):
        assert before.period.next_from <= after.period.started_on
    for course in courses:
        assert all(course.period.started_on <= session.on < course.period.next_from for session in course.sessions)
        elsewhere = course.period.elsewhere
        jumps = [after.number - before.number for before, after in pairwise(course.sessions)]
        assert all(jump in {1, 1 + (elsewhere.count if elsewhere else 0)} for jump in jumps)
        assert course.counted == len(course.sessions) + (elsewhere.count if elsewhere else 0)
        assert course.remaining == max(0, 20 - course.counted)


@pytest.mark.parametrize("shard", one_in(2, range(4)))
@settings(max_examples=10)
@given(seed=SEEDS)
def test_another_patients_events_change_nothing(shard: int, seed: int) -> None:
    """Two histories in one stream are answered as each alone."""
    random = Random(f"{shard} {seed}")
    own, other = ([message_of(event, patient_id) for event in a_history(random)] for patient_id in ("P-1", "P-2"))
    mixed = interleaved(own, other, random)
    together, alone = answer(mixed, AS_OF), answer(own, AS_OF)
    assert [patient for patient in together["patients"] if patient["patient_id"] == "P-1"] == alone["patients"]
    assert together["events"]["received"] == together["events"]["recorded"] + together["events"]["superseded"]


def message_of(event: Event, patient_id: str) -> bytes:
    detail = json.loads(event.canonical()) | {"patient_id": patient_id}
    return json.dumps({"id": "e", "detail-type": type(event).__name__, "detail": detail}).encode()


def interleaved(one: Sequence[bytes], other: Sequence[bytes], random: Random) -> list[bytes]:
    """Each in its own order."""
    turns = random.sample([True] * len(one) + [False] * len(other), k=len(one) + len(other))
    first, second = iter(one), iter(other)
    return [next(first) if turn else next(second) for turn in turns]
