"""Reading an event at once: what is read so, that no trick hides a name that stands twice, that no answer differs."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from shared.core.at_once import at_once, no_name_twice
from shared.core.envelopes import Envelope as Read
from shared.core.envelopes import envelope_of
from shared.core.errors import Reason, Unreadable
from shared.core.intake import parse_event, step_by_step
from tests.builders import (
    FIRST_DAY,
    NEEDLER,
    Envelope,
    a_claim,
    a_line,
    a_measure,
    a_remittance,
    a_score,
    a_visit,
    an_eligibility,
)
from tests.reliability.mutants import mutant, originals
from tests.unit.asking import message

_LICENSE = {"state": "WA", "number": "7", "expires_on": None, "unrestricted": True}
# Every kind with every part it may have.
FULL: dict[str, Envelope] = {
    "visit": a_visit(
        performer={"acupuncture_license": _LICENSE},
        supervision={"supervisor_npi": NEEDLER, "mode": "direct"},
        abn={"signed_on": FIRST_DAY, "form_expires_on": None},
        measures=[a_score(7, FIRST_DAY), a_score(40, FIRST_DAY, "ODI")],
    ),
    "claim": a_claim(lines=[a_line(1), a_line(2)], condition={"onset_date": None, "pregnant": False}),
    "remittance": a_remittance(a_claim(lines=[a_line(1), a_line(2)])),
    "eligibility": an_eligibility(),
    "measure": a_measure(),
}
_BUS = {"version": "0", "account": "123456789012", "region": "us-east-1", "resources": []}
WRITTEN: dict[str, Callable[[Envelope], str]] = {
    "as Python writes it": json.dumps,
    "compact": lambda event: json.dumps(event, separators=(",", ":")),
    "indented": lambda event: json.dumps(event, indent=2),
    "spaced": lambda event: json.dumps(event, indent="\t", separators=(" ,", " : ")),
    "sorted": lambda event: json.dumps(event, sort_keys=True),
}


def shown(body: bytes) -> bool:
    read = envelope_of(json.loads(body)["detail-type"]).validate_json(body)
    return no_name_twice(body, read)


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize("written", WRITTEN)
def test_an_event_in_order_is_read_at_once_however_it_is_written(kind: str, written: str) -> None:
    for event in (FULL[kind], FULL[kind] | _BUS):
        body = WRITTEN[written](event).encode()
        assert shown(body)
        assert at_once(body) == step_by_step(body)


@pytest.mark.parametrize(
    "strange",
    [
        {"trace": {"detail-type": "x"}},
        {"resources": ["arn:aws:a"]},
        {"id": "urn:uuid:7"},
        {"time": ["a:b"]},
        {"time": {"a": 1}},
    ],
    ids=repr,
)
def test_what_is_not_counted_is_looked_up(strange: dict[str, Any]) -> None:
    body = message(a_visit() | strange)
    assert not shown(body)
    assert at_once(body) == step_by_step(body)


def test_the_kind_is_that_of_the_envelope_wherever_another_is_named() -> None:
    body = message({"trace": {"detail-type": "ClaimSubmitted"}} | a_visit())
    assert at_once(body) is None
    assert parse_event(body).detail.kind == "visit"
    with pytest.raises(Unreadable, match="missing_field"):
        parse_event(
            message({"trace": {"detail-type": "VisitRecorded"}} | a_visit() | {"detail-type": "ClaimSubmitted"})
        )


def test_what_our_readers_may_leave_out_keeps_nothing_from_being_read_at_once() -> None:
    silent = a_visit(payer=None)
    assert at_once(message(silent)) is None
    assert at_once(message(silent | {"source": "ncd-audit.fhir"})) is not None


def objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(inner)


def twice(event: Envelope, value: Any, name_of: Callable[[str], str]) -> Iterator[bytes]:
    """The event with each name of each object once more, before or after the others, told something else."""
    count = len(list(objects(event)))
    for at in range(count):
        for name in list(objects(event))[at]:
            for first in (True, False):
                copy: Envelope = json.loads(json.dumps(event))
                holder = list(objects(copy))[at]
                told = {"TWICE": value, **holder} if first else {**holder, "TWICE": value}
                holder.clear()
                holder.update(told)
                yield message(copy).replace(b'"TWICE"', name_of(name).encode())


def _plain(name: str) -> str:
    return json.dumps(name)


def _escaped(name: str) -> str:
    return f'"\\u{ord(name[0]):04x}{name[1:]}" '


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize(
    ("value", "name_of", "time"),
    [
        pytest.param(None, _plain, "2025-01-06", id="null"),
        pytest.param("a:b", _plain, "::", id="among colons"),
        pytest.param({}, _escaped, "2025-01-06", id="escaped"),
        pytest.param(7, _plain, "\0", id="beside an escaped colon"),
    ],
)
def test_a_name_twice_is_refused_at_every_depth(
    kind: str, value: Any, name_of: Callable[[str], str], time: str
) -> None:
    """Also where a colon is read that does not stand there."""
    event = FULL[kind] | {"time": time}
    for body in twice(event, value, name_of):
        hidden = body.replace(b"\\u0000", b"\\u003A")
        with pytest.raises(Unreadable) as caught:
            parse_event(hidden)
        assert caught.value.reason == Reason.AMBIGUOUS


def answer(read: Callable[[bytes], Read | None], body: bytes) -> object:
    """All that is read, down to what was said and what was left out; or why not."""
    try:
        told = read(body)
    except Unreadable as refused:
        return refused.reason, refused.where, refused.event_id
    return told and (repr(told), [part and part.model_fields_set for part in told.detail.parts()])


def same(body: bytes) -> bool:
    """Whether it is read or refused at once; if so, as it is step by step."""
    told = answer(at_once, body)
    assert told is None or told == answer(step_by_step, body)
    return told is not None


_DEEP = [f"{'[' * depth}1{']' * depth}" for depth in (190, 196, 197, 198, 199, 200, 201)]
_NUMBERS = [
    "1.0",
    "1e0",
    "-0",
    "NaN",
    "Infinity",
    "1e400",
    f"{2**63}",
    "1" * 4300,
    "1" * 4301,
    "4.10",
    "01",
    "1.",
    '"1"',
]
_TEXTS = [
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\u0000"',
    '"\udc80"',
    '"\\/"',
    '"\x7f"',
    '"1736121600"',
    '"20250106"',
    "true",
]


@pytest.mark.parametrize("kind", FULL)
def test_a_value_of_any_sort_in_any_place_is_answered_alike(kind: str) -> None:
    """Also what JSON readers differ about, in fields that we know and in those we do not."""
    event = FULL[kind] | {"unknown": 0}
    for at in range(len(list(objects(event)))):
        for name in list(objects(event))[at]:
            copy = json.loads(json.dumps(event))
            list(objects(copy))[at][name] = "VALUE"
            body = message(copy)
            for value in (*_DEEP, *_NUMBERS, *_TEXTS, "null", "[]", "{}"):
                same(body.replace(b'"VALUE"', value.encode(errors="surrogateescape")))


def test_bytes_that_are_no_utf_8_are_answered_alike() -> None:
    text = json.dumps(a_visit())
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-32"):
        body = text.encode(encoding)
        same(body)
        with pytest.raises(Unreadable, match="not_json"):
            parse_event(body)


def test_mutants_are_answered_alike() -> None:
    _many(600)


@pytest.mark.slow
def test_many_mutants_are_answered_alike() -> None:
    _many(30_000)


def _many(count: int) -> None:
    random, sources = Random(5), [json.dumps(event) for event in originals()]
    told = [same(mutant(random, sources)) for _ in range(count)]
    assert True in told
    assert False in told
