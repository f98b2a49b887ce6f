"""Which records a finding shows when there are more than it needs, where mutants of the evidence lived on."""

from datetime import date
from typing import Any

import pytest

from shared.core.findings import Finding
from shared.core.policy import Policies, policies
from tests.builders import Detail, Envelope, a_course
from tests.unit.asking import concluded
from tests.unit.courses import taken
from tests.unit.encounters import DAY, IN_GRACE, OTHER_NEEDLER, acupuncture, bill, days, encounter, line, seen
from tests.unit.told_by_reader import a_read_visit

NCD_STARTS = date(2020, 1, 21)


def the(rule: str, *events: Envelope, law: Policies | None = None) -> Finding:
    """The one finding of `rule`."""
    findings = concluded(events, law, as_of=IN_GRACE).findings.values()
    [finding] = [finding for finding in findings if finding.rule == rule]
    return finding


def shown(rule: str, *events: Envelope) -> list[str]:
    return [record.id for record in the(rule, *events).evidence]


def three_visits(billed: Detail, **second: Any) -> list[Envelope]:
    others = [seen(id, performer={"npi": "1200000010"}) for id in ("V1", "V3")]
    return [*others, seen("V2", performer={"npi": OTHER_NEEDLER}, **second), bill(billed)]


def muscles(*named: tuple[str, str]) -> Detail:
    return {"procedure": {"muscles": [{"name": name, "side": side} for name, side in named]}}


def notice(signed_on: object, form_expires_on: object = None) -> Detail:
    return {"abn": {"signed_on": signed_on, "form_expires_on": form_expires_on}}


def stimulated(*, electrical: bool) -> Detail:
    return {"procedure": {"kind": "acupuncture", "electrical_stimulation": electrical}}


def test_of_three_visits_on_a_date_a_line_shows_the_first_and_the_last() -> None:
    assert shown("THERAPY_MODIFIER", *three_visits(line(1, "20560", "GP"))) == ["C", "V1", "V3"]


SIDES = muscles(("psoas", "left"), ("psoas", "right"), ("soleus", "left"))
THREE = muscles(("psoas", "left"), ("iliacus", "left"), ("soleus", "left"))


@pytest.mark.parametrize(
    ("rule", "code", "second"),
    [
        pytest.param("TECHNIQUE_MISMATCH", "97810", {}, id="needled"),
        pytest.param("TECHNIQUE_MISMATCH", "97810", stimulated(electrical=True), id="stimulated"),
        pytest.param("TECHNIQUE_MISMATCH", "97813", stimulated(electrical=False), id="not stimulated"),
        pytest.param("INJECTION_DOCUMENTED", "20560", {"procedure": {"injection": True}}, id="injected"),
        pytest.param("MUSCLE_COUNT_MISMATCH", "20561", {}, id="too few muscles"),
        pytest.param("MUSCLE_COUNT_MISMATCH", "20560", THREE, id="too many muscles"),
        pytest.param("MUSCLE_COUNT_AMBIGUOUS", "20560", SIDES, id="muscles by side"),
        pytest.param("ABN_INVALID", "20560", {}, id="no notice"),
        pytest.param("ABN_INVALID", "20560", notice(days(1)), id="a late notice"),
        pytest.param("ABN_INVALID", "20560", notice(DAY, days(-1)), id="a notice on an old form"),
    ],
)
def test_of_three_visits_the_renderers_is_shown_where_it_is_at_fault(rule: str, code: str, second: Detail) -> None:
    modifiers = ["GA"] if rule == "ABN_INVALID" else []
    events = three_visits(line(1, code, *modifiers, npi=OTHER_NEEDLER), **second)
    assert shown(rule, *events) == ["C", "V2", "V1", "V3"]


def read(code: str, **procedure: object) -> list[str]:
    """What is shown of a line whose renderer's visit, one of three of its date, is told by a reader."""
    told = three_visits(line(1, code, npi=OTHER_NEEDLER))
    silent = a_read_visit("V2", on=DAY, performer={"npi": OTHER_NEEDLER}, procedure=procedure)
    events = [silent if event["detail"].get("visit_id") == "V2" else event for event in told]
    return shown("TECHNIQUE_MISMATCH" if procedure else "INJECTION_DOCUMENTED", *events)


def test_of_three_visits_the_renderers_is_shown_where_its_reader_cannot_say() -> None:
    assert read("20560") == ["C", "V2", "V1", "V3"]
    assert read("97810", kind="acupuncture") == ["C", "V2", "V1", "V3"]
    assert read("97813", kind="acupuncture") == ["C", "V2", "V1", "V3"]


def test_the_claim_of_an_add_on_comes_before_the_visit() -> None:
    assert shown("AOC_NO_PRIMARY", *acupuncture(line(1, "97811"))) == ["C", "V"]


def test_a_voluntary_notice_is_told_from_a_mandatory_one() -> None:
    events = encounter(line(1, "20560", "GP", "GX"), **notice(DAY))
    told = the("ABN_INVALID", *events, law=policies().changed(pt_abn_mode="mandatory"))
    assert told.message == "A voluntary notice is on a therapist's line where a mandatory one is read to be due."


