"""What a reader's format cannot say: no compliance and no violation, but a question that names who could answer it."""

from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, violation, warning

_WHO_CAN = "the clinic's own record of the visit (VisitRecorded) does"


def unsaid(what: str, visit: VisitRecorded) -> str:
    """`what`: a noun. The source is one of our readers, which alone may leave such a fact out."""
    return f"Not stated: {what}. {visit.told_by or 'This record'} does not say; {_WHO_CAN}."


def silent(message: str, what: str, visit: VisitRecorded) -> Verdict:
    """For what the NCD makes a condition: a record that could state it and does not breaks it, a reader's does not."""
    return warning(unsaid(what, visit), visit) if visit.by_reader else violation(message, visit)
