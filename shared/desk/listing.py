"""The list to work, and the same list as a file."""

from base64 import b64encode
from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from shared.aws.runtime import as_of
from shared.aws.worklist import TO_WORK, Filter, worklist
from shared.core.row import RANK, Row
from shared.core.severity import Severity
from shared.core.workflow import RecordState, Workflow
from shared.desk.problems import answering
from shared.desk.routing import new_router
from shared.pages.tables import as_csv, as_xlsx, cells

router = new_router()

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_EXPORTED = 5_000  # what fits in one answer of a function


class Listed(BaseModel):
    """A page of the list as of `today`, in the order to work it. It may be short; without a cursor the list ends."""

    today: date
    rows: list[Row]
    cursor: str | None


@router.get("/worklist", summary="Findings to work, what falls due first in front", responses=answering(Listed))
def listed(  # noqa: PLR0913, PLR0917 - what can be asked of the list
    severity: Annotated[Severity | None, Query()] = None,
    rule: Annotated[str | None, Query(max_length=100)] = None,
    workflow: Annotated[Workflow | None, Query()] = None,
    record: Annotated[RecordState, Query()] = RecordState.ACTIVE,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern=RANK)] = None,
) -> Listed:
    wanted = Filter(record, (workflow,) if workflow else TO_WORK, severity, rule)
    page = worklist().page(wanted, as_of(), limit, cursor)
    return Listed(today=as_of(), rows=list(page.rows), cursor=page.cursor)


@router.get("/worklist.csv", summary="The list to work as a table", responses=answering(None, "text/csv"))
def as_table() -> Response[str]:
    return _file("csv", "text/csv; charset=utf-8", as_csv(_exported(), as_of()))


@router.get("/worklist.xlsx", summary="The same for Excel", responses=answering(None, _XLSX))
def as_workbook() -> Response[str]:
    book = as_xlsx({"worklist": cells(_exported(), as_of())})
    answer = _file("xlsx", _XLSX, b64encode(book).decode())
    answer.base64_encoded = True
    return answer


def _exported() -> list[Row]:
    found, cursor = list[Row](), None
    while len(found) < _MOST_EXPORTED:
        page = worklist().page(Filter(), as_of(), 200, cursor)
        found += page.rows
        if (cursor := page.cursor) is None:
            break
    return found


def _file(kind: str, media: str, body: str) -> Response[str]:
    return Response(200, media, body, {"Content-Disposition": f'attachment; filename="worklist-{as_of()}.{kind}"'})
