"""What a reader's format cannot say is a question, never compliance or a violation, and it names who could answer."""

from datetime import timedelta
from typing import Any

import pytest

from shared.core.chart import Chart
from shared.core.coverage import Answer, coverage
from shared.core.errors import Reason, Unreadable
from shared.core.policy import policies
from shared.core.rules import RULES
from shared.core.rules.unsaid import unsaid
from shared.core.visits import VisitRecorded
from tests.builders import FIRST_DAY, Envelope, a_claim, a_claim_for, a_course, a_line, a_visit
from tests.unit.asking import AS_OF, concluded, found, heard, history_of, snapshot, told
from tests.unit.test_evidence import unproved
from tests.unit.told_by_reader import FHIR, a_read_visit, from_source

EVERY = frozenset(rule.name for rule in RULES)
DAY = str(FIRST_DAY)
CLOSED_LIST = [
    "payer",
    "place_of_service",
    "performer.profession",
    "procedure.muscles",
    "procedure.injection",
    "procedure.electrical_stimulation",
    "note",
    *(f"note.{name}" for name in a_visit()["detail"]["note"]),
]


def changed(path: str, envelope: Envelope, *, null: bool) -> Envelope:
    """The envelope without a field, or with null in its place."""
    *outer, name = path.split(".")
    part = envelope["detail"]
    for step in outer:
        part = part[step]
    part.pop(name)
    if null:
        part[name] = None
    return envelope


@pytest.mark.parametrize("path", CLOSED_LIST)
def test_the_ehr_must_state_what_a_reader_may_leave_out(path: str) -> None:
    null_is = Reason.NOT_IN_LIST if path in ("payer", "performer.profession") else Reason.WRONG_TYPE
    for null, reason in ((False, Reason.MISSING_FIELD), (True, null_is)):
        with pytest.raises(Unreadable) as refusal:
            snapshot(changed(path, a_visit(), null=null))
        assert (refusal.value.where, refusal.value.reason) == (f"detail.{path}", reason)


@pytest.mark.parametrize("path", [path for path in CLOSED_LIST if path != "note"])
@pytest.mark.parametrize("source", [FHIR, "ncd-audit.x12", "ncd-audit.hl7v2"])
def test_a_reader_may_leave_it_out_and_null_is_the_same(path: str, source: str) -> None:
    missing = snapshot(changed(path, from_source(a_visit(), source), null=False))
    assert missing.digest() == snapshot(changed(path, from_source(a_visit(), source), null=True)).digest()


@pytest.mark.parametrize("source", ["ncd-audit", "ncd-audit-fhir", "ehr.ncd-audit.fhir", None, 5, ["ncd-audit.fhir"]])
def test_no_other_source_is_taken_for_a_reader(source: Any) -> None:
    with pytest.raises(Unreadable):
        snapshot(changed("payer", a_visit() | {"source": source}, null=False))


@pytest.mark.parametrize("path", ["performer.npi", "date_of_service", "diagnoses", "status", "measures", "visit_id"])
def test_the_rest_a_reader_must_state_too(path: str) -> None:
    with pytest.raises(Unreadable):
        snapshot(changed(path, from_source(a_visit(), FHIR), null=False))


def test_a_source_is_no_part_of_the_body() -> None:
    assert snapshot(a_visit()).digest() == snapshot(from_source(a_visit(), "another.ehr")).digest()


def said_of(visit: Envelope, *claims: Envelope) -> dict[str, str]:
    """What is said of the visit and its lines, clocks aside, by rule."""
    findings = heard(visit, *claims, rules=EVERY - {"VISIT_WITHOUT_CLAIM", "NO_BASELINE"})
    return {finding.rule: f"{finding.severity}: {finding.message}" for finding in findings}


PHYSICIAN: dict[str, Any] = {"payer": "medicare_ffs", "condition": a_visit()["detail"]["condition"]}


