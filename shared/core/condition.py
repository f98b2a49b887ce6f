"""Is it the chronic low back pain of the NCD? Four questions to a visit; they decide what counts as a session.

NCD 30.3.3 B: pain of 12 weeks or longer, with no identifiable systemic cause, not associated with surgery, not
associated with pregnancy. What the record leaves open is a warning and never an exclusion: the visit still counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from shared.core.diagnoses import Named
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, gravest, violation, warning
from shared.core.record import PatientRecord
from shared.core.severity import Severity

Question = Callable[[VisitRecorded, PatientRecord], Verdict | None]
_WEEK = 7  # days


def chronicity_not_met(visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    """Pain for less than the weeks the NCD asks, on the day of the visit."""
    source = record.onset_source(visit)
    if source is None or source.condition is None or source.condition.onset_date is None:
        return None
    began, day = source.condition.onset_date, visit.date_of_service
    lasted, required = (day - began).days, _WEEK * record.policy_on(day).chronicity_weeks.value
    if lasted >= required:
        return None
    said = f"The pain had lasted {lasted} days on {day} (onset {began}); {required} are required."
    return violation(said, visit, source)


def systemic_cause(visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    return gravest(*_systemic(visit, record.named[visit.visit_id]))


def _systemic(visit: VisitRecorded, named: Named) -> Iterator[Verdict]:
    if visit.condition.systemic_cause:
        yield violation("The clinician attributes the pain to a systemic cause.", visit)
    if named.systemic:
        yield violation(f"The visit's diagnoses name a systemic cause: {listed(named.systemic)}.", visit)
    if named.cancer_history:
        history = listed(named.cancer_history)
        yield warning(f"A personal history of cancer is coded ({history}): was it ruled out as the cause?", visit)


def due_to_surgery(visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    """The clinician's word or a code attributes the pain to surgery; a fused spine alone is a question (AMB-16)."""
    return gravest(*_surgical(visit, record.named[visit.visit_id], record))


def _surgical(visit: VisitRecorded, named: Named, record: PatientRecord) -> Iterator[Verdict]:
    if visit.condition.due_to_surgery:
        yield violation("The clinician attributes the pain to surgery.", visit)
    if named.surgical:
        yield violation(f"The visit's diagnoses attribute the pain to surgery: {listed(named.surgical)}.", visit)
    screened = visit.screening and "spine_surgery" in visit.screening
    if not screened and not named.spine_surgery:
        return
    # Under the strict reading any spine surgery bars coverage, whatever the clinician says of the cause.
    strict = record.policy_on(visit.date_of_service).surgery_attribution.value == "any"
    say = violation if strict else warning
    if named.spine_surgery:
        yield say(f"Spine surgery is coded ({listed(named.spine_surgery)}): is the pain due to it?", visit)
    if screened and (strict or visit.condition.due_to_surgery is not False):
        yield say("The screening found spine surgery: is the pain due to it?", visit)


def due_to_pregnancy(visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    return gravest(*_of_pregnancy(visit, record.named[visit.visit_id], record))


def _of_pregnancy(visit: VisitRecorded, named: Named, record: PatientRecord) -> Iterator[Verdict]:
    if visit.condition.due_to_pregnancy:
        yield violation("The clinician attributes the pain to pregnancy.", visit)
    if named.of_pregnancy:
        yield violation(f"The visit's diagnoses tie the pain to pregnancy: {listed(named.of_pregnancy)}.", visit)
    if named.pregnant:
        yield warning(f"A pregnancy is coded ({listed(named.pregnant)}): is the pain due to it?", visit)
    if visit.screening and "pregnancy" in visit.screening:
        yield warning("The screening found a pregnancy: is the pain due to it?", visit)
    if billed := record.pregnant_claims.get(visit.date_of_service):
        yield warning("The claim calls the patient pregnant: is the pain due to it?", visit, billed)


OF_CAUSE = (systemic_cause, due_to_surgery, due_to_pregnancy)


def speaks_of_cause(visit: VisitRecorded, record: PatientRecord) -> bool:
    """Whether anything is said that the questions about the cause could be about; of most visits nothing is."""
    said = visit.condition
    return bool(
        visit.screening
        or said.systemic_cause
        or said.due_to_surgery
        or said.due_to_pregnancy
        or record.named[visit.visit_id].other_cause
        or visit.date_of_service in record.pregnant_claims
    )


def answers(record: PatientRecord) -> Mapping[Question, Mapping[str, Verdict]]:
    """What each question has to say of the visits for low back pain, by their ids: of most visits nothing."""
    visits = record.low_back_visits
    spoken = [visit for visit in visits if speaks_of_cause(visit, record)]
    asked = {chronicity_not_met: visits, **dict.fromkeys(OF_CAUSE, spoken)}
    return {
        question: {visit.visit_id: verdict for visit in visits if (verdict := question(visit, record))}
        for question, visits in asked.items()
    }


def visits_in_question(record: PatientRecord) -> Sequence[VisitRecorded]:
    """The visits for low back pain of which some question has something to say."""
    said = {visit_id for verdicts in record.once(answers).values() for visit_id in verdicts}
    return [visit for visit in record.low_back_visits if visit.visit_id in said] if said else ()


def answer(question: Question, visit: VisitRecorded, record: PatientRecord) -> Verdict | None:
    return record.once(answers)[question].get(visit.visit_id)


def excluded(record: PatientRecord) -> frozenset[str]:
    """The visits for low back pain, by their ids, that are not for the pain of the NCD."""
    said = (verdicts.items() for verdicts in record.once(answers).values())
    return frozenset(visit_id for each in said for visit_id, verdict in each if verdict.severity is Severity.VIOLATION)


def listed(codes: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(codes))
