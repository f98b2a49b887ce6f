"""Of which findings people are still to hear, by what was put off and what was said since."""

from shared.core.alerts import alerts_of
from shared.core.heard import PutOff, unheard
from shared.core.trail import Entry
from tests.unit.test_turns import CORRECTED, taken

TRAIL = taken(CORRECTED).pending  # what the last claim withdraws another opened


def said(entry: Entry) -> frozenset[str]:
    return frozenset(alert.finding.finding_id for alert in alerts_of(entry.step))


def put_off(*entries: Entry, digest: str | None = None) -> list[PutOff]:
    return [PutOff(entry.head.seq, said(entry), digest=digest) for entry in entries]


def test_what_was_told_at_once_is_heard() -> None:
    assert all(map(said, TRAIL[1:]))
    assert unheard(TRAIL, []) == frozenset()


def test_what_waits_is_not_heard_until_a_digest_told_it() -> None:
    assert unheard(TRAIL[1:2], put_off(TRAIL[1])) == said(TRAIL[1])
    assert unheard(TRAIL[1:2], put_off(TRAIL[1], digest="D-1")) == frozenset()


def test_who_heard_of_a_later_step_at_once_heard_of_it() -> None:
    again = said(TRAIL[-1]) & frozenset().union(*map(said, TRAIL[:-1]))
    assert again
    assert unheard(TRAIL, put_off(*TRAIL[:-1])) == frozenset().union(*map(said, TRAIL[:-1])) - again


def test_a_later_step_that_waits_is_unheard_though_the_one_before_was_told() -> None:
    assert unheard(TRAIL, [*put_off(*TRAIL[:-1], digest="D-1"), *put_off(TRAIL[-1])]) == said(TRAIL[-1])
