"""Facts that no case file holds: their writer died for good before it took them in.

Each is taken in as any other, only later. The checkpoint moves when all up to it is looked at: a run that dies in
between is done again by the next, and one that was missed leaves no gap.
"""

from collections import deque
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from itertools import islice

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.arrivals import Arrivals, Arrived, Checkpoint
from shared.aws.errors import SweepBehind
from shared.aws.recording import take_in
from shared.aws.table import CaseTable
from shared.aws.working import Worked, work
from shared.core.history import History, Outcome
from shared.core.policy import Policies

MOST = 20_000  # facts a run; the next one goes on
MOST_LEFT = 1_000  # keys that the checkpoint's item holds
_PATIENTS_REMEMBERED = 100  # facts of one patient come close together


def take_in_untaken(
    known: Arrivals, before: datetime, policies: Policies, as_of: date, context: LambdaContext
) -> tuple[Worked[Arrived], int]:
    """What was done of all that came before that moment, and how much was not reached in time."""
    reached = known.checkpoint(before)
    again, fresh = deque(reached.left), deque(islice(known.between(reached.until, before), MOST))
    until = datetime.fromisoformat(fresh[-1].recorded_at) if len(fresh) == MOST else before
    take = _taking(known.table, policies, as_of)
    once_more, first = (work(todo, take, context, "fact not taken in") for todo in (again, fresh))
    left = (*once_more.failed, *again, *first.failed)
    if len(left) > MOST_LEFT:
        raise SweepBehind(len(left), len(fresh))  # no fault of single facts: begin again at the same place
    known.move(Checkpoint(datetime.fromisoformat(fresh[0].recorded_at) if fresh else until, left))
    return Worked(once_more.done + first.done, (*once_more.failed, *first.failed)), len(again) + len(fresh)


def _taking(table: CaseTable, policies: Policies, as_of: date) -> Callable[[Arrived], bool]:
    """Whether a fact was not taken in before, and is now."""

    @lru_cache(_PATIENTS_REMEMBERED)
    def history(patient_id: str) -> History:
        return table.case(patient_id).case.history

    def take(fact: Arrived) -> bool:
        if history(fact.patient_id).holds(fact.reference):
            return False
        return take_in(table.fact(fact.pk, fact.sk), None, table, policies, as_of) is not Outcome.DUPLICATE

    return take
