"""The one door in: what is refused, for which reason and at which place, and what is let through."""

import json
from decimal import Decimal
from typing import Any

import pytest

from shared.core.errors import Reason, Unreadable
from shared.core.events import MeasureRecorded, stored_event
from shared.core.intake import MAX_EVENT_BYTES, parse_event
from shared.core.refusals import checked
from tests.builders import (
    Envelope,
    a_claim,
    a_line,
    a_measure,
    a_remittance,
    a_visit,
    an_eligibility,
    merged,
)
from tests.stories import samples
from tests.unit.asking import message, snapshot
from tests.unit.test_not_stated import CLOSED_LIST

SPOKEN = "Zz-patient-said"


def with_detail(event: Envelope, **changes: Any) -> Envelope:
    return event | {"detail": merged(event["detail"], changes)}


def without(event: Envelope, *path: str) -> Envelope:
    copy: Envelope = json.loads(json.dumps(event))
    part = copy
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    return copy


def refusal(body: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        parse_event(body)
    return caught.value


def visit(**changes: Any) -> Envelope:
    return with_detail(a_visit(), **changes)


def claim(**changes: Any) -> Envelope:
    return a_claim(**changes)


def line(**changes: Any) -> Envelope:
    return claim(lines=[a_line(**changes)])


def measure(**changes: Any) -> Envelope:
    return with_detail(a_measure(), **changes)


def told(**external: Any) -> Envelope:
    return with_detail(an_eligibility(), external_sessions=external)


LINE = "detail.lines.0"
NEGATIVE_DATES = ["2025-02-30", "2025-13-01", "2025-00-10", "2025-02-29", "2023-1-06", "20250106", "2025-W02-1"]

REFUSED = [
    # a missing required field
    pytest.param(without(a_visit(), "detail", "payer"), "missing_field", "detail.payer", id="no payer"),
    pytest.param(
        without(a_visit(), "detail", "measures"), "missing_field", "detail.measures", id="no list of measures"
    ),
    pytest.param(
        without(a_visit(), "detail", "performer", "npi"), "missing_field", "detail.performer.npi", id="no npi"
    ),
    pytest.param(without(a_visit(), "detail"), "missing_field", "detail", id="no detail"),
    pytest.param(without(a_visit(), "detail-type"), "missing_field", "detail-type", id="no detail-type"),
    *(
        pytest.param(told(count=1, **dates), "missing_field", "detail.external_sessions", id=f"elsewhere with {dates}")
        for dates in ({}, {"first_on": "2025-01-06"}, {"last_on": "2025-01-06"})
    ),
    # a wrong type
    pytest.param(visit(version="1"), "wrong_type", "detail.version", id='"1" for a number'),
    pytest.param(visit(version=True), "wrong_type", "detail.version", id="true for 1"),
    pytest.param(visit(version=1.5), "wrong_type", "detail.version", id="1.5 for an integer"),
    pytest.param(visit(patient_id=None), "wrong_type", "detail.patient_id", id="null for a required field"),
    pytest.param(visit(patient_id=17), "wrong_type", "detail.patient_id", id="a number for an id"),
    pytest.param(
        visit(condition={"systemic_cause": 1}), "wrong_type", "detail.condition.systemic_cause", id="1 for true"
    ),
    pytest.param(visit(condition={"systemic_cause": "no"}), "wrong_type", "detail.condition.systemic_cause", id="no"),
    pytest.param(visit(diagnoses="M54.59"), "wrong_type", "detail.diagnoses", id="a string for a list"),
    pytest.param(visit(performer=[]), "wrong_type", "detail.performer", id="a list for an object"),
    pytest.param(visit(date_of_service=20250106), "wrong_type", "detail.date_of_service", id="a number for a date"),
    pytest.param(measure(score="7"), "wrong_type", "detail.score", id='"7" for a score'),
    pytest.param(measure(score=True), "wrong_type", "detail.score", id="true for a score"),
    pytest.param(line(units=1.5), "wrong_type", f"{LINE}.units", id="half a unit"),
    pytest.param(line(charge=40), "wrong_type", f"{LINE}.charge", id="a number for money"),
    pytest.param(a_visit() | {"detail": []}, "wrong_type", "detail", id="detail is a list"),
    # outside its list or range
    pytest.param(visit(status=SPOKEN), "not_in_list", "detail.status", id="an unknown status"),
    pytest.param(visit(screening=[SPOKEN]), "not_in_list", "detail.screening.0", id="an unknown screening"),
    pytest.param(
        visit(measures=[{"instrument": SPOKEN, "score": 1, "assessed_on": "2025-01-06"}]),
        "not_in_list",
        "detail.measures.0.instrument",
        id="VASS",
    ),
    pytest.param(claim(frequency_code="2"), "not_in_list", "detail.frequency_code", id="frequency code 2"),
    pytest.param(visit(version=0), "out_of_range", "detail.version", id="version 0"),
    pytest.param(visit(version=-1), "out_of_range", "detail.version", id="version -1"),
    pytest.param(line(units=0), "out_of_range", f"{LINE}.units", id="no unit"),
    pytest.param(line(units=-1), "out_of_range", f"{LINE}.units", id="a negative unit"),
    pytest.param(told(count=-1), "out_of_range", "detail.external_sessions.count", id="a negative count"),
    pytest.param(line(diagnosis_pointers=[0]), "out_of_range", f"{LINE}.diagnosis_pointers.0", id="pointer 0"),
    pytest.param(line(diagnosis_pointers=[2]), "out_of_range", "detail", id="a pointer beyond the diagnoses"),
    *(
        pytest.param(measure(instrument=name, score=score), "out_of_range", "detail", id=f"{name} {score}")
        for name, highest in {"NRS": 10, "VAS": 100, "ODI": 100, "RMDQ": 24, "PEG": 10, "QBPDS": 100}.items()
        for score in (-0.1, highest + 0.1)
    ),
    pytest.param(
        visit(measures=[{"instrument": "NRS", "score": 11, "assessed_on": "2025-01-06"}]),
        "out_of_range",
        "detail.measures.0",
        id="a visit's score",
    ),
    # too many, twice
    pytest.param(claim(lines=[a_line()] * 2), "repeated_line_number", "detail", id="a line number twice"),
    pytest.param(line(modifiers=["25"] * 5), "too_many", f"{LINE}.modifiers", id="five modifiers"),
    pytest.param(claim(diagnoses=["M54.59"] * 13), "too_many", "detail.diagnoses", id="thirteen diagnoses"),
    # not in its form
    *(
        pytest.param(line(procedure_code=c), "bad_form", f"{LINE}.procedure_code", id=f"code {c}")
        for c in ("2056", "205600", "2056a", " 2056")
    ),
    *(
        pytest.param(line(modifiers=[m]), "bad_form", f"{LINE}.modifiers.0", id=f"modifier {m}")
        for m in ("kx", "K", "KXX", "K-")
    ),
    *(
        pytest.param(visit(diagnoses=[code]), "bad_form", "detail.diagnoses.0", id=f"diagnosis {code}")
        for code in ("M5459", "m54.59", "M54.", "M54.59012", "54.59", "M54.59\n")
    ),
    pytest.param(visit(performer={"npi": "123456789"}), "bad_form", "detail.performer.npi", id="nine digits"),
    pytest.param(visit(place_of_service="1"), "bad_form", "detail.place_of_service", id="one digit of a place"),
    pytest.param(line(charge="40,00"), "bad_form", f"{LINE}.charge", id="a decimal comma"),
    pytest.param(visit(patient_id=""), "bad_form", "detail.patient_id", id="an empty id"),
    pytest.param(visit(patient_id="P\n1"), "bad_form", "detail.patient_id", id="a line break in an id"),
    # not a date
    *(
        pytest.param(visit(date_of_service=text), "not_a_date", "detail.date_of_service", id=text)
        for text in NEGATIVE_DATES
    ),
    pytest.param(
        visit(date_of_service="2025-01-06T00:00:00"), "not_a_date", "detail.date_of_service", id="a date-time"
    ),
    pytest.param(visit(date_of_service="2025-01-06Z"), "not_a_date", "detail.date_of_service", id="a time zone"),
    pytest.param(visit(date_of_service=""), "not_a_date", "detail.date_of_service", id="an empty date"),
    # not ours
    pytest.param(a_visit() | {"detail-type": SPOKEN}, "unknown_kind", "detail-type", id="an unknown kind"),
    pytest.param(a_visit() | {"detail-type": "visitrecorded"}, "unknown_kind", "detail-type", id="another case"),
]


@pytest.mark.parametrize(("event", "reason", "where"), REFUSED)
def test_an_event_that_breaks_the_contract_is_refused(event: Envelope, reason: str, where: str) -> None:
    """With a coded reason, the place, the delivery's id, and no word of what it said."""
    refused = refusal(message(event))
    assert (refused.reason, refused.where, refused.event_id) == (reason, where, event["id"])
    assert str(refused) == f"{reason} at {where}"
    assert SPOKEN not in repr(refused)


@pytest.mark.parametrize("path", CLOSED_LIST)
def test_a_sender_of_our_own_events_states_what_only_a_reader_may_leave_out(path: str) -> None:
    *above, name = path.split(".")
    silent = without(a_visit(), "detail", *above, name)
    assert (refusal(message(silent)).reason, refusal(message(silent)).where) == ("missing_field", f"detail.{path}")
    assert parse_event(message(silent | {"source": "ncd-audit.fhir"})).detail.told_by == "ncd-audit.fhir"


def test_what_is_missing_is_named_before_what_is_wrong_behind_it() -> None:
    event = without(visit(measures=7), "detail", "payer")
    assert refusal(message(event)).where == "detail.payer"


@pytest.mark.parametrize(
    ("body", "reason", "where"),
    [
        pytest.param(b"", "not_json", "body", id="empty"),
        pytest.param(b'{"id": "e-1", "detail', "not_json", "body", id="cut short"),
        pytest.param(message(a_visit()) + b"}", "not_json", "body", id="something after it"),
        pytest.param(
            message(a_visit(patient_id="Zo\xeb")).replace(b"\\u00eb", b"\xeb"), "not_json", "body", id="Latin-1"
        ),
        pytest.param(b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "too_deep", "body", id="deep nesting"),
        pytest.param(b"[" * 100_000, "too_deep", "body", id="open lists"),
        pytest.param(b"[]", "wrong_type", "body", id="a list"),
        pytest.param(b"7", "wrong_type", "body", id="a number"),
        pytest.param(b"null", "wrong_type", "body", id="null"),
        pytest.param(b'"VisitRecorded"', "wrong_type", "body", id="a string"),
        pytest.param(b"{}", "missing_field", "detail-type", id="an empty object"),
        pytest.param(b" " * MAX_EVENT_BYTES + message(a_visit()), "too_large", "body", id="too large"),
        pytest.param(b"x" * (2 * 1024 * 1024), "too_large", "body", id="two megabytes"),
    ],
)
def test_what_is_no_event_at_all_is_refused(body: bytes, reason: str, where: str) -> None:
    refused = refusal(body)
    assert (refused.reason, refused.where) == (reason, where)


TWICE = [
    pytest.param(b'"version": 1', b'"version": 1, "version": 2', id="two versions"),
    pytest.param(b'"version": 1', b'"version": 1, "version": 1', id="twice the same"),
    pytest.param(b'"version": 1', b'"version": 1, "vers\\u0069on": 2', id="one name in two spellings"),
    pytest.param(b'"version": 1', b'"version": 1, "version": 2, "note\\u003a": 0', id="beside an escaped colon"),
    pytest.param(b'"signed": true', b'"signed": true, "signed": false, "\\u003a": 0', id="in an inner object"),
]


@pytest.mark.parametrize(("once", "twice"), TWICE)
def test_a_name_that_stands_twice_in_an_object_is_refused(once: bytes, twice: bytes) -> None:
    """Readers differ in which of the two they take."""
    body = message(a_visit())
    assert body.count(once) == 1
    refused = refusal(body.replace(once, twice))
    assert (refused.reason, refused.where, refused.event_id) == (Reason.AMBIGUOUS, "body", "evt-V-1-01-v1")


@pytest.mark.parametrize(
    "spelling", [":", "\\u003a", "\\u003A", "\\u0030"], ids=["plain", "escaped", "capital", "a zero"]
)
def test_a_colon_in_a_text_is_no_name(spelling: str) -> None:
    body = message(a_visit(procedure={"needle_gauge": "GAUGE"})).replace(b"GAUGE", spelling.encode())
    assert parse_event(body).detail.record_id == "V-1-01"


def test_names_may_repeat_in_different_objects() -> None:
    body = message(claim(lines=[a_line(1), a_line(2)])).replace(
        b'"charge": "40.00"', b'"charge": "40.00", "x\\u003a": 1'
    )
    parse_event(body)


def test_a_delivery_that_is_cut_short_or_names_two_ids_has_no_id() -> None:
    body = message(a_visit())
    assert refusal(body[:-1]).event_id is None
    assert refusal(body.replace(b'"id": ', b'"id": "e-1", "id": ', 1)).event_id is None


@pytest.mark.parametrize("id", [7, None, "", "Jane Doe", "x" * 201, "caf\u00e9", "a\nb", ["e-1"]])
def test_a_strange_id_of_a_delivery_is_not_kept(id: object) -> None:
    """It is logged; the fact is taken all the same."""
    assert parse_event(message(a_visit() | {"id": id})).event_id is None
    assert refusal(message(visit(status=SPOKEN) | {"id": id})).event_id is None


@pytest.mark.parametrize("id", ["e-1", "!", "~" * 200])
def test_an_id_of_a_delivery_is_kept(id: str) -> None:
    assert parse_event(message(a_visit() | {"id": id})).event_id == id
    assert refusal(message(visit(status=SPOKEN) | {"id": id})).event_id == id


def test_a_body_that_is_no_json_may_still_tell_its_id() -> None:
    """A lone surrogate is JSON to some readers and not to others."""
    body = message(visit(status="S")).replace(b'"S"', b'"\\ud800"')
    assert (refusal(body).reason, refusal(body).event_id) == (Reason.NOT_JSON, "evt-V-1-01-v1")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(
            visit(performer={"acupuncture_license": {"state": "W\0", "number": "1", "unrestricted": True}}), id="text"
        ),
        pytest.param(visit(procedure={"muscles": [{"name": "psoas\0", "side": "left"}]}), id="text in a list"),
    ],
)
def test_a_null_character_in_what_we_keep_is_refused(event: Envelope) -> None:
    refused = refusal(message(event))
    assert (refused.reason, refused.where, refused.event_id) == (Reason.BAD_FORM, "detail", "evt-V-1-01-v1")


