"""What a trace lays open: the fields of the records, the law with its words, and of which rule."""

from datetime import date

import pytest

from shared.core.policy import Policies, policies
from shared.core.trace import Law, Trace, trace
from tests.builders import Envelope, a_claim, a_line, a_remittance, a_visit, an_eligibility
from tests.unit.asking import AS_OF, history_of
from tests.unit.encounters import acupuncture, bill, days, encounter, line, seen

NCD = "https://www.cms.gov/Medicare-Coverage-Database/view/ncd.aspx?ncdid=373"


def traced(rule: str, *events: Envelope, as_of: date = AS_OF) -> Trace:
    """The first trace of the rule."""
    return trace((rule, None), "P-1", history_of(events), policies(), as_of)[0]


def facts(rule: str, *events: Envelope) -> dict[str, object]:
    return {f"{fact.id} {fact.field}": fact.value for fact in traced(rule, *events).facts}


def test_entries_of_a_list_are_told_by_their_place() -> None:
    muscles = [{"name": "psoas", "side": "left"}, {"name": "iliacus", "side": None}]
    told = facts("MUSCLE_COUNT_MISMATCH", *encounter(line(1, "20561"), procedure={"muscles": muscles}))
    assert {field: told[field] for field in told if "muscles" in field} == {
        "V procedure.muscles[0].name": "psoas",
        "V procedure.muscles[1].name": "iliacus",
        "V procedure.muscles[0].side": "left",
        "V procedure.muscles[1].side": None,
    }


def test_an_empty_list_has_no_entries() -> None:
    told = facts("MUSCLE_NAMES_MISSING", *encounter(procedure={"muscles": []}))
    assert not [field for field in told if "muscles" in field]


def test_a_part_that_is_not_stated_is_told_as_a_whole() -> None:
    told = facts("CREDENTIAL_MISSING", *encounter(performer={"profession": "nurse_practitioner"}))
    assert told["V performer.acupuncture_license"] is None


def test_money_is_shown_where_it_is_at_stake_and_nowhere_else() -> None:
    violation = facts("MUE", *encounter(line(1, "20560", units=2)))
    assert violation["C lines[0].charge"] == "40"
    warning = facts("KX_UNNEEDED", *encounter(line(1, "20560", "KX")))
    assert not [field for field in warning if "charge" in field or "paid" in field]


def test_of_a_remittance_the_line_of_the_subject_is_shown() -> None:
    claim = bill(line(1, "20560"), line(2, "97140"), line(3, "20560", units=2, on=days(7)))
    told = facts("MUE", seen(), claim, a_remittance(claim))
    assert [field for field in told if field.startswith("R-C lines") and field.endswith("paid")] == [
        "R-C lines[2].paid"
    ]


def test_two_rules_of_one_name_are_told_apart() -> None:
    """A visit of another payer, and a line: each by the fields it is judged by."""
    events = [a_visit("V", payer="other"), a_claim("C", payer="other", lines=[a_line()])]
    visit, billed = trace(("NOT_FFS", None), "P-1", history_of(events), policies(), AS_OF)[::-1]
    assert (visit.finding.subject.type, billed.finding.subject.type) == ("visit", "line")
    assert "visit.payer" in {f"{fact.kind}.{fact.field}" for fact in visit.facts}
    assert "claim.payer" in {f"{fact.kind}.{fact.field}" for fact in billed.facts}
    assert "claim.payer" not in {f"{fact.kind}.{fact.field}" for fact in visit.facts}


def test_the_records_of_a_trace_are_those_of_the_evidence_in_their_order() -> None:
    found = traced("MUE", *encounter(line(1, "20560", units=2)))
    assert [record.reference for record in found.records] == list(found.finding.evidence)


def test_the_law_in_full() -> None:
    [required, limit] = traced("CHRONICITY_NOT_MET", *encounter(condition={"onset_date": days(-83)})).law * 2
    assert required == limit
    assert required == Law(
        setting="chronicity_weeks",
        value=12,
        since=date(2020, 1, 21),
        basis="cms_text",
        source="CMS NCD 30.3.3, version 1",
        section="B. Nationally Covered Indications, definition of cLBP",
        url=NCD,
        quote="cLBP is defined as: Lasting 12 weeks or longer",
        reading="",
    )


def test_what_a_setting_holds_is_shown_as_plain_lists_and_tables() -> None:
    """Sets sorted, pairs as lists, tables by name: the same in every run."""
    value = {law.setting: law.value for law in traced("PTP", *encounter(line(1, "20560"), line(2, "20561"))).law}
    assert ["20561", "20560", "0"] in value["ptp_pairs"]
    value = {law.setting: law.value for law in traced("AOC_NO_PRIMARY", *acupuncture(line(1, "97811"))).law}
    assert value["addon_primaries"]["97811"] == ["97810", "97813"]
    value = {law.setting: law.value for law in traced("MUE", *encounter(line(1, "20560", units=2))).law}
    assert value["unit_limits"]["20560"] == 1


def test_a_claim_is_traced_under_the_law_of_the_day_it_was_received() -> None:
    """Not of the day before, and not of the date of its lines: here the list of codes changes between them."""
    received = days(400)
    [entry] = policies().document["part_b_corrections"]
    changed = {**entry, "from": received, "value": ["8"]}
    law = Policies({**policies().document, "part_b_corrections": [entry, changed]})
    for day, codes in ((days(-1, received), ["7", "8"]), (received, ["8"])):
        void = bill(line(1, "20560"), frequency_code="8", replaces_claim_id="gone", received_on=day)
        [found] = trace(("FREQ7_PARTB", None), "P-1", history_of([void]), law, AS_OF)
        assert [sorted(told.value) for told in found.law] == [codes]


def steps(rule: str, *events: Envelope, **changes: str) -> dict[str, str]:
    """The text of each step of the first trace of the rule, under a changed law where one is given."""
    found = trace((rule, None), "P-1", history_of(events), policies().changed(**changes), AS_OF)[0]
    return {step.name: step.text for step in found.steps}


def test_a_period_begun_by_a_line_that_the_payer_counts_says_so() -> None:
    """A visit of another payer bars the line from being a session; the payer counted it all the same."""
    barred = [seen("V0", payer="other"), bill(line(1, "20560"), id="C0")]
    later = encounter(line(1, "20560", "KX", on=days(7)), on=days(7))
    told = steps("KX_UNNEEDED", *barred, *later, anchor_basis="payer")
    assert told["period"].startswith("The period began 2024-08-05: its first session (counted by the payer alone).")


@pytest.mark.parametrize(
    ("last", "said"), [(-1, ", and 3 elsewhere (eligibility E-1-01)"), (0, "")], ids=["before", "that day"]
)
def test_sessions_elsewhere_are_counted_before_a_session_after_their_last(last: int, said: str) -> None:
    abroad = an_eligibility(external_sessions={"count": 3, "first_on": days(-9), "last_on": days(last)})
    told = steps("KX_UNNEEDED", *encounter(line(1, "20560", "KX")), abroad)
    number = 4 if said else 1
    assert told["number"] == f"2024-08-05 is session {number}: 0 dates counted before it{said}."


def test_a_line_before_the_ncd_has_none_beside_it() -> None:
    """Nothing of that time is compared."""
    before = date(2020, 1, 20)
    told = steps("DOS_BEFORE_NCD", bill(line(1, "20560", on=before), line(2, "20561", on=before), on=before))
    assert told["billing"] == "20560 is billed as 20560 x 1; beside it by the same biller: none."
