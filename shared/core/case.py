"""The case file: one patient's history with what stands of it, as one value that is read, replaced and written whole.

How it is stored is in `stored`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple, Self

from shared.core.audit import audit
from shared.core.events import Event
from shared.core.history import History, Outcome
from shared.core.policy import Policies
from shared.core.standing import Standing
from shared.core.stored import Parts, history_from, standing_from, stored_history, stored_standing
from shared.core.trail import Cause, Entry, Head, Occasion, entry_of, genesis


class CaseFile(NamedTuple):
    """All that is known and concluded of one patient.

    `head` is the last entry of the patient's trail (None: it has none yet), `pending` are its last entries as long as
    they are stored nowhere else. An entry is made with the conclusions it speaks of and must be written with them.
    """

    history: History
    standing: Standing
    head: Head | None = None
    pending: tuple[Entry, ...] = ()

    @classmethod
    def new(cls, patient_id: str) -> Self:
        return cls(History(), Standing(patient_id))

    @property
    def patient_id(self) -> str:
        return self.standing.patient_id

    def taking(self, event: Event, policies: Policies, as_of: date, recorded_at: datetime) -> tuple[Self, Outcome]:
        """The case file after `event`, audited as of `as_of`. A repeat or a conflict leaves it as it is."""
        history, outcome = self.history.taking(event)
        if outcome in (Outcome.DUPLICATE, Outcome.CONFLICT):
            return self, outcome
        occasion = Occasion(recorded_at, as_of, Cause.of(event), policies.version)
        return self._judging(history, policies, occasion), outcome

    def re_audited(self, policies: Policies, as_of: date, recorded_at: datetime) -> Self:
        """The same history judged as of another day. No fact is taken in."""
        return self._judging(self.history, policies, Occasion(recorded_at, as_of, None, policies.version))

    def _judging(self, history: History, policies: Policies, occasion: Occasion) -> Self:
        conclusions = audit(self.patient_id, history, policies, occasion.as_of)
        standing = self.standing.after(conclusions, occasion.as_of)
        entry = entry_of(self.standing, standing, occasion, self.head or genesis(self.patient_id))
        if entry is None:
            return self._replace(history=history, standing=standing)
        return type(self)(history, standing, entry.head, (*self.pending, entry))

    def carried(self) -> Self:
        """The same with every entry of its trail stored elsewhere."""
        return self._replace(pending=())

    def parts(self) -> dict[str, bytes]:
        """The three stored parts. The trail is stored beside them: it, too, remembers the order of arrival."""
        return stored_history(self.history) | stored_standing(self.standing)

    @classmethod
    def from_parts(
        cls, patient_id: str, parts: Parts, head: Head | None = None, pending: tuple[Entry, ...] = ()
    ) -> Self:
        return cls(history_from(parts), standing_from(patient_id, parts), head, pending)


class Arrival(NamedTuple):
    """A fact of the archive: which day it was judged as of, and when it was recorded."""

    event: Event
    as_of: date
    recorded_at: datetime


def rebuilt(patient_id: str, arrivals: Iterable[Arrival], policies: Policies) -> CaseFile:
    """The case file from the archive of facts, in the order of their arrival."""
    case = CaseFile.new(patient_id)
    for event, as_of, recorded_at in arrivals:
        case, _ = case.taking(event, policies, as_of, recorded_at)
    return case