def test_a_null_character_in_what_we_ignore_or_only_written_out_is_let_in() -> None:
    parse_event(message(a_visit() | {"trace": "\0"}))
    parse_event(message(visit(procedure={"muscles": [{"name": "\\u0000", "side": "left"}]})))


def test_an_identifier_has_no_character_that_a_log_or_a_queue_would_change() -> None:
    unfit = [(0x00, 0x1F), (0x7F, 0x9F), (0x2028, 0x202E), (0x2066, 0x2069), (0xFFFE, 0xFFFF)]
    for low, high in unfit:
        for code in (low, high):
            assert refusal(message(visit(visit_id=f"V{chr(code)}"))).reason == Reason.BAD_FORM
        for code in (low - 1, high + 1):
            if code >= 0:
                assert snapshot(visit(visit_id=f"V{chr(code)}")).record_id == f"V{chr(code)}"


def test_a_number_for_money_is_refused_though_its_like_was_read_as_text() -> None:
    assert parse_event(message(line(charge="40"))).event_id
    assert refusal(message(line(charge=40))).reason == Reason.WRONG_TYPE


@pytest.mark.parametrize("day", [[], {}, ["2025-01-06"], True, None])
def test_what_is_no_text_is_no_date(day: object) -> None:
    refused = refusal(message(visit(date_of_service=day)))
    assert (refused.reason, refused.where) == (Reason.WRONG_TYPE, "detail.date_of_service")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_score_is_a_number_with_an_end(number: str) -> None:
    for event in (a_measure(), a_measure(instrument="PROMIS-PI")):
        body = message(event).replace(b'"score": 7', f'"score": {number}'.encode())
        assert refusal(body).reason in {Reason.OUT_OF_RANGE, Reason.NOT_JSON, Reason.WRONG_TYPE}


