"""The resources that tell of a visit, as far as we read them: Encounter, Procedure, Condition, pregnancy status."""

from datetime import date, timedelta

from shared.core.policy import policies
from shared.formats.codes import needling
from shared.formats.fhir.codes import diagnosis, procedure_code
from shared.formats.fhir.dates import latest_day
from shared.formats.fhir.elements import Concept, Element, Many, Period, Reference, Resource

_PREGNANCY_STATUS = "82810-3"
_LOINC = "http://loinc.org"
_SNOMED = "http://snomed.info/sct"
_PREGNANT = "77386006"
_UNTRUE = {"entered-in-error", "refuted"}
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
# A month or a year is taken for its last day, so that no onset seems earlier than it was; and only long before the
# visit, so that none seems later than it was to whoever counts the weeks.
_LONG_BEFORE = timedelta(days=366)


class Participant(Element):
    individual: Reference | None = None


class EncounterDiagnosis(Element):
    condition: Reference
    rank: int | None = None


class Encounter(Resource):
    status: str
    subject: Reference | None = None
    participant: Many[Participant] = ()
    period: Period = Period()
    diagnosis: Many[EncounterDiagnosis] = ()
    reason_code: Many[Concept] = ()
    reason_reference: Many[Reference] = ()


class ProcedurePerformer(Element):
    actor: Reference


class Procedure(Resource):
    status: str
    code: Concept = Concept()
    subject: Reference | None = None
    encounter: Reference | None = None
    performed_date_time: str | None = None
    performed_period: Period = Period()
    performer: Many[ProcedurePerformer] = ()
    reason_code: Many[Concept] = ()
    reason_reference: Many[Reference] = ()

    @property
    def needling(self) -> str | None:
        """The kind of needling; of a procedure that was done and stands."""
        return needling(procedure_code(self.code)) if self.status == "completed" else None


class Condition(Resource):
    verification_status: Concept = Concept()
    code: Concept = Concept()
    subject: Reference | None = None
    encounter: Reference | None = None
    onset_date_time: str | None = None
    onset_period: Period = Period()

    @property
    def diagnosis(self) -> str | None:
        untrue = _UNTRUE.intersection(self.verification_status.codes(_VERIFICATION))
        return None if untrue else diagnosis(self.code)

    @property
    def is_low_back_pain(self) -> bool:
        family = policies().on(date.max).diagnosis_family.value
        return (self.diagnosis or "").startswith(family)

    def onset_before(self, day: str) -> str | None:
        """When the pain began, if that is told to the day or lies long before."""
        told = self.onset_date_time or self.onset_period.start or ""
        onset = latest_day(told)
        exact = len(told) >= len("YYYY-MM-DD")
        if onset is None or not (exact or onset + _LONG_BEFORE < date.fromisoformat(day)):
            return None
        return onset.isoformat()


class PregnancyStatus(Resource):
    status: str
    code: Concept = Concept()
    subject: Reference | None = None
    encounter: Reference | None = None
    value_codeable_concept: Concept = Concept()

    @property
    def told(self) -> bool:
        return _PREGNANCY_STATUS in self.code.codes(_LOINC)

    @property
    def pregnant(self) -> bool:
        final = self.status in ("final", "amended", "corrected")
        return final and _PREGNANT in self.value_codeable_concept.codes(_SNOMED)
