"""Every order of a few events, as a tree: orders that begin alike share the case files of their beginning."""

from collections.abc import Sequence

from shared.core.case import CaseFile
from shared.core.events import Event
from shared.core.history import Outcome
from shared.core.policy import policies
from tests.unit.asking import AS_OF, RECORDED_AT

Concluded = tuple[bytes, bytes]


class Tree:
    """Walks all orders; after every step each event that was taken in comes once more and must change nothing.

    That is a duplicate at every place of every order, which holds the random place.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.orders = 0
        self.duplicates = 0
        self.ends: set[Concluded] = set()

    def walk(self) -> "Tree":
        self._grow(CaseFile.new(self.events[0].patient_id), ())
        return self

    def _grow(self, case: CaseFile, taken: tuple[int, ...]) -> None:
        self._again(case, taken)
        if len(taken) == len(self.events):
            self.orders += 1
            self.ends.add(concluded(case))
        for place, event in enumerate(self.events):
            if place not in taken:
                self._grow(case.taking(event, policies(), AS_OF, RECORDED_AT)[0], (*taken, place))

    def _again(self, case: CaseFile, taken: tuple[int, ...]) -> None:
        for place in taken:
            after, outcome = case.taking(self.events[place], policies(), AS_OF, RECORDED_AT)
            assert after is case
            assert outcome is Outcome.DUPLICATE
        self.duplicates += len(taken)


def concluded(case: CaseFile) -> Concluded:
    parts = case.parts()
    return parts["records"], parts["conclusions"]
