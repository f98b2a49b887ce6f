"""One finding: its proof, what people did about it, and what they do now."""

from dataclasses import asdict
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Request, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import TypeAdapter

from shared.aws.later import later_table
from shared.aws.reviews import reviews
from shared.aws.runtime import as_of, settings
from shared.aws.table import case_table
from shared.aws.trail import trail_table
from shared.core.case import CaseFile
from shared.core.document import finding_entry
from shared.core.heard import unheard
from shared.core.policy import policies
from shared.core.repayment import repayment
from shared.core.review import Review, Wish
from shared.core.standing import Life
from shared.core.turns import Telling, turns
from shared.core.workflow import Workflow
from shared.core.worklist import Work
from shared.desk.answers import Acting, FindingId, PatientId, Proved, Reviewed
from shared.desk.problems import NotThere, answering
from shared.desk.routing import new_router
from shared.desk.signing import signed
from shared.pages.patient import finding_view
from shared.pages.render import finding_part

router = new_router()


def case_of(patient_id: str) -> CaseFile:
    stored = case_table().case(patient_id)
    if not stored.writes:
        raise NotThere("no record of this patient was ever taken in")
    return stored.case


def _life(case: CaseFile, finding_id: str) -> Life:
    if finding_id not in case.standing.life:
        raise NotThere("no such finding of this patient: it may be another patient's, or the id is cut short")
    return case.standing.life[finding_id]


def _state(case: CaseFile, finding_id: str, review: Review, unheard: frozenset[str]) -> Workflow:
    """As the list says it, which knows of what people were told too."""
    life, finding = _life(case, finding_id), case.standing.findings.get(finding_id)
    if review or finding is None:
        return review.state(life, as_of())
    return Work({}, None if case.pending else settings().alert_min_severity, unheard).state(finding, life)


def _reviewed(case: CaseFile, finding_id: str, review: Review, unheard: frozenset[str] = frozenset()) -> Reviewed:
    finding = case.standing.findings.get(finding_id)
    clock = repayment(review, finding.at_stake if finding else None, policies())
    return Reviewed(
        patient_id=case.patient_id,
        finding_id=finding_id,
        workflow=_state(case, finding_id, review, unheard),
        seen=len(review),
        due_on=clock.due_on if clock else None,
        suspended_until=clock.suspended_until if clock else None,
        actions=list(review),
    )


@router.get(
    "/patients/<patient_id>/findings/<finding_id>", summary="A finding with its proof", responses=answering(Proved)
)
def proved(patient_id: PatientId, finding_id: FindingId) -> Proved:
    stored, trail = trail_table().whole(patient_id)
    case, life = stored.case, _life(stored.case, finding_id)
    view = finding_view(case, finding_id, policies(), as_of())
    finding = view.finding if view else life.last
    if finding is None:
        raise NotThere("no such finding of this patient")
    put_off = later_table().of_patient(patient_id)
    plain = TypeAdapter(list[dict[str, Any]]).dump_python
    return Proved(
        finding=finding_entry(finding, life),
        facts=plain([asdict(fact) for fact in view.trace.facts] if view else [], mode="json"),
        law=plain([asdict(law) for law in view.trace.law] if view else [], mode="json"),
        steps=[step.text for step in view.trace.steps] if view else [],
        history=list(turns(finding_id, trail, Telling(case.pending, put_off, settings().alert_min_severity))),
        review=_reviewed(case, finding_id, reviews().of_finding(patient_id, finding_id), unheard(trail, put_off)),
    )


@router.get(
    "/patients/<patient_id>/findings/<finding_id>/part",
    summary="The same for a page",
    responses=answering(None, "text/html"),
)
def shown(patient_id: PatientId, finding_id: FindingId) -> Response[str]:
    case = case_of(patient_id)
    _life(case, finding_id)
    view = finding_view(case, finding_id, policies(), as_of())
    if view is None:
        raise NotThere("later records cleared this finding: nothing is to be done about it")
    return Response(200, "text/html; charset=utf-8", finding_part(view))


@router.post(
    "/patients/<patient_id>/findings/<finding_id>/actions", summary="Act on a finding", responses=answering(Reviewed)
)
def acted(
    patient_id: PatientId, finding_id: FindingId, acting: Annotated[Acting, Body()], request: Request
) -> Reviewed:
    case = case_of(patient_id)
    life, before = _life(case, finding_id), reviews().of_finding(patient_id, finding_id)
    who = signed(request.resolved_event.get("requestContext"), request.context.get("officer"))
    wish = Wish(**acting.model_dump(exclude={"seen"}))
    after = before.taking(wish, who, life, policies().on(who.at.date()), acting.seen)
    reviews().keep(patient_id, finding_id, after)
    return _reviewed(case, finding_id, after)
