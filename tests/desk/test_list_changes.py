"""The list after people acted and facts came, and that it can be made again from case files and reviews alone."""

import csv
import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

import pytest

from functions.keep_worklist import bring_up_to_date
from local.cloud import Cloud
from shared.aws.keys import partition
from shared.aws.runtime import dynamodb
from shared.aws.worklist import Filter, worklist
from shared.core.row import Row
from shared.core.workflow import Workflow
from tests.builders import a_claim_for, a_remittance, a_visit
from tests.desk.asking import act, ask
from tests.desk.conftest import rows_of, taken_in, thirteenth, without_kx
from tests.integration.deliveries import requests_counted

LAST = datetime.now(UTC).date() + timedelta(days=30)  # of the suppression: it is asked for on the day that it is


def stored(cloud: Cloud) -> list[Any]:
    """The rows as they lie there, but for the version that only settles who came later."""
    items = dynamodb().scan(TableName=cloud.keeper.environment["WORKLIST_TABLE"])["Items"]
    items.sort(key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    return [{name: value for name, value in item.items() if name != "version"} for item in items]


def emptied(cloud: Cloud, items: list[Any]) -> None:
    for item in items:
        key = {"pk": item["pk"], "sk": item["sk"]}
        dynamodb().delete_item(TableName=cloud.keeper.environment["WORKLIST_TABLE"], Key=key)
    assert stored(cloud) == []


@pytest.fixture(scope="module")
def suppressed(desk: Cloud) -> dict[str, Any]:
    taken_in(desk, without_kx("P-suppressed"))
    [row] = rows_of(desk, "P-suppressed")
    act(desk, row, "suppress", why="Asked the payer", until=LAST.isoformat())
    return row


def test_what_falls_due_comes_before_all(desk: Cloud) -> None:
    last = ask(desk, "/worklist").json["rows"][-1]
    act(desk, last, "identify", why="Confirmed with the chart", on="2026-02-01")
    first = ask(desk, "/worklist").json["rows"][0]
    dates = (first["due_on"], first["identified_on"])
    assert (first["finding_id"], *dates) == (last["finding_id"], "2026-04-02", "2026-02-01")


def test_what_a_person_resolved_leaves_the_list_and_is_found_by_its_state(desk: Cloud, row: dict[str, Any]) -> None:
    act(desk, row, "resolve", why="Corrected claim sent")
    assert rows_of(desk, row["patient_id"]) == []
    assert len(rows_of(desk, row["patient_id"], workflow="resolved")) == 1


@pytest.mark.parametrize(("days", "found"), [(-1, "suppressed"), (0, "suppressed"), (1, "new")])
def test_what_is_suppressed_is_back_on_the_list_the_day_after(
    desk: Cloud, suppressed: dict[str, Any], days: int, found: str
) -> None:
    """Nobody writes its row again: the day alone brings it back."""
    with desk.invoker.inside(desk.desk):
        of_state = {
            state: worklist().page(Filter(workflow=(state,), rule="KX_MISSING"), LAST + timedelta(days=days), 200).rows
            for state in (Workflow.NEW, Workflow.SUPPRESSED)
        }
    listed = [state for state, rows in of_state.items() if suppressed["finding_id"] in {row.finding_id for row in rows}]
    assert listed == [found]


def test_new_facts_bring_it_back(desk: Cloud, row: dict[str, Any]) -> None:
    act(desk, row, "resolve", why="Nothing to do")
    taken_in(desk, [a_remittance(a_claim_for(thirteenth(row["patient_id"])))])
    [again] = rows_of(desk, row["patient_id"])
    assert (again["workflow"], again["known_from"], again["actions"]) == ("new", "remittance", 1)


def test_what_records_cleared_is_archived(desk: Cloud, row: dict[str, Any]) -> None:
    taken_in(desk, [a_claim_for(thirteenth(row["patient_id"]), modifiers=["KX"], version=2)])
    assert rows_of(desk, row["patient_id"]) == []
    assert len(rows_of(desk, row["patient_id"], record="archived")) == 1


def test_made_again_from_case_files_and_reviews_it_is_the_same(desk: Cloud, row: dict[str, Any]) -> None:
    act(desk, row, "acknowledge")
    before = stored(desk)
    emptied(desk, before)
    with desk.invoker.inside(desk.keeper):
        for patient_id in {Row.model_validate_json(item["row"]["S"]).patient_id for item in before}:
            bring_up_to_date(patient_id)
    assert stored(desk) == before


def test_of_a_batch_each_patient_is_brought_up_to_date_once(desk: Cloud) -> None:
    """And the others of the batch are: one after it, one before it."""
    before = stored(desk)
    keys = [partition(patient_id) for patient_id in ("P-1", "P-2", "P-1", "P-3", "P-1")]
    batch = [{"dynamodb": {"Keys": {"pk": {"S": key}}, "SequenceNumber": str(n)}} for n, key in enumerate(keys)]
    with requests_counted() as once:
        assert desk.invoker.failed(desk.keeper, batch[-2:], partial=True) == set()
    emptied(desk, before)
    with requests_counted() as requests:
        assert desk.invoker.failed(desk.keeper, batch, partial=True) == set()
    assert stored(desk) == [item for item in before if item["pk"]["S"] in keys]
    assert requests["GetItem"] == once["GetItem"] / 2 * len(set(keys))


def test_an_old_picture_does_not_overwrite_a_newer_one(desk: Cloud) -> None:
    before = stored(desk)
    with desk.invoker.inside(desk.keeper):
        old = Row.model_validate_json(before[0]["row"]["S"]).model_copy(update={"message": "as it was"})
        worklist().keep(old.patient_id, [old], version=1)
    assert stored(desk) == before


def test_as_a_table_it_opens_without_becoming_a_formula(desk: Cloud) -> None:
    visit = a_visit("=HYPERLINK(1)", patient_id="@SUM(A1)", diagnoses=["M54.2"])
    answer = ask(taken_in(desk, [visit, a_claim_for(visit)]), "/worklist.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="worklist-2026-03-01.csv"' in answer.headers["content-disposition"]
    assert '"\'@SUM(A1)"' in answer.text
    assert '"\'=HYPERLINK(1)"' in answer.text
    assert '"=' not in answer.text
    assert '"@' not in answer.text


def test_as_a_workbook_it_holds_the_same_and_no_formula(desk: Cloud) -> None:
    table = [cell for line in csv.reader(StringIO(ask(desk, "/worklist.csv").text)) for cell in line if cell]
    answer = ask(desk, "/worklist.xlsx")
    with ZipFile(BytesIO(b64decode(answer.text))) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert ("spreadsheetml" in answer.headers["content-type"], answer.encoded) == (True, True)
    assert set(re.findall(r"<t[^>]*>(.*?)</t>", words)) == {escape(cell) for cell in table} | {""}
    assert "<f>" not in sheet
