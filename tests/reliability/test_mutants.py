"""Whatever a mutant of an event is, it gets one defined answer, and what is let in goes all the way.

`pytest -m slow` runs 100,000, or as many as RELIABILITY_RUNS says.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from random import Random

import pytest

from shared.aws.items import case_key, fact_item
from shared.aws.table import MAX_CASE_BYTES
from shared.core.alerts import alerts
from shared.core.case import CaseFile
from shared.core.document import Counts, Run, alert_entry, document
from shared.core.errors import Reason, Unreadable
from shared.core.events import Event, stored_event
from shared.core.history import History, Outcome
from shared.core.intake import parse_event
from shared.core.policy import policies
from shared.core.standing import Standing
from shared.core.stored import stored_standing
from tests.reliability.mutants import course, mutant, originals

AS_OF = date(2026, 6, 1)
RECORDED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
_SORT_KEY, _PARTITION_KEY, _ITEM = 1_024, 2_048, 400 * 1024  # bytes that DynamoDB takes
_MOST_SECONDS = 1.0
Answer = Outcome | Reason
# A file may be of no format we know; a message is JSON or not.
_ANSWERS: set[Answer] = {Outcome.RECORDED, Outcome.DUPLICATE, Outcome.SUPERSEDED, *Reason} - {Reason.UNKNOWN_FORMAT}


@dataclass
class Tally:
    """What became of the mutants; the slowest and the processor time it took, which no neighbour can lengthen."""

    answers: list[Answer] = field(default_factory=list)
    slowest: tuple[float, bytes] = (0.0, b"")

    def add(self, body: bytes) -> None:
        begun = time.process_time()
        self.answers.append(answer_to(body))
        self.slowest = max(self.slowest, (time.process_time() - begun, body))

    def report(self) -> str:
        counted = Counter(self.answers).most_common()
        rows = [f"{count:>8}  {type(answer).__name__.lower()} {answer}" for answer, count in counted]
        return "\n".join((f"{len(self.answers)} mutants, slowest {self.slowest[0]:.3f} s of processor time", *rows))


@cache
def _history() -> History:
    history = History()
    for envelope in course():
        history, _ = history.taking(parse_event(json.dumps(envelope).encode()).detail)
    return history


def answer_to(body: bytes) -> Answer:
    """As the recording function would, without the cloud around it."""
    try:
        envelope = parse_event(body)
    except Unreadable as refusal:
        json.dumps([refusal.event_id, refusal.where, str(refusal)], ensure_ascii=False).encode()
        return Reason(refusal.reason)
    return goes_all_the_way(envelope.detail, envelope.event_id)


def goes_all_the_way(event: Event, event_id: str | None) -> Answer:
    """Stored as a fact, taken into the case file, stored, read back, told and shown."""
    fits_the_table(event, event_id)
    before = CaseFile(_history(), Standing(event.patient_id))
    case, outcome = before.taking(event, policies(), AS_OF, RECORDED_AT)
    if outcome is Outcome.CONFLICT:
        return Reason.CONFLICT
    if outcome is not Outcome.DUPLICATE:
        is_kept_whole(case)
        is_shown(case)
    return outcome


def fits_the_table(event: Event, event_id: str | None) -> None:
    fact = fact_item(event, event_id, AS_OF, RECORDED_AT)
    assert len(fact["sk"]["S"].encode()) <= _SORT_KEY
    assert len(case_key(event.patient_id)["pk"]["S"].encode()) <= _PARTITION_KEY
    assert sum(len(name) + len(_bytes(value)) for name, value in fact.items()) <= _ITEM
    again = stored_event(event.kind, event.canonical()).as_told_by(event.told_by)
    assert (again, again.digest()) == (event, event.digest())


def _bytes(attribute: dict[str, bytes | str]) -> bytes:
    [value] = attribute.values()
    return value if isinstance(value, bytes) else value.encode()


def is_kept_whole(case: CaseFile) -> None:
    parts = case.parts()
    read = CaseFile.from_parts(case.patient_id, parts, case.head, case.pending)
    assert read == case
    assert read.parts() == parts
    assert stored_standing(read.standing) == {name: parts[name] for name in ("conclusions", "life")}
    assert sum(map(len, parts.values())) <= MAX_CASE_BYTES


def is_shown(case: CaseFile) -> None:
    said = alerts(Standing(case.patient_id), case.standing)
    for alert in said:
        assert 0 < len(alert.subject) <= 100
        alert.body.encode()
        json.dumps(alert.detail(), allow_nan=False)
    run = Run(AS_OF, policies().id, Counts(), [], [case.standing], [alert_entry(alert) for alert in said])
    json.dumps(document(run, withdrawn=True), ensure_ascii=False, allow_nan=False).encode()


def tally_of(count: int, seed: int) -> Tally:
    random, tally = Random(seed), Tally()
    sources = [json.dumps(envelope) for envelope in originals()]
    for _ in range(count):
        body = mutant(random, sources)
        try:
            tally.add(body)
        except Exception as error:
            error.add_note(f"mutant {len(tally.answers)} of seed {seed}: {body[:3_000]!r}")
            raise
    return tally


def is_conserved(count: int, answers: Sequence[Answer]) -> None:
    counts = Counts.of(answers)
    assert counts.conserved
    assert counts.received == count
    assert set(answers) <= _ANSWERS


def check(count: int, seed: int, capsys: pytest.CaptureFixture[str]) -> Tally:
    tally = tally_of(count, seed)
    with capsys.disabled():
        print(f"\n{tally.report()}")  # noqa: T201 - the figure is the point
    is_conserved(count, tally.answers)
    assert tally.slowest[0] < _MOST_SECONDS, tally.slowest[1][:3_000]
    return tally


def test_every_mutant_gets_one_defined_answer(capsys: pytest.CaptureFixture[str]) -> None:
    tally = check(700, 1, capsys)
    assert set(tally.answers) == _ANSWERS


@pytest.mark.slow
def test_of_100000_mutants_every_one_gets_one_defined_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Every reason there is was given at least once."""
    tally = check(int(os.environ.get("RELIABILITY_RUNS", "100000")), 2, capsys)
    assert set(tally.answers) == _ANSWERS
