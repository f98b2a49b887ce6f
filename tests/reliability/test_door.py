"""The door against JSON that says two things, goes too deep or holds what cannot be kept; and what it lets pass."""

import json

import pytest

from shared.core.errors import Reason, Unreadable
from shared.core.intake import parse_event
from tests.reliability.mutants import course


def refused(body: bytes) -> tuple[Reason, str, str | None]:
    with pytest.raises(Unreadable) as caught:
        parse_event(body)
    return caught.value.reason, caught.value.where, caught.value.event_id


BODY = json.dumps(course()[0] | {"id": "e-1"}).encode()


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        (b'"version": 1', b'"version": 1, "version": 1'),
        (b'"version": 1', b'"version": 1, "vers\\u0069on": 1'),
        (b'"version": 1', b'"version" : 1, "note\\u003a" : "\\u003A", "version" : 2'),
        (b'"version": 1', b'"unknown": {"a": [{"b": 1, "b": 1}]}, "version": 1'),
        (b'"version": 1', b'"version": 1, "": 1, "": 2'),
        (b'"source"', b'"detail": 1, "source"'),
    ],
)
def test_a_name_twice_in_an_object_is_ambiguous_wherever_it_stands(once: bytes, twice: bytes) -> None:
    assert refused(BODY.replace(once, twice)) == (Reason.AMBIGUOUS, "body", "e-1")


def test_of_two_ids_of_a_delivery_none_is_picked() -> None:
    assert refused(BODY.replace(b'"id"', b'"id": "e-2", "id"')) == (Reason.AMBIGUOUS, "body", None)


@pytest.mark.parametrize(
    "said", ['"a:b": ":"', '"vers\\\\u0069on": "\\u003a"', '"a": [{"b": 1}, {"b": 1}]', '"\\\\": "\\":"']
)
def test_what_only_looks_like_a_name_twice_is_let_in(said: str) -> None:
    assert parse_event(BODY.replace(b'"version": 1', f'{said}, "version": 1'.encode())).event_id == "e-1"


def test_nulls_are_refused_where_we_would_store_them_and_half_characters_everywhere() -> None:
    known, unknown = (BODY.replace(name, b'"a\\u0000"') for name in (b'"multifidus"', b'"ehr.example"'))
    assert refused(known) == (Reason.BAD_FORM, "detail", "e-1")
    assert parse_event(unknown).event_id == "e-1"
    assert refused(BODY.replace(b'"ehr.example"', b'"\\ud800"'))[:2] == (Reason.NOT_JSON, "body")


@pytest.mark.parametrize("depth", [250, 20_000])
def test_too_deep_is_told_apart_from_no_json(depth: int) -> None:
    deep = b'{"a": [' * depth + b"1" + b"]}" * depth
    assert refused(BODY.replace(b'"ehr.example"', deep))[0] == Reason.TOO_DEEP


@pytest.mark.parametrize("stray", ["Jane Doe", "x" * 201, "a\n", "Zoë", "", 7, None, ["e"]])
def test_a_delivery_is_taken_whatever_its_id_but_only_an_id_is_logged(stray: object) -> None:
    assert parse_event(json.dumps(course()[0] | {"id": stray}).encode()).event_id is None
