"""The same questions to the table in memory and to moto, so that the one we simulate with cannot drift.

Where moto is known to differ from DynamoDB (emulators.md names the documents), moto is the one expected to fail.
"""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.asking import ASKED, INVALID, MOTO_DIFFERS, NEW, TAKEN, item, refusal
from tests.simulation.subject import NAME, Subject


def read(version: int) -> dict[str, Any]:
    values = {":read": {"N": str(version)}}
    return {"ConditionExpression": "version = :read", "ExpressionAttributeValues": values}


@ASKED
def test_a_missing_item_is_no_item(subject: Subject) -> None:
    assert "Item" not in subject.get()


@ASKED
def test_what_is_put_is_read(subject: Subject) -> None:
    subject.put(item(1))
    assert subject.get()["Item"] == item(1)


@ASKED
def test_a_put_replaces_the_whole_item(subject: Subject) -> None:
    subject.put(item(1, more={"S": "x"}))
    subject.put(item(2))
    assert subject.get()["Item"] == item(2)


@ASKED
def test_a_new_item_may_be_put_once(subject: Subject) -> None:
    subject.put(item(1), **NEW)
    refusal(TAKEN, subject, item(2), **NEW)
    assert subject.get()["Item"] == item(1)


@ASKED
def test_not_exists_is_asked_of_the_item_and_not_of_the_partition(subject: Subject) -> None:
    subject.put(item(1), **NEW)
    subject.put(item(1, "fact#visit#V-1#0000000001"), **NEW)


