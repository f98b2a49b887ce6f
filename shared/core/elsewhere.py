"""Sessions furnished elsewhere: what the payer or another provider last said of each period (events.md)."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shared.core.events import EligibilityReceived
from shared.core.periods import next_period
from shared.core.record import PatientRecord


class Elsewhere(NamedTuple):
    """Sessions furnished elsewhere in one period: how many, their first and last date, and who says so."""

    count: int  # type: ignore[assignment]  # of what a tuple counts nobody asks here
    first_on: date
    last_on: date
    source: EligibilityReceived


def sessions_elsewhere(record: PatientRecord) -> list[Elsewhere]:
    """What stands of the sessions furnished elsewhere: of the answers that speak of one period the latest."""
    newest_first = sorted(record.history.eligibility, key=_rank, reverse=True)
    # Answers that name the same first date speak of one period: only the latest of them needs comparing.
    latest = {_speaks_of(answer): answer for answer in reversed(newest_first)}
    days = sorted(latest)
    ends = [next_period(day, record.policy_on(day)) for day in days]
    standing = [latest[day] for at, day in enumerate(days) if _is_latest(at, days, ends, latest)]
    return [other for answer in standing if (other := _elsewhere(answer, record.policies.covered_from))]


def _is_latest(at: int, days: Sequence[date], ends: Sequence[date], latest: Mapping[date, EligibilityReceived]) -> bool:
    """Whether no later answer speaks of the same period: one begun by the earlier of the two would hold the other."""
    first, last = bisect_right(ends, days[at]), bisect_left(days, ends[at])
    return all(_rank(latest[day]) <= _rank(latest[days[at]]) for day in days[first:last])


def _elsewhere(answer: EligibilityReceived, covered_from: date) -> Elsewhere | None:
    told = answer.external_sessions
    if not told.count or told.first_on is None or told.last_on is None or told.last_on < covered_from:
        return None
    return Elsewhere(told.count, max(told.first_on, covered_from), told.last_on, answer)


def _rank(answer: EligibilityReceived) -> tuple[date, str]:
    return answer.as_of, answer.eligibility_id


def _speaks_of(answer: EligibilityReceived) -> date:
    """A day of the period an answer speaks of. "None" without dates speaks of the period in which it was given."""
    return answer.external_sessions.first_on or answer.as_of
