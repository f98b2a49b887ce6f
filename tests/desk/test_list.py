"""The list to work as it is read: what is on it, in which order, page by page."""

from typing import Any

import pytest

from local.cloud import Cloud
from tests.desk.asking import ask
from tests.integration.deliveries import requests_counted


def listed(cloud: Cloud, **query: Any) -> list[tuple[str, str]]:
    return [(row["patient_id"], row["rule"]) for row in ask(cloud, "/worklist", **query).json["rows"]]


def test_every_finding_that_stands_is_on_it_and_nothing_else(desk: Cloud) -> None:
    standing = {
        (standing.patient_id, finding.rule)
        for standing in desk.run().standings
        for finding in standing.findings.values()
    }
    assert set(listed(desk)) == standing
    assert {("P-1", "KX_MISSING"), ("P-2", "DX_NOT_COVERED")} <= standing


def test_the_gravest_comes_first(desk: Cloud) -> None:
    rows = ask(desk, "/worklist").json["rows"]
    assert [row["severity"] for row in rows] == sorted(
        (row["severity"] for row in rows), key="violation warning info".find
    )


@pytest.mark.parametrize(("limit", "wanted"), [(1, {}), (2, {}), (3, {}), (1, {"severity": "warning"})])
def test_pages_join_to_the_whole_list_without_gap_or_repeat(desk: Cloud, limit: int, wanted: dict[str, str]) -> None:
    """Of warnings the first look finds nothing, and the second more than a page."""
    whole, found, cursor = listed(desk, **wanted), list[tuple[str, str]](), dict[str, str]()
    while True:
        page = ask(desk, "/worklist", limit=limit, **wanted, **cursor).json
        found += [(row["patient_id"], row["rule"]) for row in page["rows"]]
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert len(whole) > limit
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


def test_a_page_is_a_query_of_the_index_and_never_a_scan(desk: Cloud) -> None:
    with requests_counted() as requests:
        ask(desk, "/worklist", limit=2)
    assert requests == {"Query": 1}


@pytest.mark.parametrize("cursor", ["abc", "2026-03-01", "9999-12-31#0#0999999999999#"])
def test_a_cursor_that_is_not_ours_is_refused_in_words(desk: Cloud, cursor: str) -> None:
    answer = ask(desk, "/worklist", cursor=cursor)
    assert (answer.status, answer.json["message"]) == (422, "cursor: string pattern mismatch")


def test_where_nothing_is_found_it_looks_further_before_it_answers(desk: Cloud) -> None:
    rule = listed(desk)[-1][1]
    first_of_it = listed(desk, rule=rule)[:1]
    with requests_counted() as requests:
        assert listed(desk, rule=rule, limit=1) == first_of_it
    assert requests == {"Query": 2}
