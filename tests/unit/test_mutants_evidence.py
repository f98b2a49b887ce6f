"""Which records a finding shows when there are more than it needs, where mutants of the evidence lived on."""

from tests.unit.asking import concluded
from tests.unit.encounters import IN_GRACE, bill, line, seen


def test_of_three_visits_on_a_date_a_line_shows_the_first_and_the_last() -> None:
    events = [*(seen(id) for id in ("V1", "V2", "V3")), bill(line(1, "20560", "GP"))]
    findings = concluded(events, as_of=IN_GRACE).findings.values()
    [therapy] = [finding for finding in findings if finding.rule == "THERAPY_MODIFIER"]
    assert [record.id for record in therapy.evidence] == ["C", "V1", "V3"]
