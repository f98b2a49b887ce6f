"""One visit told by two sources is one visit; two visits of one source are two."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.core.case import Arrival, CaseFile, rebuilt
from shared.core.chart import Chart
from shared.core.joined import joined
from shared.core.policy import policies
from shared.core.visits import VisitRecorded
from tests.builders import FIRST_DAY, Envelope, a_claim, a_course, a_score, a_visit
from tests.unit.asking import AS_OF, RECORDED_AT, concluded, found, heard, history_of, numbers, snapshot, told
from tests.unit.test_evidence import unproved
from tests.unit.told_by_reader import FHIR, HL7, X12, a_read_visit, from_source

DAY = str(FIRST_DAY)
TWICE = {"SAME_DAY_TWO_ENCOUNTERS"}


def visits(*events: Envelope) -> list[VisitRecorded]:
    """The visits that took place."""
    return Chart(history_of(events), policies(), AS_OF).completed_visits


def only(*events: Envelope) -> VisitRecorded:
    (visit,) = visits(*events)
    return visit


def test_two_sources_tell_one_visit() -> None:
    events = [a_visit("V-1"), a_read_visit("Encounter/9")]
    assert [visit.visit_id for visit in visits(*events)] == ["V-1"]
    assert numbers(events) == [1]
    assert found(*events, rules=TWICE) == set()


def test_both_records_are_evidence() -> None:
    events = [a_visit("V-1", note={"signed": False}), a_read_visit("Encounter/9"), a_claim()]
    (finding,) = heard(*events, rules={"DOCUMENTATION_INCOMPLETE"})
    assert [reference.id for reference in finding.evidence] == ["V-1", "Encounter/9"]
    assert finding.subject.visit_id == "V-1"
    assert unproved(history_of(events), AS_OF) == []


ANOTHER: list[dict[str, Any]] = [
    {"on": FIRST_DAY + timedelta(days=1)},
    {"performer": {"npi": "1200000028"}},
    {"procedure": {"kind": "acupuncture"}},
    {"procedure": None},
]


@pytest.mark.parametrize("changes", ANOTHER, ids=str)
def test_what_differs_is_another_visit(changes: dict[str, Any]) -> None:
    assert len(visits(a_visit("V"), from_source(a_visit("W", **changes), FHIR))) == 2


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_record_taken_back_tells_no_visit(status: str) -> None:
    taken_back = from_source(a_visit("W", status=status, diagnoses=["M96.1"]), FHIR)
    assert only(a_visit("V"), taken_back).diagnoses == ("M54.59",)


def snapshot_of(event: Envelope) -> VisitRecorded:
    visit = snapshot(event)
    assert isinstance(visit, VisitRecorded)
    return visit


def test_two_visits_of_one_source_remain_two() -> None:
    assert found(a_visit("V-1"), a_visit("V-2"), rules=TWICE) == told(f"SAME_DAY_TWO_ENCOUNTERS warning visit {DAY}")
    assert found(a_read_visit("E/1"), a_read_visit("E/2"), rules=TWICE)


def test_which_of_two_another_source_means_is_not_guessed() -> None:
    assert len(visits(a_visit("V-1"), a_visit("V-2"), a_read_visit("E/1"))) == 3


def test_records_kept_without_their_source_are_not_joined() -> None:
    old = snapshot_of(a_visit("V-1")).as_told_by(None)
    assert joined([old, snapshot_of(a_read_visit("E/1"))], policies().on).behind == {}


def test_the_source_that_tells_more_speaks() -> None:
    """The clinic's own event, then FHIR, HL7 v2 and X12; under another reading another order."""
    ehr, fhir, hl7, x12 = (
        from_source(a_visit(f"V-{n}"), source) for n, source in enumerate(("ehr.example", FHIR, HL7, X12))
    )
    for events in permutations((ehr, fhir, hl7, x12)):
        assert only(*events).visit_id == "V-0"
    assert only(x12, hl7, fhir).visit_id == "V-1"
    assert only(x12, hl7).visit_id == "V-2"
    law = policies().changed(visit_sources=[X12, HL7, FHIR])
    assert [v.visit_id for v in Chart(history_of([x12, hl7, fhir]), law, AS_OF).completed_visits] == ["V-3"]


def test_a_source_that_is_not_named_speaks_first_and_the_first_of_several_by_name() -> None:
    fhir, other, another = (from_source(a_visit(f"V-{s}"), s) for s in (FHIR, "zz.example", "aa.example"))
    assert only(fhir, other).visit_id == "V-zz.example"
    assert only(other, another).visit_id == "V-aa.example"


