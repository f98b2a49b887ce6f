"""What an audit concludes, whole: courses, findings with and without their evidence, and the day to audit again."""

from dataclasses import replace
from datetime import timedelta

from shared.core.audit import audit, conclusions_of
from shared.core.chart import Chart
from shared.core.policy import policies
from tests.builders import FIRST_DAY, a_course
from tests.unit.asking import AS_OF, history_of


def test_evidence_is_gathered_for_who_wants_it() -> None:
    chart = Chart(history_of(a_course(13, kx_from=None)), policies(), AS_OF)
    proved, bare = (list(conclusions_of(chart, "P-1", proved=wanted).findings.values()) for wanted in (True, False))
    assert [replace(finding, evidence=()) for finding in proved] == bare
    assert all(finding.evidence for finding in proved)
    assert bare


def test_an_audit_says_when_to_audit_again() -> None:
    unbilled, _ = a_course(1)
    concluded = audit("P-1", history_of([unbilled]), policies(), FIRST_DAY)
    assert concluded.due_on == FIRST_DAY + timedelta(days=30)
    assert [course.counted for course in concluded.courses] == [1]
