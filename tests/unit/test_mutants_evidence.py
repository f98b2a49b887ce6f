"""Which records a finding shows when there are more than it needs, where mutants of the evidence lived on."""

from typing import Any

import pytest

from shared.core.findings import Finding
from shared.core.policy import Policies, policies
from tests.builders import Detail, Envelope
from tests.unit.asking import concluded
from tests.unit.encounters import DAY, IN_GRACE, OTHER_NEEDLER, bill, days, encounter, line, seen


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


def test_a_voluntary_notice_is_told_from_a_mandatory_one() -> None:
    events = encounter(line(1, "20560", "GP", "GX"), **notice(DAY))
    told = the("ABN_INVALID", *events, law=policies().changed(pt_abn_mode="mandatory"))
    assert told.message == "A voluntary notice is on a therapist's line where a mandatory one is read to be due."
