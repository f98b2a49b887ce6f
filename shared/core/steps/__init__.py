"""The steps from facts to verdict, told one by one; which steps a rule takes is one table."""

from collections.abc import Callable, Mapping

from shared.core.chart import Chart
from shared.core.findings import Finding, Subject
from shared.core.steps.counting import kx, limit, number, period, window
from shared.core.steps.progress import course_before, scores
from shared.core.steps.records import claim, claim_due, filed, line, onset, visit_due
from shared.core.steps.step import Step, Told

__all__ = ["STEPS", "Step", "steps_of"]

_Telling = tuple[Callable[[Subject, Chart], Told], ...]

_BY_SUBJECT: Mapping[str, _Telling] = {
    "session": (period, number, scores),
    "visit": (),
    "line": (line,),
    "claim": (claim,),
}
STEPS: Mapping[str, _Telling] = {
    "CHRONICITY_NOT_MET": (onset,),
    "CHRONICITY_UNDOCUMENTED": (period, number),
    "EXCLUSIONS_UNDOCUMENTED": (period, number),
    "KX_MISSING": (period, number, kx),
    "KX_UNNEEDED": (period, number, kx),
    "OUTSIDE_INITIAL_WINDOW": (period, number, window, kx, scores),
    "OVER_ANNUAL_LIMIT": (period, number, limit),
    "NO_BASELINE": (period, scores),
    "KX_UNSUPPORTED": (period, number, kx, scores),
    "PRIOR_COURSE_FAILED": (period, course_before),
    "CLAIM_WITHOUT_VISIT": (visit_due,),
    "VISIT_WITHOUT_CLAIM": (claim_due,),
    "FILING_DEADLINE": (filed,),
}


def steps_of(finding: Finding, chart: Chart) -> Told:
    for tell in STEPS.get(finding.rule, _BY_SUBJECT[finding.subject.type]):
        yield from tell(finding.subject, chart)
