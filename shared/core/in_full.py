"""VisitRecorded as a sender of our own events must state it: the same fields, without leave to keep silent.

Only our readers of other formats may leave out what their format cannot say. The names are those of `visits`, because
senders see them in the schemas.
"""

from shared.core import visits
from shared.core.fields import Several, TwoDigits
from shared.core.snapshot import Payer
from shared.core.visits import Muscle, Profession


class Performer(visits.Performer):
    """Who held the needle."""

    profession: Profession


class Procedure(visits.Procedure):
    muscles: Several[Muscle]
    injection: bool
    electrical_stimulation: bool


class Note(visits.Note):
    """Which elements the note holds."""

    indication: bool
    informed_consent: bool
    safety_screening: bool
    technique: bool
    patient_response: bool
    signed: bool


class VisitRecorded(visits.VisitRecorded):
    payer: Payer
    place_of_service: TwoDigits
    performer: Performer
    procedure: Procedure | None = None
    note: Note