def test_an_integer_written_with_a_point_is_a_number_of_another_type() -> None:
    body = message(a_visit()).replace(b'"version": 1', b'"version": 1.0')
    assert (refusal(body).reason, refusal(body).where) == (Reason.WRONG_TYPE, "detail.version")


def test_a_message_may_be_as_long_as_the_limit() -> None:
    body = message(a_visit())
    padded = body + b" " * (MAX_EVENT_BYTES - len(body))
    assert parse_event(padded).detail == parse_event(body).detail
    assert refusal(padded + b" ").reason == Reason.TOO_LARGE


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(line(modifiers=["25", "KX", "59", "RT"]), id="four modifiers"),
        pytest.param(claim(diagnoses=["M54.59"] * 12), id="twelve diagnoses"),
        pytest.param(line(diagnosis_pointers=[1, 1]), id="a pointer twice"),
        pytest.param(line(diagnosis_pointers=[]), id="no pointer"),
        pytest.param(line(charge="-40"), id="a credit"),
        pytest.param(visit(diagnoses=[]), id="no diagnosis"),
        pytest.param(visit(diagnoses=["C7A.1", "S39.012A", "M45"]), id="all forms of a diagnosis"),
        pytest.param(told(count=0), id="nothing elsewhere"),
        pytest.param(measure(score=0), id="the lowest score"),
        pytest.param(measure(score=10), id="the highest score"),
        pytest.param(measure(instrument="PROMIS-PF", score=-3.5), id="a T-score has no range"),
        pytest.param(visit(date_of_service="2024-02-29"), id="29 February of a leap year"),
        pytest.param(without(a_visit(), "id"), id="a delivery without an id"),
        *(pytest.param(sample, id=f"the sample {kind}") for kind, sample in samples().items()),
    ],
)
def test_what_keeps_the_contract_is_let_in(event: Envelope) -> None:
    read = parse_event(message(event)).detail
    assert stored_event(read.kind, read.canonical()).as_told_by(read.told_by) == read


