"""Made in bulk or by the one door: the same record, or none."""

import json
import pickle
from typing import Any

import pytest

from shared.core.errors import Unreadable
from shared.core.events import ClaimLine, ClaimSubmitted, RemittanceLine, RemittanceReceived, Snapshot
from shared.core.in_bulk import InBulk
from shared.core.intake import parse_event
from shared.core.refusals import checked

CLAIM: dict[str, Any] = {
    "claim_id": "C-1",
    "version": 1,
    "patient_id": "P-1",
    "claim_type": "professional",
    "type_of_bill": None,
    "frequency_code": "7",
    "replaces_claim_id": "C-0",
    "received_on": "2025-02-01",
    "payer": "medicare_ffs",
    "billing_npi": "1234567893",
    "diagnoses": ("M54.59", "I10"),
}
CLAIM_LINE: dict[str, Any] = {
    "line_number": 1,
    "procedure_code": "20560",
    "modifiers": ("KX",),
    "units": 1,
    "date_of_service": "2025-01-06",
    "diagnosis_pointers": (1, 2),
    "rendering_npi": "1200000010",
    "place_of_service": "11",
    "charge": "40.10",
}
ANSWER: dict[str, Any] = {
    "remittance_id": "C-1 answered",
    "version": 2,
    "patient_id": "P-1",
    "claim_id": "C-1",
    "paid_on": "2025-03-01",
}
ANSWER_LINE: dict[str, Any] = {
    "line_number": 1,
    "procedure_code": "20560",
    "status": "paid",
    "allowed": "30.00",
    "paid": "24.00",
    "patient_responsibility": "6.00",
    "adjustments": (),
    "rarcs": (),
}
CLAIMS = InBulk(ClaimSubmitted, [*CLAIM], ClaimLine, [*CLAIM_LINE])
ANSWERS = InBulk(RemittanceReceived, [*ANSWER], RemittanceLine, [*ANSWER_LINE])
KINDS: list[tuple[InBulk[Any], str, dict[str, Any], dict[str, Any]]] = [
    (CLAIMS, "ClaimSubmitted", CLAIM, CLAIM_LINE),
    (ANSWERS, "RemittanceReceived", ANSWER, ANSWER_LINE),
]

# Right for some field and wrong for all others.
VALUES: list[Any] = [
    None,
    "",
    " ",
    "x",
    "é",
    "a\x01b",
    "P-\u2028",
    "C" * 200,
    "C" * 201,
    "0",
    "12",
    "0131",
    "20560",
    "M54.5",
]
VALUES += ["1234567893", "institutional", "other", "denied", "2025-02-29", "2024-02-29", "20250101", "-1.5", "1e2"]
VALUES += [
    0,
    1,
    -1,
    2**63 - 1,
    2**63,
    (),
    (1,),
    (3,),
    (0,),
    ("KX",),
    ("KX",) * 5,
    ("kx",),
    ("I10",) * 12,
    ("I10",) * 13,
    "8",
]


def by_the_door(kind: str, said: dict[str, Any], lines: list[dict[str, Any]]) -> Snapshot | None:
    body = {"id": "e", "source": "ncd-audit.table", "detail-type": kind, "detail": said | {"lines": lines}}
    try:
        return parse_event(json.dumps(body).encode()).detail
    except Unreadable:
        return None


def in_bulk(maker: InBulk[Any], said: dict[str, Any], lines: list[dict[str, Any]]) -> Snapshot | None:
    made: Snapshot | None = maker.made((*said.values(),), [(*line.values(),) for line in lines])
    return made and made.as_told_by("ncd-audit.table")


def _stated(record: Any) -> list[set[str]]:
    return [part.model_fields_set for part in (record, *record.lines)]


def assert_same(maker: InBulk[Any], kind: str, said: dict[str, Any], lines: list[dict[str, Any]]) -> bool:
    made, expected = in_bulk(maker, said, lines), by_the_door(kind, said, lines)
    assert made == expected
    if made and expected:
        assert made.canonical() == expected.canonical()
        assert _stated(made) == _stated(expected)
        assert (made.told_by, made.reference) == (expected.told_by, expected.reference)
    return made is not None


@pytest.mark.parametrize(
    ("maker", "kind", "said", "line"), KINDS, ids=lambda value: value if type(value) is str else ""
)
def test_whatever_a_field_says_both_take_it_or_neither(
    maker: InBulk[Any], kind: str, said: dict[str, Any], line: dict[str, Any]
) -> None:
    taken = {name: [assert_same(maker, kind, said | {name: value}, [line]) for value in VALUES] for name in said}
    taken |= {
        f"{name} of a line": [assert_same(maker, kind, said, [line | {name: value}]) for value in VALUES]
        for name in line
    }
    assert all(any(each) for each in taken.values())
    assert not any(all(each) for each in taken.values())


@pytest.mark.parametrize("numbers", [(), (1,), (1, 2), (2, 1), (1, 1)])
def test_lines_must_have_numbers_of_their_own(numbers: tuple[int, ...]) -> None:
    for maker, kind, said, line in KINDS:
        taken = assert_same(maker, kind, said, [line | {"line_number": number} for number in numbers])
        assert taken == (len({*numbers}) == len(numbers))


def test_a_record_made_in_bulk_is_one_like_any_other() -> None:
    [made, other] = [in_bulk(CLAIMS, CLAIM | {"claim_id": name}, [CLAIM_LINE]) for name in ("C-1", "C-2")]
    assert isinstance(made, ClaimSubmitted)
    assert isinstance(other, ClaimSubmitted)
    assert made.model_copy(update={"claim_id": "C-2"}) == other
    assert made.model_copy(deep=True).lines[0].charge == made.lines[0].charge
    assert checked(ClaimSubmitted, made.model_dump()) == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # our own
    assert (made.condition, made.record_id, other.record_id) == (None, "C-1", "C-2")


def test_a_number_in_quotes_is_no_number() -> None:
    maker = InBulk(ClaimSubmitted, [*CLAIM], ClaimLine, [*CLAIM_LINE])
    assert in_bulk(maker, CLAIM, [CLAIM_LINE])
    assert in_bulk(maker, CLAIM | {"version": "1"}, [CLAIM_LINE]) is None
    assert in_bulk(maker, CLAIM, [CLAIM_LINE | {"units": "1"}]) is None


def test_what_is_remembered_of_a_field_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.core.in_bulk._REMEMBERED", 3)
    maker = InBulk(ClaimSubmitted, [*CLAIM], ClaimLine, [*CLAIM_LINE])
    for number in range(10):
        assert assert_same(maker, "ClaimSubmitted", CLAIM | {"claim_id": f"C-{number}"}, [CLAIM_LINE])
        assert max(len(seen) for _, seen, _ in maker._fields) == number % 3 + 1
