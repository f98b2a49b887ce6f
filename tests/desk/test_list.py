"""The list to work: what is on it, in which order, page by page, and that it can be made again from what stands."""

from typing import Any

import pytest

from functions.keep_worklist import bring_up_to_date
from local.cloud import Cloud
from shared.aws.runtime import dynamodb
from tests.builders import a_claim_for, a_remittance, a_visit
from tests.desk.asking import act, ask
from tests.desk.conftest import THIRTEENTH, taken_in
from tests.integration.deliveries import requests_counted


def listed(cloud: Cloud, **query: Any) -> list[tuple[str, str]]:
    return [(row["patient_id"], row["rule"]) for row in ask(cloud, "/worklist", **query).json["rows"]]


def stored(cloud: Cloud) -> list[Any]:
    """The rows as they lie there, but for the version that only settles who came later."""
    items = dynamodb().scan(TableName=cloud.keeper.environment["WORKLIST_TABLE"])["Items"]
    items.sort(key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    return [{name: value for name, value in item.items() if name != "version"} for item in items]


def test_every_finding_that_stands_is_on_it_and_nothing_else(desk: Cloud) -> None:
    standing = {
        (standing.patient_id, finding.rule)
        for standing in desk.run().standings
        for finding in standing.findings.values()
    }
    assert set(listed(desk)) == standing
    assert {("P-1", "KX_MISSING"), ("P-2", "DX_NOT_COVERED")} <= standing


def test_the_gravest_comes_first_and_what_is_due_before_all(desk: Cloud) -> None:
    rows = ask(desk, "/worklist").json["rows"]
    assert [row["severity"] for row in rows] == sorted(
        (row["severity"] for row in rows), key="violation warning info".find
    )
    last = rows[-1]
    act(desk, last, "identify", why="Confirmed with the chart", on="2026-02-01")
    first = ask(desk, "/worklist").json["rows"][0]
    assert (first["finding_id"], first["due_on"], first["identified_on"]) == (
        last["finding_id"],
        "2026-04-02",
        "2026-02-01",
    )


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_join_to_the_whole_list_without_gap_or_repeat(desk: Cloud, limit: int) -> None:
    whole = listed(desk)
    found: list[tuple[str, str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = ask(desk, "/worklist", limit=limit, **cursor).json
        found += [(row["patient_id"], row["rule"]) for row in page["rows"]]
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert found == whole


def test_filters_take_what_they_say(desk: Cloud) -> None:
    assert listed(desk, rule="KX_MISSING") == [("P-1", "KX_MISSING")]
    assert {rule for _, rule in listed(desk, severity="violation")} == {
        "IMPROVEMENT_MISSING",
        "KX_MISSING",
        "DX_NOT_COVERED",
    }
    assert listed(desk, workflow="resolved") == []
    assert {rule for _, rule in listed(desk, record="archived")} == {"VISIT_WITHOUT_CLAIM"}  # until the claims came


def test_what_a_person_resolved_leaves_the_list_and_is_found_by_its_state(desk: Cloud) -> None:
    row = ask(desk, "/worklist", rule="KX_MISSING").json["rows"][0]
    act(desk, row, "resolve", why="Corrected claim sent")
    assert listed(desk, rule="KX_MISSING") == []
    assert listed(desk, rule="KX_MISSING", workflow="resolved") == [("P-1", "KX_MISSING")]


def test_new_facts_bring_it_back(desk: Cloud) -> None:
    row = ask(desk, "/worklist", rule="KX_MISSING").json["rows"][0]
    act(desk, row, "resolve", why="Nothing to do")
    taken_in(desk, [a_remittance(a_claim_for(THIRTEENTH))])
    again = ask(desk, "/worklist", rule="KX_MISSING").json["rows"][0]
    assert (again["workflow"], again["known_from"], again["actions"]) == ("new", "remittance", 1)


def test_what_records_cleared_is_archived(desk: Cloud) -> None:
    taken_in(desk, [a_claim_for(THIRTEENTH, modifiers=["KX"], version=2)])
    assert listed(desk, rule="KX_MISSING") == []
    assert listed(desk, rule="KX_MISSING", record="archived") == [("P-1", "KX_MISSING")]


def test_made_again_from_case_files_and_reviews_it_is_the_same(desk: Cloud) -> None:
    for row in ask(desk, "/worklist").json["rows"][:2]:
        act(desk, row, "acknowledge")
    before, name = stored(desk), desk.keeper.environment["WORKLIST_TABLE"]
    for item in before:
        dynamodb().delete_item(TableName=name, Key={"pk": item["pk"], "sk": item["sk"]})
    assert stored(desk) == []
    with desk.invoker.inside(desk.keeper):
        for patient_id in ("P-3", "P-1", "P-2"):
            bring_up_to_date(patient_id)
    assert stored(desk) == before


def test_an_old_picture_does_not_overwrite_a_newer_one(desk: Cloud) -> None:
    before = stored(desk)
    with desk.invoker.inside(desk.keeper):
        from shared.aws.worklist import worklist
        from shared.core.worklist import Row

        old = Row.model_validate_json(before[0]["row"]["S"]).model_copy(update={"message": "as it was"})
        worklist().keep(old.patient_id, [old], version=1)
    assert stored(desk) == before


def test_a_page_is_a_query_of_the_index_and_never_a_scan(desk: Cloud) -> None:
    with requests_counted() as requests:
        ask(desk, "/worklist", limit=2)
    assert requests == {"Query": 1}


@pytest.mark.parametrize("cursor", ["abc", "e30=", "eyJwayI6MX0=", "é"])
def test_a_cursor_that_is_not_ours_is_refused_in_words(desk: Cloud, cursor: str) -> None:
    answer = ask(desk, "/worklist", cursor=cursor)
    assert (answer.status, "begin again" in answer.json["message"]) == (400, True)


def test_as_a_table_it_opens_without_becoming_a_formula(cloud: Cloud) -> None:
    visit = a_visit("=HYPERLINK(1)", patient_id="@SUM(A1)", diagnoses=["M54.2"])
    desk = taken_in(cloud, [visit, a_claim_for(visit)])
    answer = ask(desk, "/worklist.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert '"\'@SUM(A1)"' in answer.text
    assert '"\'=HYPERLINK(1)"' in answer.text
    assert '"=' not in answer.text
    assert '"@' not in answer.text