def test_an_inherited_onset_is_shown_beside_the_visit_that_inherits_it() -> None:
    stated = seen("V1", on=days(-7), condition={"onset_date": days(-40)})
    silent = seen("V2", condition={"onset_date": None})
    findings = concluded([stated, silent], as_of=IN_GRACE).findings.values()
    told = [f for f in findings if f.rule == "CHRONICITY_NOT_MET" and f.subject.visit_id == "V2"]
    assert [[record.id for record in finding.evidence] for finding in told] == [["V2", "V1"]]


def test_every_silent_visit_of_the_first_session_is_shown() -> None:
    silent: Detail = {"condition": {"systemic_cause": None}}
    assert shown("EXCLUSIONS_UNDOCUMENTED", seen("V1", **silent), seen("V2", **silent)) == ["V1", "V2"]


def test_a_forecast_that_leans_on_the_notice_of_another_visit_shows_that_visit() -> None:
    """The pain of the first visit was too short; the line is the second's, whose notice shifts the cost."""
    first = seen("V1", condition={"onset_date": days(-40)})
    second = seen("V2", performer={"npi": OTHER_NEEDLER}, abn={"signed_on": DAY})
    told = [first, second, bill(line(1, "20560", "GA", npi=OTHER_NEEDLER))]
    findings = concluded(told, as_of=IN_GRACE).findings.values()
    [finding] = [f for f in findings if f.rule == "CHRONICITY_NOT_MET" and f.subject.visit_id == "V1"]
    assert finding.forecast
    assert finding.forecast.group == "PR"
    assert [record.id for record in finding.evidence] == ["V1", "C", "V2"]


def test_a_second_encounter_shows_why_the_first_is_judged_at_all() -> None:
    """The first speaks of another pain; a needling line of its date has it judged."""
    told = [seen("V1", diagnoses=["M54.2"]), seen("V2"), bill(line(1, "20560"))]
    assert shown("SAME_DAY_TWO_ENCOUNTERS", *told) == ["V2", "V1", "C"]


def test_a_claim_that_changes_none_is_shown() -> None:
    assert shown("ORPHAN_VOID", bill(line(1, "20560"), frequency_code="8")) == ["C"]


def test_a_visit_is_judged_because_of_the_first_line_of_its_date_and_shows_that_one() -> None:
    other = [bill(line(1, "20560"), id=id) for id in ("C2", "C1")]
    assert shown("MUSCLE_NAMES_MISSING", seen(diagnoses=["M54.2"], procedure={"muscles": []}), *other) == ["V", "C1"]


@pytest.mark.parametrize(
    ("day", "said"), [(NCD_STARTS, True), (days(-1, NCD_STARTS), False)], ids=["the first", "before"]
)
def test_lines_are_compared_from_the_first_day_of_the_ncd(day: date, *, said: bool) -> None:
    billed = bill(line(1, "20560", on=day), line(2, "20561", on=day), on=day)
    assert ("PTP" in {finding.rule for finding in concluded([billed]).findings.values()}) == said


def test_a_voluntary_notice_where_a_mandatory_one_is_due_is_shown_by_its_claim() -> None:
    law = policies().changed(pt_abn_mode="mandatory")
    found = the("ABN_INVALID", *encounter(line(1, "20560", "GP", "GX")), law=law)
    assert [record.id for record in found.evidence] == ["C", "V"]


def test_what_comes_after_the_session_is_no_part_of_its_count() -> None:
    """The claim has a line of a later date, too, which a visit of another payer keeps from being a session."""
    later = seen("V2", on=days(7), payer="other")
    billed = bill(line(1, "20560", "KX"), line(2, "20560", on=days(7)))
    assert shown("KX_UNNEEDED", seen("V1"), later, billed) == ["C", "V1"]


def test_what_bars_an_earlier_line_is_shown_though_its_claim_has_a_later_line_too() -> None:
    other = seen("V0", on=days(-7), payer="other")
    billed = bill(line(1, "20560", on=days(-7)), line(2, "20560", "KX"), line(3, "20560", on=days(7)), on=days(-7))
    assert shown("KX_UNNEEDED", other, seen("V1"), billed) == ["C", "V1", "V0"]


def test_a_visit_without_any_onset_has_none_to_show() -> None:
    silent: Detail = {"condition": {"onset_date": None}}
    assert shown("KX_UNNEEDED", *encounter(line(1, "20560", "KX"), **silent)) == ["C", "V"]


def test_who_gets_worse_is_shown_by_the_scores_of_the_day_and_those_before() -> None:
    told = [*a_course(3, scores={}), *taken({0: 5, 5: 8, 14: 9})]
    [_, finding] = [f for f in concluded(told).findings.values() if f.rule == "CONTINUED_AFTER_REGRESSION"]
    assert [record.id for record in finding.evidence if record.kind == "measure"] == ["NRS-0", "NRS-14", "NRS-5"]
