"""What people did about a finding: acknowledged, commented, resolved, suppressed, identified as an overpayment.

The state of the work is a function of the actions kept, of the finding's revision and of the day. It is apart from the
state of the record (whether the rule still fires): new facts make a new revision, and whatever was decided about the
one before is open again by itself.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, model_validator

from shared.core.settings import Policy
from shared.core.standing import Life, Transition
from shared.core.workflow import NotAllowed, Overtaken, RecordState, Workflow

Kind = Literal["acknowledge", "comment", "resolve", "suppress", "reopen", "identify", "investigate", "conclude"]

_LEADS_TO: dict[str, Workflow] = {
    "acknowledge": Workflow.ACKNOWLEDGED,
    "resolve": Workflow.RESOLVED,
    "suppress": Workflow.SUPPRESSED,
    "reopen": Workflow.NEW,
}
# From which states an action may be taken; what is not named may be taken from any.
_FROM: dict[str, tuple[Workflow, ...]] = {
    "acknowledge": (Workflow.NEW,),
    "resolve": (Workflow.NEW, Workflow.ACKNOWLEDGED),
    "suppress": (Workflow.NEW, Workflow.ACKNOWLEDGED),
    "reopen": (Workflow.ACKNOWLEDGED, Workflow.RESOLVED, Workflow.SUPPRESSED),
}
_NEEDS_A_REASON = ("comment", "resolve", "suppress", "reopen", "identify")
_NEEDS_A_DAY = ("identify", "investigate", "conclude")

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Wish(BaseModel):
    """What a person asks for. `on`: the day of identification, or on which an investigation began or ended."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: Kind
    why: Words = ""
    until: date | None = None
    on: date | None = None

    @model_validator(mode="after")
    def _says_what_it_must(self) -> Self:
        if self.kind in _NEEDS_A_REASON and not self.why:
            raise ValueError(f"{self.kind} needs a reason (why)")
        if (self.kind == "suppress") != (self.until is not None):
            raise ValueError("suppress, and nothing else, needs the day it ends (until)")
        if (self.kind in _NEEDS_A_DAY) != (self.on is not None):
            raise ValueError("identify, investigate and conclude, and nothing else, need a day (on)")
        return self


class Signed(NamedTuple):
    """Who acts, and when."""

    by: str
    at: datetime


class Action(Wish):
    """A wish that was carried out: who, when, from which state to which, on which revision of the finding."""

    by: Name
    at: AwareDatetime
    revision: int
    was: Workflow
    now: Workflow


class Review(tuple[Action, ...]):
    """Every action on one finding, in order. Its length is its version."""

    __slots__ = ()

    def state(self, life: Life, today: date) -> Workflow:
        """New facts reopen what was decided about older ones; a suppression ends after its last day."""
        last = next((action for action in reversed(self) if action.kind in _LEADS_TO), None)
        if last is None:
            return Workflow.NEW
        if last.revision != life.revision and record_state(life) is RecordState.ACTIVE:
            return Workflow.NEW
        if last.until is not None and today > last.until:
            return Workflow.NEW
        return last.now

    def taking(self, wish: Wish, signed: Signed, life: Life, policy: Policy, seen: int) -> Self:
        """The review with the wish carried out; raises `Overtaken` or `NotAllowed`. `seen`: how many were read."""
        if seen != len(self):
            raise Overtaken(seen, len(self))
        today = signed.at.date()
        was = self.state(life, today)
        self._check(wish, was, life)
        _check_days(wish, policy.suppression_days.value, today)
        now = _LEADS_TO.get(wish.kind, was)
        action = Action(**wish.model_dump(), **signed._asdict(), revision=life.revision, was=was, now=now)
        return type(self)((*self, action))

    def _check(self, wish: Wish, was: Workflow, life: Life) -> None:
        if record_state(life) is RecordState.ARCHIVED and wish.kind != "comment":
            raise NotAllowed("later records cleared this finding: only a comment can be added")
        if was not in _FROM.get(wish.kind, tuple(Workflow)):
            raise NotAllowed(f"cannot {wish.kind} what is {was}")
        if wish.kind in ("investigate", "conclude") and not any(action.kind == "identify" for action in self):
            raise NotAllowed(f"cannot {wish.kind} before a person has identified the overpayment")


def record_state(life: Life) -> RecordState:
    return RecordState.ARCHIVED if life.transition is Transition.WITHDRAWN else RecordState.ACTIVE


def _check_days(wish: Wish, longest: int, today: date) -> None:
    last = today + timedelta(days=longest)
    if wish.until is not None and not today < wish.until <= last:
        raise NotAllowed(f"a suppression must end after {today} and by {last}: {wish.until} does not")
    if wish.on is not None and wish.on > today:
        raise NotAllowed(f"{wish.kind} needs a day that has come: {wish.on} is after {today}")
