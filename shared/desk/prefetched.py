"""What an EHR sends along with a call: who is meant, which visits are planned, and what it knows that we may not.

It is read like any FHIR and joined with what the table holds for this one answer. Nothing of it is stored, and its
FHIR server is never asked.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from itertools import chain
from typing import Any

from shared.core.errors import Unreadable
from shared.core.events import Event
from shared.core.history import History
from shared.core.intake import parse_event
from shared.core.snapshot import Payer
from shared.desk.hooks import Ask, Called, Context
from shared.desk.problems import DataMissing, Misread
from shared.formats.fhir.appointments import Planned, appointment, encounter
from shared.formats.fhir.bundles import resources
from shared.formats.fhir.coverage import Coverages
from shared.formats.fhir.elements import Reference
from shared.formats.fhir.people import patient_id
from shared.formats.fhir.reader import read
from shared.formats.fhir.shelf import Entry, Shelf, relative
from shared.formats.piecework import Unfit
from shared.formats.reading import Identify, Read

_MOST_ASKED = 10  # days in one call


@dataclass(frozen=True)
class Prefetched:
    """Everything of one call, on one shelf."""

    context: Context
    bodies: tuple[Mapping[str, Any], ...]
    shelf: Shelf

    @classmethod
    def of(cls, called: Called, identify: Identify) -> "Prefetched":
        sent = [body for body in (called.prefetch or {}).values() if body]
        bodies = tuple(chain.from_iterable(_single_ones(body) for body in sent))
        entries = (Entry(f"prefetch.{body.get('resourceType')}", body) for body in bodies)
        return cls(called.context, bodies, Shelf(entries, identify))

    def patient_key(self) -> str:
        """By MBI or record number of the Patient, as the reader of files names it: else nobody would be found."""
        name = relative(self.context.patient_id).removeprefix("Patient/")
        reference = Reference(reference=f"Patient/{name}")
        patient = self.shelf.find(reference, Entry("context", {}))
        if patient is None:
            raise DataMissing("prefetch lacks the Patient of context.patientId: send it as the service asks for it")
        try:
            return patient_id(self.shelf, reference, patient, "patient")
        except Unfit as unfit:
            raise Misread(f"prefetch, Patient: {unfit}") from None

    def payer_on(self, patient: str, day: date) -> Payer | None:
        return Coverages(self.shelf).payer_on(patient, day.isoformat())

    def joined_with(self, history: History, patient: str) -> History:
        """The history with the patient's own records that came along; of two versions of one the later counts."""
        for event in self._events(patient):
            history, _ = history.taking(event)
        return history

    def _events(self, patient: str) -> Iterator[Event]:
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": body} for body in self.bodies]}
        for piece in read(BytesIO(json.dumps(bundle).encode()), self.shelf.identify):
            if isinstance(piece, Read):
                try:
                    event = parse_event(json.dumps(piece.envelope).encode()).detail
                except Unreadable:
                    continue
                if event.patient_id == patient:
                    yield event

    def planned(self, today: date) -> Iterator[tuple[Ask, bool | None]]:
        """The days to ask of, and whether needling is planned on each: None where nobody says for what it is."""
        known: dict[date, tuple[Ask, bool | None]] = {}
        for plan in self._plans():
            on = date.fromisoformat(plan.on) if plan.on else today
            before = known.get(on)
            if before is None or (plan.needling and not before[1]):
                known[on] = Ask(on=on, procedure=plan.procedure), plan.needling
        return iter([known[on] for on in sorted(known)][:_MOST_ASKED])

    def _plans(self) -> Iterator[Planned]:
        try:
            if self.context.appointments is not None:
                for entry in _entries(self.context.appointments):
                    if plan := appointment(entry):
                        yield plan
            elif self.context.encounter_id is not None:
                yield from self._encounter(relative(self.context.encounter_id).removeprefix("Encounter/"))
        except Unfit as unfit:
            raise Misread(f"the planned visit: {unfit}") from None

    def _encounter(self, name: str) -> Iterator[Planned]:
        entry = self.shelf.find(Reference(reference=f"Encounter/{name}"), Entry("context", {}))
        if entry is None:
            yield Planned(None, None, None)
        elif plan := encounter(entry):
            yield plan


def _entries(bundle: Mapping[str, Any]) -> Iterator[Entry]:
    for entry in resources(bundle, "context.appointments", None):
        if isinstance(entry, Entry) and entry.kind == "Appointment":
            yield replace(entry, raw=None)


def _single_ones(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if body.get("resourceType") != "Bundle":
        yield body
        return
    yield from (entry.body for entry in resources(body, "prefetch", None) if isinstance(entry, Entry))
