"""Rows as claims: what a table says strangely goes through the door as it is, and in bulk or there it is the same."""

import json
from random import Random
from typing import Any

import pytest

from local.lookback import messages
from local.lookback.claims import Claim, Row
from local.lookback.envelopes import answer_told, claim_told
from local.lookback.messages import OfTable
from shared.core.errors import Unreadable
from shared.core.events import Event
from shared.core.intake import parse_event

# Of each column what is usual, and what is not. In the order of a row: see claims.py.
USUAL: dict[str, list[str | None]] = {
    "patient_id": ["P-1"],
    "claim_id": ["C-1"],
    "version": ["1", "2.0000"],
    "line_number": ["1", "2", "3"],
    "procedure_code": ["20560", "99213"],
    "modifiers": ["[]", '["KX"]', '["KX","GP"]'],
    "units": ["1", "2.0000"],
    "date_of_service": ["2025-01-06", "2025-01-13"],
    "diagnosis_pointers": [None, "all", "A", "1"],
    "rendering_npi": ["1200000010"],
    "place_of_service": ["11", None],
    "charge": ["40.00", "55.1"],
    "line_diagnosis": [None, None, None, "M54.59", "M54.2"],
    "status": [None, "paid", "denied"],
    "allowed": [None, "30.00", "0.00"],
    "paid": [None, "24.00", "0.00"],
    "patient_responsibility": [None, "6.00"],
    "paid_on": [None, "2025-03-01", "2025-03-02"],
    "claim_type": ["professional"],
    "type_of_bill": [None],
    "frequency_code": ["1", "7"],
    "replaces_claim_id": [None, "C-0"],
    "received_on": ["2025-02-01"],
    "payer": ["medicare_ffs"],
    "billing_npi": ["1234567893"],
    "diagnoses": ['["M54.59"]', '["M54.59","I10"]', '["M54.59","I10","E11.9"]'],
}
OF_LINE = list(USUAL)[3:18]
STRANGE = [None, "x", "é", "0", "-1", "1e2", "2.5", "AB", "1,2", "L", "Z", "9" * 20, "2025-02-30", "13", " 1"]
LISTS = {"modifiers", "diagnoses"}


def a_claim(random: Random, strange: float) -> Claim:
    def cell(name: str) -> str | None:
        if random.random() < strange:
            return random.choice(['["x"]', '["M54.5","M54.51"]']) if name in LISTS else random.choice(STRANGE)
        return random.choice(USUAL[name])

    first = {name: cell(name) for name in USUAL}
    lines = [first | {name: cell(name) for name in OF_LINE} | {"line_number": str(number)} for number in (1, 2, 3)]
    return Claim([row(line) for line in lines[: random.randint(1, 3)]], 3)


def row(said: dict[str, str | None]) -> Row:
    patient, claim, version, *rest = said.values()
    return patient, claim, version, 7, 1, *rest


def read(message: OfTable, *, by_the_door: bool) -> Event | tuple[str, str]:
    try:
        return parse_event(message.body.encode()).detail if by_the_door else message.event()
    except Unreadable as refusal:
        return refusal.reason, refusal.where


@pytest.mark.parametrize("strange", [0.0, 0.01, 0.1])
def test_claims_and_answers_are_read_in_bulk_as_by_the_door(strange: float) -> None:
    random = Random(strange)
    events = 0
    for _ in range(150):
        claim = a_claim(random, strange)
        for message in (OfTable(-1, claim, "ClaimSubmitted"), OfTable(-1, claim, "RemittanceReceived")):
            in_bulk = read(message, by_the_door=False)
            assert in_bulk == read(message, by_the_door=True)
            events += not isinstance(in_bulk, tuple)
    assert events == 300 if strange == 0 else 0 < events < 300


def test_what_passes_in_bulk_asks_the_door_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "parse_event", None)
    claims = [a_claim(Random(seed), 0) for seed in range(20)]
    for message in [OfTable(-1, claim, kind) for claim in claims for kind in ("ClaimSubmitted", "RemittanceReceived")]:
        assert message.event().told_by == "ncd-audit.table"


def said(**told: Any) -> dict[str, str | None]:
    return {name: values[0] for name, values in USUAL.items()} | told


@pytest.mark.parametrize(
    ("text", "whole"),
    [("2", 2), ("2.0000", 2), ("+2", 2), ("2e1", 20), ("1_000", 1000), ("2.0000004", 2), ("0", 0), ("-3", -3)]
    + [(text, text) for text in ("2.5", "2.0000005", "x", "", "NaN", "Infinity", "0x2", "1e999", "\u0662")]
    + [(None, None)],
)
def test_a_whole_number_is_one_however_it_is_written(text: str | None, whole: object) -> None:
    _, [line] = claim_told(Claim([row(said(units=text))], 1))
    assert line[3] == whole


@pytest.mark.parametrize(
    ("pointers", "diagnosis", "pointed"),
    [
        (None, None, ()),
        ("all", None, (1, 2)),
        ("BA", None, (2, 1)),
        ("2 1", None, (2, 1)),
        ("1:2|12", None, (1, 2, 12)),
        ("AZ", None, "AZ"),
        ("1,,x", None, "1,,x"),
        ("123", None, "123"),
        ("A", "I10", (2,)),
        (None, "M54.2", (3,)),
    ],
)
def test_pointers_and_the_diagnosis_of_a_line(pointers: str | None, diagnosis: str | None, pointed: object) -> None:
    told = said(diagnosis_pointers=pointers, line_diagnosis=diagnosis, diagnoses='["M54.59","I10"]')
    (*_, named), [line] = claim_told(Claim([row(told)], 1))
    assert line[5] == pointed
    assert named == ("M54.59", "I10", "M54.2")[: 3 if diagnosis == "M54.2" else 2]


@pytest.mark.parametrize(
    ("allowed", "paid", "status"),
    [
        (None, "0.00", "denied"),
        ("0", "0", "denied"),
        ("x", "0", "denied"),
        ("30.00", "0.00", "paid"),
        ("0.00", "24.00", "paid"),
        ("0.00", "x", "paid"),
    ],
)
def test_a_line_of_which_nothing_was_allowed_or_paid_was_denied(allowed: str | None, paid: str, status: str) -> None:
    _, [line] = answer_told(Claim([row(said(status=None, allowed=allowed, paid=paid))], 1))
    assert line[2:6] == (status, allowed or paid, paid, "0.00")
    _, [line] = answer_told(Claim([row(said(status="paid", allowed="0", paid="0"))], 1))
    assert line[2] == "paid"


def test_an_answer_is_of_the_lines_that_were_answered() -> None:
    rows = [row(said(line_number="1")), row(said(line_number="2", paid="0.00", paid_on="2025-03-02"))]
    (*_, paid_on), [line] = answer_told(Claim(rows, 2))
    assert (line[0], paid_on) == (2, "2025-03-02")
    (*_, received_on), lines = answer_told(Claim(rows[:1], 1))
    assert (received_on, lines) == ("2025-02-01", [])
    assert json.loads(OfTable(-1, Claim(rows, 2), "RemittanceReceived").body)["detail"]["claim_id"] == "C-1"
