"""How one finding came to be what it is: each step of it in the audit trail, what caused it and who was told."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from shared.core.alerts import alerts_of
from shared.core.changes import FindingChange, Strict
from shared.core.heard import PutOff
from shared.core.severity import Severity
from shared.core.standing import Transition
from shared.core.trail import Cause, Entry, Step

_BEGINS = (Transition.OPENED, Transition.REOPENED)
_NOBODY = {"told": "nobody", "waiting": False, "tell_at": None, "told_at": None}
_NEXT = "next"  # the digest that is not made yet


class Turn(Strict):
    """One revision. `cause` None: no record came, the day alone did it. `waiting`: who is to be told was not yet.

    Where people are not told at once, `tell_at` is when they will be at the earliest, then `told_at` when they were at
    the latest.
    """

    at: AwareDatetime
    as_of: date
    revision: int
    transition: Transition
    severity: Severity
    message: str
    cause: Cause | None
    told: Literal["people", "machines", "nobody"]
    waiting: bool
    tell_at: AwareDatetime | None = None
    told_at: AwareDatetime | None = None


class Telling(NamedTuple):
    """What is not announced yet, what people hear later or have heard so, and the least severity they are told of."""

    pending: Sequence[Entry]
    put_off: Iterable[PutOff]
    least: Severity


def turns(finding_id: str, trail: Iterable[Entry], telling: Telling) -> Iterator[Turn]:
    """In the order of the trail."""
    pending = {entry.hash for entry in telling.pending}
    put_off = {one.number: one for one in telling.put_off if finding_id in one.findings}
    made: list[tuple[Turn, PutOff | None]] = []
    for entry in trail:
        if any(change["finding_id"] == finding_id for change in entry.said["findings"]):
            [change] = [change for change in entry.step.findings if change.finding_id == finding_id]
            turn, later = _turn(entry.step, change, telling.least), put_off.get(entry.head.seq)
            made.append((_heard(turn, later, pending=entry.hash in pending), later))
    untold = _cleared_unheard(made)
    return (turn.model_copy(update=_NOBODY) if turn.revision in untold else turn for turn, _ in made)


def _heard(turn: Turn, later: PutOff | None, *, pending: bool) -> Turn:
    waiting = turn.told != "nobody" and (pending or (later is not None and later.waits))
    moments = {"tell_at": later.tell_at, "told_at": later.told_at} if later else {}
    return turn.model_copy(update={"waiting": waiting, **moments})


def _cleared_unheard(made: Iterable[tuple[Turn, PutOff | None]]) -> set[int]:
    """The revisions of which no digest tells: nobody had heard of the finding when records cleared it again."""
    found: set[int] = set()
    steps = ((turn, later and (later.digest or _NEXT)) for turn, later in made if turn.told != "nobody")
    for digest, some in groupby(steps, key=itemgetter(1)):
        of_one = [turn for turn, _ in some]
        began, ended = of_one[0].transition in _BEGINS, of_one[-1].transition is Transition.WITHDRAWN
        found |= {turn.revision for turn in of_one if digest and began and ended}
    return found


def _turn(step: Step, change: FindingChange, least: Severity) -> Turn:
    return Turn(
        at=step.recorded_at,
        as_of=step.as_of,
        revision=change.revision,
        transition=change.transition,
        severity=change.finding.severity,
        message=change.finding.message,
        cause=step.cause,
        told=_told(step, change, least),
        waiting=False,
    )


def _told(step: Step, change: FindingChange, least: Severity) -> Literal["people", "machines", "nobody"]:
    alert = next((alert for alert in alerts_of(step) if alert.finding.finding_id == change.finding_id), None)
    if alert is None:
        return "nobody"
    return "people" if alert.weight.gravity >= least.gravity else "machines"
