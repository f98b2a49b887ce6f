"""Before the visit: the CDS Hooks 2.0 service, behind the same authoriser as everything else of the desk.

Discovery too: what the specification lets anyone see, only who is signed in sees here. A card is shown if needling is
planned, or if nobody says what is planned and the patient is known to be needled; silence says nothing of coverage.
"""

from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from shared.aws.feedback import feedbacks
from shared.aws.mailing import desk
from shared.aws.runtime import as_of
from shared.aws.table import case_table
from shared.core.card import Card, card
from shared.core.coverage import coverage
from shared.core.links import patient_link
from shared.core.policy import policies
from shared.desk.hooks import Answered, Called, Discovered, Fed, Hook, Kept, Service
from shared.desk.problems import DataMissing, Misread, NotThere, answering
from shared.desk.routing import new_router
from shared.desk.signing import signed

if TYPE_CHECKING:
    from shared.desk.prefetched import Prefetched

router = new_router()
_HISTORY = "Procedure?patient={{context.patientId}}&_include=Procedure:encounter&_include=Procedure:performer"
_PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "coverage": "Coverage?beneficiary=Patient/{{context.patientId}}&status=active",
    "conditions": "Condition?patient={{context.patientId}}",
    "history": _HISTORY,
    "scores": "Observation?patient={{context.patientId}}&category=survey",
}
_ASKED_OF = {"encounter": "Encounter/{{context.encounterId}}"}
_REQUIRES = (
    "The patient's MBI or medical record number, by which the audit knows the patient, is in the Patient. The rest of "
    "the prefetch is welcome and not needed. The FHIR server is not called."
)


def _service(hook: Hook, prefetch: dict[str, str]) -> Service:
    return Service(
        hook=hook,
        id=f"ncd-30-3-3-{hook}",
        title="Medicare NCD 30.3.3: needling for low back pain",
        description="Says before the visit whether Original Medicare would cover one more session, and what to do.",
        prefetch=prefetch,
        usage_requirements=_REQUIRES,
    )


SERVICES = {
    service.id: service
    for service in (_service("appointment-book", _PREFETCH), _service("encounter-start", _PREFETCH | _ASKED_OF))
}
ServiceId = Annotated[str, Path(min_length=1, max_length=100)]


def _known(service_id: str) -> Service:
    if service_id not in SERVICES:
        raise NotThere(f"no such service: there are {', '.join(SERVICES)}")
    return SERVICES[service_id]


@router.get("/cds-services", summary="CDS Hooks: which services there are", responses=answering(Discovered))
def discovered() -> Discovered:
    return Discovered(services=list(SERVICES.values()))


@router.post(
    "/cds-services/<service_id>", summary="CDS Hooks: cards for what is planned", responses=answering(Answered)
)
def called(service_id: ServiceId, asked: Annotated[Called, Body()], request: Request) -> Answered:
    from shared.desk.prefetched import Prefetched  # the reader of FHIR: no other route of the desk waits for it

    _check(_known(service_id), asked)
    sent = Prefetched.of(asked, request.context["identity"]())
    patient = sent.patient_key()
    return Answered(cards=list(_cards(sent, patient)))


def _check(service: Service, asked: Called) -> None:
    if asked.hook != service.hook:
        raise Misread(f"this service answers the hook {service.hook}, and no other")
    if service.hook == "appointment-book" and asked.context.appointments is None:
        raise DataMissing("context.appointments is missing: the Bundle of the Appointments to book")
    if service.hook == "encounter-start" and asked.context.encounter_id is None:
        raise DataMissing("context.encounterId is missing")


def _cards(sent: "Prefetched", patient: str) -> list[Card]:
    law, today = policies(), as_of()
    history = sent.joined_with(case_table().case(patient).case.history, patient)
    needled = any(visit.procedure for visit in history.visits)
    told = []
    for ask, needling in sent.planned(today):
        payer = sent.payer_on(patient, ask.on)
        elsewhere = payer not in (None, law.on(ask.on).payer.value)
        if not elsewhere and (needling or (needling is None and needled)):
            answer = coverage(patient, history, law, ask.on, today, ask.procedure)
            told.append(card(answer, law, str(uuid4()), patient_link(desk(), patient)))
    return told


@router.post(
    "/cds-services/<service_id>/feedback",
    summary="CDS Hooks: what people did about cards",
    responses=answering(Kept),
)
def fed_back(service_id: ServiceId, fed: Annotated[Fed, Body()], request: Request) -> Kept:
    _known(service_id)
    who = signed(request.resolved_event.get("requestContext"), request.context.get("officer"))
    for told in fed.feedback:
        feedbacks().keep(told.card, told.outcome_timestamp, told.model_dump_json(by_alias=True), who)
    return Kept(kept=len(fed.feedback))
