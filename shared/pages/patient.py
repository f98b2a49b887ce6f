"""A patient's page as data: periods as strips, findings with their law, records and trace, money and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from shared.core.case import CaseFile
from shared.core.chart import Chart
from shared.core.findings import Finding
from shared.core.policy import Policies
from shared.core.rules import RULES
from shared.core.severity import Severity
from shared.core.trace import Trace, trace
from shared.pages.strip import Strip, strips


@dataclass(frozen=True)
class FindingView:
    """One finding with everything that proves it: what the rule means, and the trace."""

    trace: Trace
    since: date
    revision: int
    means: str

    @property
    def finding(self) -> Finding:
        return self.trace.finding

    @property
    def amount(self) -> Decimal:
        stake = self.finding.at_stake
        return stake.amount if stake else Decimal(0)

    @property
    def urgency(self) -> tuple[object, ...]:
        """The gravest first, then the most money, then the order of output.md."""
        return (-self.finding.severity.gravity, -self.amount, self.finding.order)


@dataclass(frozen=True)
class PatientView:
    patient_id: str
    as_of: date
    strips: tuple[Strip, ...]
    findings: tuple[FindingView, ...]

    def count(self, severity: str) -> int:
        return sum(view.finding.severity == severity for view in self.findings)

    @property
    def at_stake(self) -> Decimal:
        """Of violations. What several findings of one date say of the same lines is counted once."""
        broken = [view for view in self.findings if view.finding.severity is Severity.VIOLATION]
        days = {view.finding.subject.date_of_service for view in broken}
        return sum(
            (_of_day([v for v in broken if v.finding.subject.date_of_service == day]) for day in days), Decimal(0)
        )


def _of_day(views: Sequence[FindingView]) -> Decimal:
    """A finding about the visit or session speaks of all its lines; findings about lines of their own ones."""
    lines = {v.finding.subject.identity: v.amount for v in views if v.finding.subject.type == "line"}
    whole = [v.amount for v in views if v.finding.subject.type != "line"]
    return max([*whole, sum(lines.values(), Decimal(0))])


def patient_view(case: CaseFile, law: Policies, as_of: date) -> PatientView:
    """Everything about one patient, for people."""
    standing, chart = case.standing, Chart(case.history, law, as_of)
    traces = trace(None, case.patient_id, case.history, law, as_of)
    views = sorted((_finding_view(traced, case) for traced in traces), key=lambda view: view.urgency)
    return PatientView(case.patient_id, as_of, strips(chart, standing.findings.values()), tuple(views))


def finding_view(case: CaseFile, finding_id: str, law: Policies, as_of: date) -> FindingView | None:
    """One finding that stands, or None."""
    traces = trace(finding_id, case.patient_id, case.history, law, as_of)
    return _finding_view(traces[0], case) if traces else None


def _finding_view(traced: Trace, case: CaseFile) -> FindingView:
    life = case.standing.life[traced.finding.finding_id]
    return FindingView(traced, life.since, life.revision, _meanings()[traced.finding.rule])


@cache
def _meanings() -> dict[str, str]:
    return {rule.name: rule.means for rule in RULES}
