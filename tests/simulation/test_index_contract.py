"""What the table in memory and moto answer of a sparse index: the same questions to both."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.asking import ASKED, INVALID, MOTO_DIFFERS, item, refusal
from tests.simulation.subject import Subject, key

DAYS = "clock = :shard AND due_on <= :day"


def waiting(day: str, patient: str = "P-1", shard: str = "3") -> dict[str, Any]:
    return key("case", patient) | {"clock": {"S": shard}, "due_on": {"S": day}, "body": {"B": b"x"}}


def found(pages: Any) -> list[str]:
    return [shown["pk"]["S"].removeprefix("patient#") for page in pages for shown in page["Items"]]


@ASKED
def test_an_index_shows_keys_alone_in_their_order(subject: Subject) -> None:
    for day, patient in (("2026-06-02", "P-2"), ("2026-06-03", "P-3"), ("2026-06-01", "P-1")):
        subject.put(waiting(day, patient))
    [page] = subject.indexed(DAYS, shard="3", day="2026-06-02")()
    first, second = waiting("2026-06-01", "P-1"), waiting("2026-06-02", "P-2")
    assert page["Items"] == [{n: i[n] for n in ("pk", "sk", "clock", "due_on")} for i in (first, second)]


@ASKED
def test_an_item_without_both_keys_is_not_in_the_index(subject: Subject) -> None:
    for number, left_out in enumerate(("clock", "due_on")):
        subject.put({n: value for n, value in waiting("2026-06-01", f"P-{number}").items() if n != left_out})
    assert found(subject.indexed(DAYS, shard="3", day="9999-12-31")()) == []


@ASKED
def test_an_item_that_loses_its_keys_leaves_the_index(subject: Subject) -> None:
    subject.put(waiting("2026-06-01"))
    subject.put(item(2))
    assert found(subject.indexed(DAYS, shard="3", day="9999-12-31")()) == []


@ASKED
def test_an_item_that_changes_its_keys_is_found_under_the_new_ones_alone(subject: Subject) -> None:
    subject.put(waiting("2026-06-01"))
    subject.put(waiting("2026-06-01", shard="4"))
    shards = [found(subject.indexed(DAYS, shard=shard, day="9999-12-31")()) for shard in "34"]
    assert shards == [[], ["P-1"]]


@ASKED
def test_between_takes_both_ends(subject: Subject) -> None:
    for day in range(1, 6):
        subject.put(waiting(f"2026-06-0{day}", f"P-{day}"))
    between = subject.indexed("clock = :s AND due_on BETWEEN :a AND :b", s="3", a="2026-06-02", b="2026-06-04")
    assert found(between()) == ["P-2", "P-3", "P-4"]


@ASKED
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_an_index_together_are_the_whole_where_all_have_one_key(subject: Subject, size: int) -> None:
    for number in range(5):
        subject.put(waiting("2026-06-01", f"P-{number}"))
    pages = list(subject.indexed(DAYS, shard="3", day="2026-06-01")(PaginationConfig={"PageSize": size}))
    assert sorted(found(pages)) == [f"P-{number}" for number in range(5)]
    assert all(len(page["Items"]) <= size for page in pages)


@ASKED
def test_an_index_is_never_read_consistently(subject: Subject) -> None:
    with pytest.raises(ClientError, match="Consistent"):
        list(subject.indexed(DAYS, shard="3", day="2026-06-01")(ConsistentRead=True))


@MOTO_DIFFERS
def test_an_index_that_is_not_there_is_not_read(subject: Subject) -> None:
    with pytest.raises(ClientError) as caught:
        list(subject.indexed(DAYS, "no-index", shard="3", day="2026-06-01")())
    assert caught.value.response["Error"]["Code"] == INVALID


@ASKED
@pytest.mark.parametrize("condition", ["due_on <= :day", "due_on = :day"])
def test_a_query_names_one_partition(subject: Subject, condition: str) -> None:
    with pytest.raises(ClientError) as caught:
        list(subject.indexed(condition, day="2026-06-01")())
    assert caught.value.response["Error"]["Code"] == INVALID


@MOTO_DIFFERS
def test_a_key_of_an_index_is_text(subject: Subject) -> None:
    refusal(INVALID, subject, waiting("2026-06-01") | {"due_on": {"N": "1"}})