def test_records_of_one_source_and_of_none_are_left_as_they_are() -> None:
    alone, silent = snapshot_of(a_visit("V-1")), snapshot_of(a_visit("V-2")).as_told_by(None)
    assert joined([alone, silent], policies().on) == ([alone, silent], {})


def test_only_a_visit_that_is_told_twice_has_records_behind_it() -> None:
    told = [a_visit("V-1"), a_read_visit("E/1"), a_visit("V-2", on=FIRST_DAY + timedelta(days=1))]
    first, second, _ = map(snapshot_of, told)
    assert joined(list(map(snapshot_of, told)), policies().on).behind == {first.reference: (second.reference,)}


def test_a_part_that_another_source_has_not_is_kept() -> None:
    licence = {"state": "CA", "number": "1", "expires_on": None, "unrestricted": True}
    one = a_visit("V", performer={"acupuncture_license": licence}, abn={"signed_on": FIRST_DAY})
    visit = only(one, a_read_visit("E/1"))
    assert visit.performer.acupuncture_license is not None
    assert visit.performer.acupuncture_license.number == "1"
    assert visit.abn is not None


def test_what_the_first_leaves_open_the_next_fills_in() -> None:
    onset = {"onset_date": "2020-06-01", "due_to_surgery": True}
    procedure = {"injection": False, "muscles": [{"name": "multifidus"}]}
    fhir = a_read_visit("E/1", condition={"due_to_surgery": False, "onset_date": None})
    charged = a_read_visit("H-1", source=HL7, condition=onset, payer="medicare_ffs", procedure=procedure)
    visit = only(fhir, charged)
    assert (visit.condition.onset_date, visit.condition.due_to_surgery) == (date(2020, 6, 1), False)
    assert visit.procedure
    assert (visit.procedure.injection, visit.procedure.electrical_stimulation) == (False, None)
    assert [muscle.name for muscle in visit.procedure.muscles or ()] == ["multifidus"]
    assert visit.payer == "medicare_ffs"


def test_lists_hold_what_either_has() -> None:
    """A diagnosis that excludes coverage is not lost because another source speaks."""
    one = a_visit("V", screening=["pregnancy"], measures=[a_score(7, FIRST_DAY), a_score(20, FIRST_DAY, "ODI")])
    other = a_read_visit("E/1", diagnoses=["M96.1", "M54.59"], screening=["pregnancy", "lung_disease"])
    other["detail"]["measures"] = [a_score(5, DAY), a_score(5, "2025-01-05"), a_score(3, DAY, "PEG")]  # type: ignore[arg-type]
    visit = only(one, other)
    assert visit.diagnoses == ("M54.59", "M96.1")
    assert visit.screening == ("pregnancy", "lung_disease")
    assert [(s.instrument, int(s.score)) for s in visit.measures] == [
        ("NRS", 7),
        ("ODI", 20),
        ("NRS", 5),
        ("PEG", 3),
    ]
    assert {f.severity.value for f in heard(one, other, rules={"EXCL_SURGERY"})} == {"violation"}


def test_a_course_told_twice_concludes_what_the_clinic_told() -> None:
    course = a_course(14, kx_from=None)
    again = [a_read_visit(f"E/{n}", on=FIRST_DAY + timedelta(days=7 * n)) for n in range(14)]
    once, twice = concluded(course), concluded([*course, *again])
    assert list(once.findings) == list(twice.findings)
    assert [course.counted for course in twice.courses] == [14]
    assert unproved(history_of([*course, *again]), AS_OF) == []


def test_a_case_file_remembers_its_sources() -> None:
    events = [a_visit("V-1"), a_read_visit("E/1"), a_claim()]
    case = rebuilt("P-1", [Arrival(snapshot(event), AS_OF, RECORDED_AT) for event in events], policies())
    stored = CaseFile.from_parts("P-1", case.parts())
    sources = [event.told_by for event in stored.history.latest.values()]
    assert sorted(map(str, sources)) == ["ehr.example", "ehr.example", FHIR]
    assert stored.parts() == case.parts()
    assert stored.history == case.history


def test_a_case_file_of_before_has_none() -> None:
    """Bytes written before sources were kept are read, and written again, as they are."""
    old = snapshot(a_visit("V-1")).as_told_by(None)
    case = rebuilt("P-1", [Arrival(old, AS_OF, RECORDED_AT)], policies())
    stored = CaseFile.from_parts("P-1", case.parts())
    assert [event.told_by for event in stored.history.latest.values()] == [None]
    assert stored.parts() == case.parts()