def test_a_record_knows_who_told_it_and_our_readers_need_not_tell_all() -> None:
    payerless = without(a_visit(), "detail", "payer")
    assert snapshot(a_visit()).told_by == "ehr.example"
    assert snapshot(payerless | {"source": "ncd-audit.fhir"}).told_by == "ncd-audit.fhir"
    assert refusal(message(payerless)).where == "detail.payer"
    assert snapshot(a_visit() | {"source": "no source\n"}).told_by is None


def test_a_score_is_the_number_as_it_is_written() -> None:
    told = snapshot(a_measure(score=4.1))
    assert isinstance(told, MeasureRecorded)
    assert told.score == Decimal("4.1")


def test_what_a_reader_of_another_format_left_as_text_is_read_as_its_number() -> None:
    assert checked(MeasureRecorded, a_measure()["detail"] | {"version": "2"}).version == 2


def test_unknown_fields_are_ignored_wherever_they_stand() -> None:
    strange = a_visit() | {"account": "1234", "resources": [], "trace": {"a": None}}
    strange = with_detail(strange, colour="blue", performer={"shoe_size": 44}, condition={"notes": ["x"]})
    assert snapshot(strange).canonical() == snapshot(a_visit()).canonical()


def test_null_is_the_same_as_missing() -> None:
    nulls = with_detail(a_visit(), abn=None, supervision=None, screening=None, condition={"onset_date": None})
    gone = without(
        without(without(without(nulls, "detail", "abn"), "detail", "supervision"), "detail", "screening"),
        "detail",
        "condition",
        "onset_date",
    )
    assert snapshot(nulls).digest() == snapshot(gone).digest()


