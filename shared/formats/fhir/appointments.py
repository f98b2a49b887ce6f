"""Visits to come, as an EHR tells them before they happen: on which day, and whether it is needling that is planned."""

from typing import NamedTuple

from shared.formats.codes import needling
from shared.formats.fhir.dates import day
from shared.formats.fhir.elements import Element, Many, Period, Resource
from shared.formats.fhir.shelf import Entry

_OFF = {"cancelled", "noshow", "entered-in-error", "onleave", "finished"}
_WORDS = ("needl", "acupunct")


class _Coded(Element):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class _Service(Element):
    """A CodeableConcept with its words: schedules are coded in every clinic's own way."""

    coding: Many[_Coded] = ()
    text: str | None = None

    @property
    def procedure(self) -> str | None:
        return next((it.code for it in self.coding if needling(it.code)), None)

    @property
    def is_needling(self) -> bool:
        words = " ".join(filter(None, (self.text, *(it.display for it in self.coding)))).lower()
        return self.procedure is not None or any(word in words for word in _WORDS)

    @property
    def is_said(self) -> bool:
        return bool(self.text or any(it.code or it.display for it in self.coding))


class _Appointment(Resource):
    status: str | None = None
    service_type: Many[_Service] = ()
    start: str | None = None


class _Encounter(Resource):
    status: str | None = None
    # R4 has one service type, R5 a list of them; the type of an encounter names it too, if anything does.
    service_type: _Service = _Service()
    type: Many[_Service] = ()
    period: Period = Period()


class Planned(NamedTuple):
    """A visit to come. `needling` is None where nobody said what it is for."""

    on: str | None
    needling: bool | None
    procedure: str | None


def appointment(entry: Entry) -> Planned | None:
    """None for one that will not take place."""
    told = entry.read(_Appointment)
    if told.status in _OFF:
        return None
    return _planned(day(told.start, "start") if told.start else None, told.service_type)


def encounter(entry: Entry) -> Planned | None:
    told = entry.read(_Encounter)
    if told.status in _OFF:
        return None
    on = day(told.period.start, "period.start") if told.period.start else None
    named = [it for it in told.type if it.is_needling]  # "office visit" says nothing of what is done
    return _planned(on, (*named, told.service_type))


def _planned(on: str | None, services: Many[_Service]) -> Planned:
    said = [service for service in services if service.is_said]
    code = next((it.procedure for it in said if it.procedure), None)
    return Planned(on, any(it.is_needling for it in said) if said else None, code)
