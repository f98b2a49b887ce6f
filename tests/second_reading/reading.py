"""Everything rules.md says of a patient, by the second reading."""

from collections.abc import Iterable
from datetime import date
from itertools import chain

from shared.core.events import Event
from shared.core.standing import PeriodView
from tests.second_reading import clocks, coding, condition, gain, notes, who
from tests.second_reading.courses import courses
from tests.second_reading.patient import Patient
from tests.second_reading.words import Found

GRAVITY = ("info", "warning", "violation")
SECTIONS = (
    condition.diagnoses,
    condition.conditions,
    condition.payers,
    gain.of_courses,
    who.performers,
    coding.edits,
    coding.modifiers,
    notes.lines,
    notes.visits,
    clocks.of_lines,
    clocks.of_visits,
    clocks.of_claims,
)


def read(events: Iterable[Event], as_of: date) -> tuple[set[Found], list[PeriodView]]:
    """One finding for each rule and subject, with the gravest severity; and the periods as they are shown."""
    patient = Patient(events, as_of)
    found = courses(patient)
    first_days = [course.own[0] for course in found if course.own]
    said = chain(
        chain.from_iterable(section(patient) for section in SECTIONS), condition.first_notes(patient, first_days)
    )
    gravest: dict[tuple[str, str], str] = {}
    for rule, severity, subject in said:
        known = gravest.get((rule, subject), severity)
        gravest[rule, subject] = max(known, severity, key=GRAVITY.index)
    return {(rule, severity, subject) for (rule, subject), severity in gravest.items()}, [c.shown() for c in found]