def test_a_condition_of_which_nothing_is_stated_may_be_null_or_missing() -> None:
    gone = snapshot(without(a_visit(), "detail", "condition")).digest()
    assert snapshot(visit(condition=None)).digest() == gone


def test_not_stated_is_not_no() -> None:
    silent, denied = (snapshot(visit(condition={"due_to_surgery": word})) for word in (None, False))
    assert silent.digest() != denied.digest()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("5", "5.0", True),
        ("5", "5.00", True),
        ("50e-1", "5", True),
        ("0", "-0.0", True),
        ("5", "5.1", False),
        ("0.1", "0.10", True),
    ],
)
def test_numbers_are_compared_by_value(one: str, other: str, *, same: bool) -> None:
    bodies = [message(a_measure()).replace(b'"score": 7', f'"score": {n}'.encode()) for n in (one, other)]
    first, second = (parse_event(body).detail.digest() for body in bodies)
    assert (first == second) is same


def test_money_is_compared_by_value_too() -> None:
    assert snapshot(line(charge="40")).digest() == snapshot(line(charge="40.00")).digest()
    assert snapshot(line(charge="40")).digest() != snapshot(line(charge="40.01")).digest()


def test_the_order_of_fields_does_not_matter_and_that_of_lists_does() -> None:
    event = a_remittance(a_claim())
    turned = event | {"detail": dict(reversed(event["detail"].items()))}
    assert snapshot(turned).digest() == snapshot(event).digest()
    assert snapshot(visit(diagnoses=["A01", "B01"])).digest() != snapshot(visit(diagnoses=["B01", "A01"])).digest()
