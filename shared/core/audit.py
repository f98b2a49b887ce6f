"""The audit: a history in, everything there is to say of it out."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import NamedTuple

from shared.core.chart import Chart
from shared.core.due import due_on
from shared.core.findings import Finding
from shared.core.history import History
from shared.core.policy import Policies
from shared.core.rules import RULES
from shared.core.sessions import Course


class Conclusions(NamedTuple):
    """What follows from a history on `as_of`: courses in order, and findings in the order of output.md, by id.

    `due_on` is the next day on which the same history may say something else.
    """

    courses: tuple[Course, ...] = ()
    findings: Mapping[str, Finding] = {}
    due_on: date | None = None


def audit(patient_id: str, history: History, policies: Policies, as_of: date) -> Conclusions:
    """Judge every visit, line and session as of its own date; `as_of` moves the clock rules alone."""
    return conclusions_of(Chart(history, policies, as_of), patient_id)


def conclusions_of(
    chart: Chart, patient_id: str, *, leaving_out: AbstractSet[str] = frozenset(), proved: bool = True
) -> Conclusions:
    """The same of a chart, for who goes on reading it; without some rules, or without evidence, if none is wanted."""
    rules = (rule for rule in RULES if rule.name not in leaving_out)
    findings = [finding for rule in rules for finding in rule.findings(chart, patient_id, proved=proved)]
    findings.sort(key=lambda finding: finding.order)
    return Conclusions(chart.courses, {finding.finding_id: finding for finding in findings}, due_on(chart))
