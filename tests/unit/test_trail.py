"""The trail: one entry for every change of the conclusions, chained, and made with them."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from shared.core.case import CaseFile
from shared.core.errors import TrailUnreadable
from shared.core.events import Event
from shared.core.policy import Policies, policies
from shared.core.trail import Cause, Entry, Head, Occasion, entry_of, genesis
from tests.builders import FIRST_DAY, a_claim, a_course, a_line, a_visit
from tests.unit.asking import snapshot
from tests.unit.histories import a_history
from tests.unit.trails import BEGUN, day_by_day, forged


def course(count: int = 13) -> list[Event]:
    return [snapshot(event) for event in a_course(count, kx_from=None)]


def test_entries_are_numbered_and_each_holds_the_hash_of_the_one_before() -> None:
    case = day_by_day(course())[-1]
    heads = [entry.head for entry in case.pending]
    assert [head.seq for head in heads] == list(range(1, len(heads) + 1))
    assert [entry.step.previous for entry in case.pending] == [genesis("P-1").hash, *(head.hash for head in heads[:-1])]
    assert case.head == heads[-1]
    assert len(set(heads)) == len(heads) > 13


def test_the_hash_is_of_the_bytes_as_they_stand_in_the_line() -> None:
    entry = day_by_day(course(1))[-1].pending[0]
    hashed, body = entry.line.removeprefix(b'{"hash":"').split(b'","entry":')
    assert hashlib.sha256(body.removesuffix(b"}")).hexdigest() == hashed.decode() == entry.hash
    assert json.loads(entry.line) == {"hash": entry.hash, "entry": json.loads(entry.body)}
    assert Entry.from_line(entry.line) == entry
    assert b"\n" not in entry.line


def test_an_event_makes_one_entry_if_it_changes_the_conclusions_and_none_else() -> None:
    """A repeat, a conflict, a lower version and a fact without consequence change nothing."""
    for seed in range(20):
        for before, after in pairwise(day_by_day(a_history(Random(seed)))):
            changed = before.standing._replace(due_on=None) != after.standing._replace(due_on=None)
            assert len(after.pending) - len(before.pending) == changed
            assert after.pending[: len(before.pending)] == before.pending
            assert after.head == (after.pending[-1].head if after.pending else None)


def test_the_next_day_to_judge_on_is_no_conclusion() -> None:
    standing = day_by_day(course(1))[-1].standing
    occasion = Occasion(BEGUN, FIRST_DAY, None, policies().version)
    assert entry_of(standing, standing._replace(due_on=FIRST_DAY), occasion, Head(4, "")) is None
    assert entry_of(standing, standing._replace(periods=()), occasion, Head(4, "")) is not None


def test_an_entry_says_when_and_why() -> None:
    event = course(1)[0]
    case = CaseFile.new("P-1").taking(event, policies(), FIRST_DAY, BEGUN)[0]
    [entry] = case.pending
    assert (entry.step.recorded_at, entry.step.as_of) == (BEGUN, FIRST_DAY)
    assert entry.step.cause == Cause(kind="visit", id="V-1-01", version=1, digest=event.digest())
    assert entry.step.policy == policies().version


def test_what_the_clock_turns_has_no_fact_for_its_cause() -> None:
    case = CaseFile.new("P-1").taking(course(1)[0], policies(), FIRST_DAY, BEGUN)[0]
    due = case.standing.due_on
    assert due is not None
    turned = case.re_audited(policies(), due, BEGUN + timedelta(days=40))
    step = turned.pending[-1].step
    assert (step.seq, step.cause, step.as_of) == (2, None, due)
    assert [change.finding.rule for change in step.findings] == ["VISIT_WITHOUT_CLAIM"]
    assert case.re_audited(policies(), due - timedelta(days=1), BEGUN) == case


def test_findings_and_periods_stand_before_and_after() -> None:
    attested, plain = (a_claim(1, version=n, lines=[a_line(modifiers=kx)]) for n, kx in ((1, ["KX"]), (2, [])))
    case = day_by_day([snapshot(event) for event in (a_visit(1), attested, plain)])[-1]
    changes = [change for entry in case.pending for change in entry.step.findings]
    told = [
        (c.transition, c.revision, c.before is None, c.after is None)
        for c in changes
        if c.finding.rule == "KX_UNNEEDED"
    ]
    assert told == [("opened", 1, True, False), ("withdrawn", 2, False, True)]
    first, *_ = case.pending
    [period] = first.step.periods
    assert period.before is None
    assert period.after is not None
    assert (period.started_on, period.after["sessions_counted"]) == (FIRST_DAY, 1)


def test_a_change_tells_how_many_sessions_there_were_at_its_date() -> None:
    [missing] = [
        change
        for entry in day_by_day(course())[-1].pending
        for change in entry.step.findings
        if change.finding.rule == "KX_MISSING"
    ]
    assert missing.sessions == "number 13; 13 used in the period, 7 left"


def test_trails_of_two_patients_have_no_hash_in_common() -> None:
    """Though the events are alike: who moved an entry would have to write all that follow anew."""
    one, other = (day_by_day([snapshot(e) for e in a_course(2, patient_id=key)])[-1] for key in ("P-1", "P-2"))
    assert len(one.pending) == len(other.pending)
    assert not {entry.hash for entry in one.pending} & {entry.hash for entry in other.pending}
    assert genesis("P-1") != genesis("P-2")


def test_entries_wait_until_they_are_carried_and_the_chain_goes_on() -> None:
    *before, last = course(2)
    whole, carried = day_by_day([*before, last])[-1], day_by_day(before)[-1].carried()
    step = whole.pending[-1].step
    assert carried.pending == ()
    after, _ = carried.taking(last, policies(), step.as_of, step.recorded_at)
    assert after.pending == whole.pending[-1:]
    assert after.head == whole.head


def test_the_trail_is_no_part_of_what_the_set_of_facts_decides() -> None:
    case = day_by_day(course(2))[-1]
    assert case._replace(head=None, pending=()).parts() == case.parts()


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        CaseFile.new("P-1").taking(course(1)[0], policies(), FIRST_DAY, datetime(2025, 1, 6))  # noqa: DTZ001


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"not JSON", b'{"hash":"abc","entry":{}}', b'{"hash":"' + b"g" * 64 + b'","entry":{}}'],
    ids=["empty", "no hash", "text", "short hash", "no hexadecimal"],
)
def test_a_line_of_another_form_is_no_entry(line: bytes) -> None:
    with pytest.raises(TrailUnreadable) as refused:
        Entry.from_line(line)
    assert str(refused.value) == "no entry of an audit trail: run ncd-audit verify, it says which and what to do"


@pytest.mark.parametrize("body", [b"{}", b"5", b"{", b'{"seq":0}', b'{"finding_id":"F"}'])
def test_a_body_of_another_form_says_nothing(body: bytes) -> None:
    entry = Entry(body, "")
    assert not entry.readable
    with pytest.raises(TrailUnreadable):
        _ = entry.step


@pytest.mark.parametrize("part", ["findings", "periods"])
@pytest.mark.parametrize("which", ["before", "after"])
def test_an_entry_is_readable_where_each_finding_and_period_in_it_is(part: str, which: str) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said[part][0][which] = {"rule": "KX_MISSING"}

    entry = day_by_day(course(1))[-1].pending[0]
    assert entry.readable
    assert not forged(entry, spoil).readable


def test_every_value_date_and_quote_of_the_policy_is_in_its_version() -> None:
    shipped = policies()
    again = Policies(dict(reversed([*shipped.document.items()])))
    assert again.version == shipped.version == Policies(shipped.document).version
    entries = shipped.document["chronicity_weeks"]
    others = [
        shipped.changed(chronicity_weeks=13),
        Policies({**shipped.document, "chronicity_weeks": [{**entries[0], "quote": "another"}, *entries[1:]]}),
        Policies({**shipped.document, "chronicity_weeks": [{**entries[0], "from": date(2020, 1, 22)}, *entries[1:]]}),
    ]
    assert len({policy.version for policy in (shipped, *others)}) == 4


def test_the_version_of_a_policy_does_not_depend_on_the_order_of_a_set() -> None:
    codes = [f"2056{digit}" for digit in range(10)]
    one, other = (policies().changed(covered_codes=frozenset(order)) for order in (codes, reversed(codes)))
    assert one.version == other.version


def test_another_policy_is_named_from_the_entry_on_that_it_made() -> None:
    first, second = course(1)
    case = CaseFile.new("P-1").taking(first, policies(), FIRST_DAY, BEGUN)[0]
    law = policies().changed(kx_modifier="GA")
    case = case.taking(second, law, date(2026, 12, 31), datetime(2026, 12, 31, tzinfo=UTC))[0]
    assert [entry.step.policy for entry in case.pending] == [policies().version, law.version]
