"""One patient: all that stands, for machines and as a page, and whether a session on a day would be covered."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import TypeAdapter

from shared.aws.runtime import as_of
from shared.aws.table import case_table
from shared.core.coverage import Coverage, coverage
from shared.core.document import patient_entry
from shared.core.policy import policies
from shared.desk.answers import PatientId, Plain
from shared.desk.findings import case_of
from shared.desk.problems import answering
from shared.desk.routing import new_router
from shared.pages.patient import patient_view
from shared.pages.render import patient_part

router = new_router()


@router.get(
    "/patients/<patient_id>", summary="Periods and findings, as output.md shows them", responses=answering(Plain)
)
def patient(patient_id: PatientId) -> Plain:
    return patient_entry(case_of(patient_id).standing, withdrawn=True)


@router.get("/patients/<patient_id>/part", summary="The patient's page", responses=answering(None, "text/html"))
def shown(patient_id: PatientId) -> Response[str]:
    view = patient_view(case_of(patient_id), policies(), as_of())
    return Response(200, "text/html; charset=utf-8", patient_part(view))


@router.get(
    "/patients/<patient_id>/coverage", summary="Would a session on that day be covered?", responses=answering(Plain)
)
def covered(
    patient_id: PatientId,
    on: Annotated[date, Query()],
    procedure: Annotated[str | None, Query(pattern="^[0-9A-Z]{5}$")] = None,
) -> Plain:
    """Asked also of a patient not yet known: the answer says what is not on record."""
    history = case_table().case(patient_id).case.history
    told = coverage(patient_id, history, policies(), on, as_of(), procedure)
    return dict(TypeAdapter(Coverage).dump_python(told, mode="json"))
