"""A patient's history as a case file, for those who only look: nothing of it is stored."""

from datetime import date

from local.arguments import midnight
from shared.core.case import CaseFile
from shared.core.history import History
from shared.core.policy import policies
from shared.core.standing import Standing


def judged(patient_id: str, history: History, as_of: date) -> CaseFile:
    """Audited as of that day, as if all had been known from its beginning."""
    return CaseFile(history, Standing(patient_id)).re_audited(policies(), as_of, midnight(as_of))