@ASKED
def test_the_item_in_the_way_is_shown_to_who_asks(subject: Subject) -> None:
    subject.put(item(1, digest={"S": "abc"}))
    answer = refusal(TAKEN, subject, item(2), **NEW, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert answer["Item"] == item(1, digest={"S": "abc"})


@ASKED
def test_the_item_in_the_way_is_not_shown_otherwise(subject: Subject) -> None:
    subject.put(item(1))
    assert "Item" not in refusal(TAKEN, subject, item(2), **NEW)


@ASKED
def test_where_nothing_is_in_the_way_nothing_is_shown(subject: Subject) -> None:
    answer = refusal(TAKEN, subject, item(2), **read(1), ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert "Item" not in answer


@ASKED
def test_the_version_that_was_read_may_be_replaced(subject: Subject) -> None:
    subject.put(item(1))
    subject.put(item(2), **read(1))
    assert subject.get()["Item"] == item(2)


@ASKED
@pytest.mark.parametrize("other", [0, 2, 10])
def test_another_version_may_not(subject: Subject, other: int) -> None:
    subject.put(item(1))
    refusal(TAKEN, subject, item(3), **read(other))


@ASKED
def test_a_version_is_not_found_in_a_missing_item(subject: Subject) -> None:
    refusal(TAKEN, subject, item(2), **read(1))


@ASKED
def test_numbers_are_compared_by_value(subject: Subject) -> None:
    subject.put(item(1))
    subject.put(item(2), ConditionExpression="version = :read", ExpressionAttributeValues={":read": {"N": "1.0"}})


@ASKED
def test_a_number_is_no_text(subject: Subject) -> None:
    subject.put(item(1))
    values = {":read": {"S": "1"}}
    refusal(TAKEN, subject, item(2), ConditionExpression="version = :read", ExpressionAttributeValues=values)


@ASKED
def test_two_terms_must_both_hold(subject: Subject) -> None:
    subject.put(item(1))
    both = "attribute_exists(pk) AND version < :most"
    subject.put(item(5), ConditionExpression=both, ExpressionAttributeValues={":most": {"N": "2"}})
    refusal(TAKEN, subject, item(6), ConditionExpression=both, ExpressionAttributeValues={":most": {"N": "2"}})


@MOTO_DIFFERS
def test_a_value_never_spoken_of_is_refused(subject: Subject) -> None:
    refusal(INVALID, subject, item(1), **NEW, ExpressionAttributeValues={":read": {"N": "1"}})


@MOTO_DIFFERS
def test_a_value_that_is_not_given_is_refused(subject: Subject) -> None:
    subject.put(item(1))
    refusal(INVALID, subject, item(1), ConditionExpression="version = :read")


@ASKED
def test_bytes_come_back_as_they_were(subject: Subject) -> None:
    body = bytes(range(256))
    subject.put(item(1, body={"B": body}))
    assert subject.get()["Item"]["body"]["B"] == body


@ASKED
def test_empty_text_and_bytes_may_be_stored(subject: Subject) -> None:
    subject.put(item(1, event_id={"S": ""}, body={"B": b""}))
    assert subject.get()["Item"] == item(1, event_id={"S": ""}, body={"B": b""})


@ASKED
def test_text_beyond_the_basic_plane_comes_back(subject: Subject) -> None:
    subject.put(item(1, said={"S": "é\U0001f9ea\u2028"}))
    assert subject.get()["Item"]["said"]["S"] == "é\U0001f9ea\u2028"


@ASKED
@pytest.mark.parametrize("part", ["pk", "sk"])
def test_a_key_may_not_be_empty(subject: Subject, part: str) -> None:
    refusal(INVALID, subject, item(1) | {part: {"S": ""}})


@ASKED
@pytest.mark.parametrize("part", ["pk", "sk"])
def test_a_key_may_not_be_missing(subject: Subject, part: str) -> None:
    refusal(INVALID, subject, {name: value for name, value in item(1).items() if name != part})


@ASKED
def test_a_key_is_text(subject: Subject) -> None:
    refusal(INVALID, subject, item(1) | {"sk": {"N": "1"}})


@ASKED
def test_more_than_the_key_is_no_key(subject: Subject) -> None:
    with pytest.raises(ClientError, match="does not match the schema"):
        subject.client.get_item(TableName=NAME, Key=item(1))


@ASKED
def test_an_item_below_the_limit_is_taken(subject: Subject) -> None:
    subject.put(item(1, body={"B": b"x" * 399_000}))


@ASKED
def test_an_item_above_the_limit_is_refused_and_changes_nothing(subject: Subject) -> None:
    subject.put(item(1))
    refusal(INVALID, subject, item(2, body={"B": b"x" * (400 * 1024)}))
    assert subject.get()["Item"] == item(1)


@ASKED
def test_what_is_no_number_is_refused(subject: Subject) -> None:
    refusal(INVALID, subject, item(1, count={"N": "many"}))


@MOTO_DIFFERS
def test_a_number_has_at_most_38_digits(subject: Subject) -> None:
    refusal(INVALID, subject, item(1, count={"N": "1" * 39}))


@MOTO_DIFFERS
def test_a_number_loses_needless_zeros(subject: Subject) -> None:
    subject.put(item(1, count={"N": "1.50"}))
    assert subject.get()["Item"]["count"]["N"] == "1.5"


@ASKED
def test_a_partition_is_read_in_the_order_of_bytes(subject: Subject) -> None:
    sorts = ["fact#b", "fact#a#10", "fact#a#9", "fact#B", "case", "fact#é"]
    for sort in sorts:
        subject.put(item(1, sort))
    [page] = subject.query("pk = :pk", pk="patient#P-1")()
    assert [found["sk"]["S"] for found in page["Items"]] == sorted(sorts, key=str.encode)


@ASKED
def test_a_query_takes_what_begins_with(subject: Subject) -> None:
    for sort in ("case", "fact#visit#1", "fact#claim#1", "factual"):
        subject.put(item(1, sort))
    [page] = subject.query("pk = :pk AND begins_with(sk, :fact)", pk="patient#P-1", fact="fact#")()
    assert [found["sk"]["S"] for found in page["Items"]] == ["fact#claim#1", "fact#visit#1"]


@ASKED
def test_a_partition_is_read_from_a_key_on(subject: Subject) -> None:
    for sort in ("case", "fact#a", "trail#0000000001", "trail#0000000002", "trail#0000000010"):
        subject.put(item(1, sort))
    [page] = subject.query("pk = :pk AND sk >= :first", pk="patient#P-1", first="trail#0000000002")()
    assert [shown["sk"]["S"] for shown in page["Items"]] == ["trail#0000000002", "trail#0000000010"]


@ASKED
def test_a_query_sees_one_partition(subject: Subject) -> None:
    subject.put(item(1))
    subject.put(item(1, patient="P-11"))
    [page] = subject.query("pk = :pk", pk="patient#P-1")()
    assert page["Count"] == 1


@ASKED
def test_a_query_of_nothing_is_one_empty_page(subject: Subject) -> None:
    [page] = subject.query("pk = :pk", pk="patient#nobody")()
    assert page["Items"] == []


@ASKED
@pytest.mark.parametrize("size", [2, 3, 4])
def test_pages_together_are_the_whole(subject: Subject, size: int) -> None:
    sorts = [f"fact#{number:03}" for number in range(7)]
    for sort in sorts:
        subject.put(item(1, sort))
    pages = list(subject.query("pk = :pk", pk="patient#P-1")(PaginationConfig={"PageSize": size}))
    assert [found["sk"]["S"] for page in pages for found in page["Items"]] == sorts
    assert all(len(page["Items"]) <= size for page in pages)


@ASKED
def test_a_page_ends_at_a_megabyte(subject: Subject) -> None:
    for number in range(4):
        subject.put(item(1, f"fact#{number}", body={"B": b"x" * 390_000}))
    pages = list(subject.query("pk = :pk", pk="patient#P-1")())
    assert len(pages) > 1
    assert sum(len(page["Items"]) for page in pages) == 4


@ASKED
def test_the_stream_shows_before_and_after(subject: Subject) -> None:
    subject.put(item(1, body={"B": b"\x00\xff"}))
    subject.put(item(2))
    first = item(1, body={"B": b"\x00\xff"})
    assert subject.stream() == [("INSERT", None, first), ("MODIFY", first, item(2))]


@ASKED
def test_what_was_refused_is_not_in_the_stream(subject: Subject) -> None:
    subject.put(item(1))
    refusal(TAKEN, subject, item(2), **NEW)
    assert len(subject.stream()) == 1


@MOTO_DIFFERS
def test_what_changes_nothing_is_not_in_the_stream(subject: Subject) -> None:
    subject.put(item(1))
    subject.put(item(1))
    assert len(subject.stream()) == 1
