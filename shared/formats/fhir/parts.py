"""Which Procedures, Conditions and pregnancy statuses make a visit together with its Encounter, by reference.

What is wrong with a part is said where it stands and keeps it out of the visit; the Encounter then tells what is left.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from shared.formats.fhir.coverage import Coverages
from shared.formats.fhir.elements import Reference, Resource
from shared.formats.fhir.encounters import Condition, Encounter, PregnancyStatus, Procedure
from shared.formats.fhir.people import patient_id
from shared.formats.fhir.shelf import Entry, Shelf
from shared.formats.piecework import Unfit

Part = TypeVar("Part", bound=Resource)


@dataclass
class Parts:
    """What belongs to one Encounter, each with where it stands."""

    procedures: list[tuple[Entry, Procedure]] = field(default_factory=list)
    conditions: list[tuple[Entry, Condition]] = field(default_factory=list)
    pregnancies: list[tuple[Entry, PregnancyStatus]] = field(default_factory=list)


class Joined:
    """The parts of every Encounter of a shelf, found once; `home` is the Encounter that a part went to."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.home: dict[Entry, Entry] = {}
        self.problems: defaultdict[str, list[Condition]] = defaultdict(list)
        self.coverages = Coverages(shelf)
        self._parts: defaultdict[Entry, Parts] = defaultdict(Parts)
        self._join()

    def parts(self, encounter: Entry) -> Parts:
        return self._parts[encounter]

    def _join(self) -> None:
        for entry, procedure in self._read("Procedure", Procedure):
            if home := self._goes_to(entry, procedure.encounter):
                self._parts[home].procedures.append((entry, procedure))
        for entry, status in self._read("Observation", PregnancyStatus):
            if status.told and (home := self._goes_to(entry, status.encounter)):
                self._parts[home].pregnancies.append((entry, status))
        for entry, condition in self._read("Condition", Condition):
            if home := self._goes_to(entry, condition.encounter):
                self._parts[home].conditions.append((entry, condition))
            else:
                self._problem(entry, condition)
        self._pointed_to()

    def _read(self, kind: str, model: type[Part]) -> Iterator[tuple[Entry, Part]]:
        for entry in self.shelf.of_kind(kind):
            try:
                yield entry, entry.read(model)
            except Unfit:
                continue  # refused where it stands

    def _goes_to(self, entry: Entry, reference: Reference | None) -> Entry | None:
        home = self.shelf.find(reference, entry)
        if home is None or home.kind != "Encounter":
            return None
        self.home[entry] = home
        return home

    def _problem(self, entry: Entry, condition: Condition) -> None:
        """A Condition of no visit is one of the patient's problem list, asked for the onset of the pain alone."""
        if not condition.is_low_back_pain:
            return
        try:
            patient = patient_id(self.shelf, condition.subject, entry, "subject")
        except Unfit:
            return
        self.problems[patient].append(condition)

    def _pointed_to(self) -> None:
        """Conditions that the Encounter or one of its Procedures names come before what only names the visit itself."""
        for home, encounter in self._read("Encounter", Encounter):
            ranked = sorted(encounter.diagnosis, key=lambda diagnosis: diagnosis.rank or len(encounter.diagnosis) + 1)
            parts = self._parts[home]
            named = [(home, reference) for reference in (*(it.condition for it in ranked), *encounter.reason_reference)]
            named += [(entry, reason) for entry, procedure in parts.procedures for reason in procedure.reason_reference]
            parts.conditions = list(dict([*self._conditions(named, home), *parts.conditions]).items())

    def _conditions(self, named: Iterable[tuple[Entry, Reference]], home: Entry) -> Iterator[tuple[Entry, Condition]]:
        for within, reference in named:
            entry = self.shelf.find(reference, within)
            if entry is None or entry.kind != "Condition":
                continue
            self.home.setdefault(entry, home)
            with suppress(Unfit):  # refused where it stands
                yield entry, entry.read(Condition)
