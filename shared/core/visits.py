"""VisitRecorded: what the note of one encounter says, and who held the needle.

What other formats cannot state may be None here; `in_full` says what a sender of our own events must state.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from shared.core.fields import CalendarDate, DiagnosisCode, Identifier, Npi, Number, Several, TwoDigits
from shared.core.scores import Score
from shared.core.snapshot import Part, Payer, Snapshot

Screened = Literal[
    "metal_allergy",
    "needle_phobia",
    "lymphedema",
    "local_infection",
    "bleeding_disorder",
    "anticoagulant",
    "bloodborne_illness",
    "pregnancy",
    "lung_disease",
    "spine_surgery",
]


class Condition(Part):
    """What the note says of the low back pain."""

    onset_date: CalendarDate | None = None
    systemic_cause: bool | None = None
    due_to_surgery: bool | None = None
    due_to_pregnancy: bool | None = None


_NOTHING_STATED = Condition.model_construct()


def _none_stated(value: Any) -> Any:
    # All of it may be missing or null, and null equals missing: so may the whole.
    return _NOTHING_STATED if value is None else value


_Stated = Annotated[Condition, BeforeValidator(_none_stated, json_schema_input_type=Condition | None)]


class License(Part):
    state: str
    number: str
    expires_on: CalendarDate | None = None
    unrestricted: bool


Profession = Literal[
    "physician",
    "physician_assistant",
    "nurse_practitioner",
    "clinical_nurse_specialist",
    "acupuncturist",
    "physical_therapist",
    "occupational_therapist",
    "chiropractor",
    "other",
]


class Performer(Part):
    """Who held the needle."""

    npi: Npi
    profession: Profession | None = None
    acupuncture_degree: bool | None = None
    acupuncture_license: License | None = None


class Supervision(Part):
    supervisor_npi: Npi
    mode: Literal["personal", "direct", "virtual_video", "virtual_audio", "general"]


class Muscle(Part):
    name: str
    side: Literal["left", "right", "bilateral", "midline"] | None = None


class Procedure(Part):
    kind: Literal["dry_needling", "acupuncture"]
    muscles: Several[Muscle] | None = None
    injection: bool | None = None
    electrical_stimulation: bool | None = None
    needle_gauge: str | None = None
    needle_length_mm: Number | None = None
    retention_minutes: int | None = None
    contact_minutes: int | None = None
    reinsertions: int | None = None


class Note(Part):
    """Which elements the note holds."""

    indication: bool | None = None
    informed_consent: bool | None = None
    safety_screening: bool | None = None
    technique: bool | None = None
    patient_response: bool | None = None
    signed: bool | None = None


class AdvanceNotice(Part):
    signed_on: CalendarDate
    form_expires_on: CalendarDate | None = None


class VisitRecorded(Snapshot):
    kind = "visit"
    id_field = "visit_id"

    visit_id: Identifier
    status: Literal["completed", "cancelled", "entered-in-error"]
    date_of_service: CalendarDate
    payer: Payer | None = None
    place_of_service: TwoDigits | None = None
    diagnoses: Several[DiagnosisCode]
    condition: _Stated = _NOTHING_STATED
    performer: Performer
    supervision: Supervision | None = None
    procedure: Procedure | None = None
    note: Note = Note.model_construct()
    screening: Several[Screened] | None = None
    abn: AdvanceNotice | None = None
    measures: Several[Score]

    def parts(self) -> tuple[Part | None, ...]:
        performer, procedure = self.performer, self.procedure
        muscles = (procedure.muscles or ()) if procedure else ()
        needling = (performer, performer.acupuncture_license, self.supervision, procedure, *muscles)
        return (self, self.condition, *needling, self.note, self.abn, *self.measures)

    @property
    def told_in_full(self) -> bool:
        """Whether it states all that a sender of our own events must (`in_full`)."""
        procedure = self.procedure
        silent = (
            self.payer is None
            or self.place_of_service is None
            or self.performer.profession is None
            or None in self.note.__dict__.values()
            or (procedure and None in (procedure.muscles, procedure.injection, procedure.electrical_stimulation))
        )
        return not silent