def test_a_complete_reader_s_visit_leaves_questions_and_no_violation() -> None:
    visit = a_read_visit(**PHYSICIAN)
    said = said_of(visit, a_claim(lines=[a_line()]))
    assert set(said) == {"DOCUMENTATION_INCOMPLETE", "INJECTION_DOCUMENTED", "MUSCLE_NAMES_MISSING"}
    assert [text for text in said.values() if "Not stated: " not in text or "VisitRecorded" not in text] == []
    assert [text for text in said.values() if FHIR not in text] == []
    assert said["INJECTION_DOCUMENTED"].startswith("info")


def test_a_record_without_a_source_is_named_as_the_record() -> None:
    """As a case file of before keeps it."""
    old = snapshot(a_visit()).as_told_by(None)
    assert isinstance(old, VisitRecorded)
    assert unsaid("the weather", old) == (
        "Not stated: the weather. This record does not say; the clinic's own record of the visit (VisitRecorded) does."
    )


def test_what_is_missing_from_a_note_is_told_from_what_is_not_stated() -> None:
    visit = a_read_visit(**PHYSICIAN, note={"technique": False})
    visit["detail"]["note"] = {"technique": False, "signed": True}
    said = said_of(visit)["DOCUMENTATION_INCOMPLETE"]
    lacks, _, open_ = said.partition("Not stated")
    assert "technique" in lacks
    assert ("technique" in open_, "signed" in said) == (False, False)
    assert "informed consent" in open_
    assert "needle gauge" in open_


WHO: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"profession": None}, {"PERFORMER_NOT_ELIGIBLE": "warning"}),
    ({"profession": "physical_therapist"}, {"PERFORMER_NOT_ELIGIBLE": "warning"}),
    ({"profession": "physician"}, {}),
    ({"profession": "physician_assistant"}, {"CREDENTIAL_MISSING": "warning"}),
    ({"profession": "acupuncturist"}, {"CREDENTIAL_MISSING": "warning", "SUPERVISION_MISSING": "warning"}),
    (
        {"profession": "acupuncturist", "acupuncture_degree": False},
        {"CREDENTIAL_MISSING": "violation", "SUPERVISION_MISSING": "warning"},
    ),
]


@pytest.mark.parametrize(("performer", "expected"), WHO)
def test_who_held_the_needle(performer: dict[str, Any], expected: dict[str, str]) -> None:
    visit = a_read_visit(**PHYSICIAN, performer=performer)
    who = heard(visit, rules={"PERFORMER_NOT_ELIGIBLE", "CREDENTIAL_MISSING", "SUPERVISION_MISSING"})
    assert {finding.rule: finding.severity.value for finding in who} == expected


PLACES: list[tuple[str | None, str, str | None]] = [
    (None, "general", "warning"),
    (None, "direct", None),
    (None, "virtual_audio", "violation"),
    ("22", "general", None),
    ("11", "general", "violation"),
]


@pytest.mark.parametrize(("place", "mode", "severity"), PLACES)
def test_the_place_decides_how_much_supervision_is_due(place: str | None, mode: str, severity: str | None) -> None:
    held = {"state": "CA", "number": "1", "expires_on": "2030-01-01", "unrestricted": True}
    performer = {"profession": "acupuncturist", "acupuncture_degree": True, "acupuncture_license": held}
    supervised = {"supervisor_npi": "1200000028", "mode": mode}
    visit = a_read_visit(**PHYSICIAN, performer=performer, supervision=supervised)
    visit["detail"]["place_of_service"] = place
    severities = [finding.severity.value for finding in heard(visit, rules={"SUPERVISION_MISSING"})]
    assert severities == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("code", "stated", "severity"),
    [
        ("97810", None, "info"),
        ("97813", None, "warning"),
        ("97810", False, None),
        ("97813", True, None),
        ("97813", False, "violation"),
    ],
)
def test_stimulation(code: str, stated: bool | None, severity: str | None) -> None:  # noqa: FBT001
    visit = a_read_visit(**PHYSICIAN, procedure={"kind": "acupuncture", "electrical_stimulation": stated})
    claim = a_claim(lines=[a_line(procedure_code=code)])
    severities = [finding.severity.value for finding in heard(visit, claim, rules={"TECHNIQUE_MISMATCH"})]
    assert severities == ([severity] if severity else [])


