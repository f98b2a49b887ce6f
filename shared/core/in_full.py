"""VisitRecorded as a sender of our own events must state it: the same fields, without leave to keep silent.

Only our readers of other formats may leave out what their format cannot say. The names are those of `visits`, because
senders see them in the schemas.
"""

from operator import attrgetter

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


_OF_A_VISIT = attrgetter(
    "payer", "place_of_service", "performer.profession", *(f"note.{name}" for name in Note.__annotations__)
)
_OF_A_PROCEDURE = attrgetter(*Procedure.__annotations__)


def is_told(visit: visits.VisitRecorded) -> bool:
    """Whether the visit, read with leave to keep silent, states all that must be stated here."""
    return None not in _OF_A_VISIT(visit) and (visit.procedure is None or None not in _OF_A_PROCEDURE(visit.procedure))
