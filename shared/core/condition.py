"""Is it the chronic low back pain of the NCD? Four questions to a visit; they decide what counts as a session.

NCD 30.3.3 B: pain of 12 weeks or longer, with no identifiable systemic cause, not associated with surgery, not
associated with pregnancy. What the record leaves open is a warning and never an exclusion: the visit still counts.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import lru_cache

from shared.core.events import VisitRecorded
from shared.core.findings import Severity, Verdict, gravest, violation, warning
from shared.core.record import PatientRecord

Question = Callable[[VisitRecorded, PatientRecord], Verdict | None]


def chronicity_not_met(visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    """Pain for less than the weeks the NCD asks, on the day of the visit."""
    source = record.onset_source(visit)
    if source is None or source.condition is None or source.condition.onset_date is None:
        return None
    weeks = record.policy_on(visit.date_of_service).chronicity_weeks.value
    lasted = visit.date_of_service - source.condition.onset_date
    if lasted >= timedelta(weeks=weeks):
        return None
    return violation(
        f"The pain had lasted {lasted.days} days on {visit.date_of_service} (onset {source.condition.onset_date}); "
        f"{timedelta(weeks=weeks).days} are required.",
        visit,
        source,
    )


def systemic_cause(visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    policy = record.policy_on(visit.date_of_service)
    causes = [code for code in visit.diagnoses if in_any_range(code, policy.systemic_diagnoses.value)]
    history = [code for code in visit.diagnoses if code.startswith(policy.systemic_history.value)]
    return gravest(
        violation("The clinician attributes the pain to a systemic cause.", visit)
        if visit.condition.systemic_cause
        else None,
        violation(f"The visit's diagnoses name a systemic cause: {listed(causes)}.", visit) if causes else None,
        warning(f"A personal history of cancer is coded ({listed(history)}): was it ruled out as the cause?", visit)
        if history
        else None,
    )


def due_to_surgery(visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    """The clinician's word or a code attributes the pain to surgery; a fused spine alone is a question (AMB-16)."""
    policy = record.policy_on(visit.date_of_service)
    # Under the strict reading any spine surgery bars coverage, whatever the clinician says of the cause.
    grave = Severity.VIOLATION if policy.surgery_attribution.value == "any" else Severity.WARNING
    codes = [code for code in visit.diagnoses if code.startswith(policy.surgical_diagnoses.value)]
    history = [code for code in visit.diagnoses if code.startswith(policy.surgical_history.value)]
    screened = "spine_surgery" in (visit.screening or ())
    unrelated = visit.condition.due_to_surgery is False and grave is Severity.WARNING
    return gravest(
        violation("The clinician attributes the pain to surgery.", visit) if visit.condition.due_to_surgery else None,
        violation(f"The visit's diagnoses attribute the pain to surgery: {listed(codes)}.", visit) if codes else None,
        Verdict(grave, f"Spine surgery is coded ({listed(history)}): is the pain due to it?", (visit,))
        if history
        else None,
        Verdict(grave, "The screening found spine surgery: is the pain due to it?", (visit,))
        if screened and not unrelated
        else None,
    )


def due_to_pregnancy(visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    policy = record.policy_on(visit.date_of_service)
    codes = [code for code in visit.diagnoses if code.startswith(policy.pregnancy_diagnoses.value)]
    pregnant = [code for code in visit.diagnoses if code.startswith(policy.pregnancy_status.value)]
    screened = "pregnancy" in (visit.screening or ())
    billed = record.pregnant_claims.get(visit.date_of_service)
    return gravest(
        violation("The clinician attributes the pain to pregnancy.", visit)
        if visit.condition.due_to_pregnancy
        else None,
        violation(f"The visit's diagnoses tie the pain to pregnancy: {listed(codes)}.", visit) if codes else None,
        warning(f"A pregnancy is coded ({listed(pregnant)}): is the pain due to it?", visit) if pregnant else None,
        warning("The screening found a pregnancy: is the pain due to it?", visit) if screened else None,
        warning("The claim calls the patient pregnant: is the pain due to it?", visit, billed) if billed else None,
    )


QUESTIONS = (chronicity_not_met, systemic_cause, due_to_surgery, due_to_pregnancy)


def is_clbp(visit: VisitRecorded, record: PatientRecord) -> bool:
    """Whether none of the four questions excludes a visit for low back pain."""
    for question in QUESTIONS:
        verdict = answer(question, visit, record)
        if verdict is not None and verdict.severity is Severity.VIOLATION:
            return False
    return True


def answer(question: Question, visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    """The question put to the visit; once, since sessions and rules both want to know."""
    key = (question, visit.visit_id)
    if key not in record.answers:
        record.answers[key] = question(visit, record)
    return record.answers[key]


@lru_cache  # the same codes come with every visit
def in_any_range(code: str, ranges: tuple[str, ...]) -> bool:
    """Ranges of ICD-10-CM categories as the book writes them: "C00-C96" holds C79.51 and C7A.1; "M45" holds M45.6."""
    for span in ranges:
        first, _, last = span.partition("-")
        if first <= code[: len(first)] <= (last or first):
            return True
    return False


def listed(codes: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(codes))