def test_a_visit_of_no_stated_payer_is_no_session() -> None:
    visit = a_read_visit(condition=PHYSICIAN["condition"])
    assert found(visit, rules={"NOT_FFS"}) == told(f"NOT_FFS info visit {DAY}")
    assert concluded([visit]).courses == ()


def test_notes_that_are_not_stated_are_no_copies_of_each_other() -> None:
    """The pattern of a copied note: alike throughout, scored only where it is needed."""
    rules = {"IMPROVEMENT_IMPLAUSIBLE"}
    course = a_course(13, scores={12: 7, 13: 4})
    assert found(*course, rules=rules)
    read = [from_source(event, FHIR) for event in course]
    assert found(*read, rules=rules) == set()


BEGAN = [(84, set()), (83, {"CHRONICITY_NOT_MET"}), (None, {"CHRONICITY_UNDOCUMENTED"})]


@pytest.mark.parametrize(("days", "expected"), BEGAN)
def test_the_onset_on_a_claim_is_taken_where_no_visit_states_one(days: int | None, expected: set[str]) -> None:
    visit = a_visit(condition={"onset_date": None})
    onset = FIRST_DAY - timedelta(days=days) if days is not None else None
    claim = a_claim_for(visit, condition={"onset_date": onset} if onset else None)
    rules = {"CHRONICITY_NOT_MET", "CHRONICITY_UNDOCUMENTED"}
    assert {finding.rule for finding in heard(visit, claim, rules=rules)} == expected
    assert unproved(history_of([visit, claim]), AS_OF) == []


def onset_source(asked: Envelope, *others: Envelope) -> str | None:
    """Which record says when the pain of the visit began."""
    chart = Chart(history_of([asked, *others]), policies(), AS_OF)
    (visit,) = (v for v in chart.completed_visits if v.visit_id == asked["detail"]["visit_id"])
    source = chart.onset_source(visit)
    return source.record_id if source else None


def a_dated_claim(claim_id: str, day: int, **changes: Any) -> Envelope:
    on = FIRST_DAY + timedelta(days=day)
    return a_claim(claim_id, on=on, condition={"onset_date": "2024-01-01"}, **changes)


def test_which_claim_says_when_the_pain_began() -> None:
    silent = a_visit("V", condition={"onset_date": None})
    earlier_visit = a_visit("W", on=FIRST_DAY - timedelta(days=30))
    before, same_day, after = (a_dated_claim(f"C{day:+}", day) for day in (-1, 0, 1))
    assert onset_source(silent, after) is None
    assert onset_source(silent, before, after) == "C-1"
    assert onset_source(silent, before, same_day, after) == "C+0"
    assert onset_source(silent, same_day, earlier_visit) == "W"
    assert onset_source(a_visit("V"), same_day, earlier_visit) == "V"


def test_a_voided_claim_says_nothing() -> None:
    silent = a_visit("V", condition={"onset_date": None})
    void = a_claim("C-2", frequency_code="8", replaces_claim_id="C+0")
    assert onset_source(silent, a_dated_claim("C+0", 0), void) is None
    assert onset_source(silent, a_dated_claim("C+0", 0, frequency_code="8", replaces_claim_id="C")) is None


@pytest.mark.parametrize(("pregnant", "expected"), [(True, 1), (False, 0), (None, 0)])
def test_pregnancy_on_a_claim_is_a_question(pregnant: bool | None, expected: int) -> None:  # noqa: FBT001
    events = [a_visit(), a_claim(condition={"pregnant": pregnant})]
    asked = heard(*events, rules={"EXCL_PREGNANCY"})
    assert [finding.severity.value for finding in asked] == ["warning"] * expected
    assert unproved(history_of(events), AS_OF) == []
    assert concluded(events).courses[0].counted == 1


def test_a_question_before_the_visit_is_not_answered_by_what_a_reader_left_out() -> None:
    """The visit supposed is told by the same reader as the one it copies: its silence is no "no"."""
    performer = {"profession": "physical_therapist"}
    history = history_of([a_read_visit(**PHYSICIAN, performer=performer)])
    on = FIRST_DAY + timedelta(days=7)
    answer = coverage("P-1", history, policies(), on, on)
    assert answer.answer is not Answer.NO
