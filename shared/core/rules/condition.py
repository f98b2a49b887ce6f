"""Condition: was it the pain the NCD covers? With the rules of `diagnosis` the first section of the catalogue."""

from collections.abc import Sequence
from functools import partial

from shared.core.chart import Chart
from shared.core.condition import (
    answer,
    chronicity_not_met,
    due_to_pregnancy,
    due_to_surgery,
    listed,
    systemic_cause,
    visits_in_question,
)
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, warning
from shared.core.rules import diagnosis
from shared.core.rules.reads import LOW_BACK, ONSET
from shared.core.rules.rule import VIOLATION, WARNING, Rule

SECTION = diagnosis.SECTION


def visits_of_first_own_sessions(chart: Chart) -> Sequence[VisitRecorded]:
    """The visit that opens each period here. Of several on that date the one with the smallest id speaks for them."""
    return [course.sessions[0].visits[0] for course in chart.courses if course.sessions and course.sessions[0].visits]


def chronicity_undocumented(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    # Another visit of the same date that states the onset documents it for the session.
    session = chart.session_on[visit.date_of_service]
    if any(chart.onset_source(other) for other in session.visits):
        return None
    return warning("No record up to the first session of the period states when the pain began.", *session.records)


_STATEMENTS = {
    "systemic_cause": "a systemic cause",
    "due_to_surgery": "surgery as the cause",
    "due_to_pregnancy": "pregnancy as the cause",
}


def exclusions_undocumented(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    session = chart.session_on[visit.date_of_service]
    names = chart.policy_on(visit.date_of_service).exclusions_stated.value
    silent = [name for name in names if all(getattr(other.condition, name) is None for other in session.visits)]
    if not silent:
        return None
    missing = listed(_STATEMENTS[name] for name in silent)
    return warning(f"The note of the first session neither states nor excludes {missing}.", *session.records)


RULES = (
    *diagnosis.RULES,
    Rule(
        "CHRONICITY_NOT_MET",
        visits_in_question,
        partial(answer, chronicity_not_met),
        section=SECTION,
        means="The pain had not lasted the twelve weeks that make it chronic.",
        arises="From the onset to the date of service fewer than `chronicity_weeks` passed. The onset is the visit's "
        "own, else that of the nearest earlier completed visit that states one.",
        severities=(VIOLATION,),
        remedy="Check the onset date with the clinician. If it stands, the service is not covered: return any payment.",
        cites=("chronicity_weeks",),
        reads=(*LOW_BACK, *ONSET, "claim.condition.onset_date"),
        denial="review_denial",
    ),
    Rule(
        "CHRONICITY_UNDOCUMENTED",
        visits_of_first_own_sessions,
        chronicity_undocumented,
        section=SECTION,
        means="No record states when the pain began, so twelve weeks are not shown.",
        arises="Neither the visit of the first own session of a period nor an earlier completed visit states the "
        "onset, so that `chronicity_weeks` cannot be counted.",
        severities=(WARNING,),
        remedy="Have the clinician document the onset (a dated addendum), before the claim is reviewed.",
        cites=("chronicity_weeks",),
        reads=(*LOW_BACK, *ONSET, "claim.condition.onset_date"),
        counted=True,
    ),
    Rule(
        "EXCLUSIONS_UNDOCUMENTED",
        visits_of_first_own_sessions,
        exclusions_undocumented,
        section=SECTION,
        means="The first note does not say whether systemic disease, surgery and pregnancy were excluded.",
        arises="The visits of the first own session of a period leave one or more of `exclusions_stated` open, neither "
        "yes nor no.",
        severities=(WARNING,),
        remedy="Have the clinician state each exclusion (a dated addendum).",
        cites=("exclusions_stated",),
        reads=(
            *LOW_BACK,
            "visit.condition.systemic_cause",
            "visit.condition.due_to_surgery",
            "visit.condition.due_to_pregnancy",
        ),
        counted=True,
    ),
    Rule(
        "EXCL_SYSTEMIC",
        visits_in_question,
        partial(answer, systemic_cause),
        section=SECTION,
        means="The record names, or may hide, a systemic cause of the pain.",
        arises="Violation: the clinician attributes the pain to a systemic cause, or the visit codes one of "
        "`systemic_diagnoses`. Warning: it codes one of `systemic_history`.",
        severities=(VIOLATION, WARNING),
        remedy="Have the clinician confirm or rule out the systemic cause. If it stands, the service is not covered.",
        cites=("exclusions_stated", "systemic_diagnoses", "systemic_history"),
        reads=(*LOW_BACK, "visit.condition.systemic_cause"),
        denial="review_denial",
    ),
    Rule(
        "EXCL_SURGERY",
        visits_in_question,
        partial(answer, due_to_surgery),
        section=SECTION,
        means="The record ties the pain, or may tie it, to surgery.",
        arises="Violation: the clinician attributes the pain to surgery, or the visit codes one of "
        "`surgical_diagnoses`. Warning: it codes one of `surgical_history`, or the screening found spine surgery and "
        "the clinician does not deny the tie. `surgery_attribution` can make these violations.",
        severities=(VIOLATION, WARNING),
        remedy="Have the clinician state whether the pain is due to the surgery. If it is, the service is not covered.",
        cites=("exclusions_stated", "surgical_diagnoses", "surgical_history", "surgery_attribution"),
        reads=(*LOW_BACK, "visit.condition.due_to_surgery", "visit.screening"),
        denial="review_denial",
    ),
    Rule(
        "EXCL_PREGNANCY",
        visits_in_question,
        partial(answer, due_to_pregnancy),
        section=SECTION,
        means="The record ties the pain, or may tie it, to pregnancy.",
        arises="Violation: the clinician attributes the pain to pregnancy, or the visit codes one of "
        "`pregnancy_diagnoses`. Warning: it codes one of `pregnancy_status`, the screening found a pregnancy, or a "
        "claim of the date calls the patient pregnant.",
        severities=(VIOLATION, WARNING),
        remedy="Have the clinician state whether the pain is due to the pregnancy. If it is, it is not covered.",
        cites=("exclusions_stated", "pregnancy_diagnoses", "pregnancy_status"),
        reads=(*LOW_BACK, "visit.condition.due_to_pregnancy", "visit.screening", "claim.condition.pregnant"),
        denial="review_denial",
    ),
)
