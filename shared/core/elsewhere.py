"""Sessions furnished elsewhere: what the payer or another provider last said of each period (events.md)."""

from dataclasses import dataclass
from datetime import date

from shared.core.events import EligibilityReceived
from shared.core.periods import next_period
from shared.core.record import PatientRecord


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Sessions furnished elsewhere in one period: how many, their first and last date, and who says so."""

    count: int
    first_on: date
    last_on: date
    source: EligibilityReceived


def sessions_elsewhere(record: PatientRecord) -> list[Elsewhere]:
    """What stands of the sessions furnished elsewhere: of the answers that speak of one period the latest."""
    newest_first = sorted(record.history.eligibility, key=_rank, reverse=True)
    # Answers that name the same first date speak of one period: only the latest of them needs comparing.
    answers = list({_speaks_of(answer): answer for answer in reversed(newest_first)}.values())
    standing = [a for a in answers if not any(_overrides(other, a, record) for other in answers)]
    return [other for answer in standing if (other := _elsewhere(answer, record.policies.covered_from))]


def _elsewhere(answer: EligibilityReceived, covered_from: date) -> Elsewhere | None:
    told = answer.external_sessions
    if not told.count or told.first_on is None or told.last_on is None or told.last_on < covered_from:
        return None
    return Elsewhere(told.count, max(told.first_on, covered_from), told.last_on, answer)


def _overrides(other: EligibilityReceived, answer: EligibilityReceived, record: PatientRecord) -> bool:
    if _rank(other) <= _rank(answer):
        return False
    earlier, later = sorted((_speaks_of(answer), _speaks_of(other)))
    return later < next_period(earlier, record.policy_on(earlier))


def _rank(answer: EligibilityReceived) -> tuple[date, str]:
    return answer.as_of, answer.eligibility_id


def _speaks_of(answer: EligibilityReceived) -> date:
    """A day of the period an answer speaks of. "None" without dates speaks of the period in which it was given."""
    return answer.external_sessions.first_on or answer.as_of
