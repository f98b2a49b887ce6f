"""When the clock alone can change what is said of a chart: the days on which a wait for a visit or a claim runs out."""

from collections.abc import Iterator, Sequence
from datetime import date

from shared.core.billed_line import BilledLine
from shared.core.calendar import days_after, months_after
from shared.core.chart import Chart
from shared.core.condition import excluded
from shared.core.events import VisitRecorded


def due_on(chart: Chart) -> date | None:
    """The next day after `as_of` on which a clock rule may turn though no record arrives; None: no day will."""
    return min((day for day in _turns(chart) if day > chart.as_of), default=None)


def _turns(chart: Chart) -> Iterator[date]:
    for billed in chart.once(lines_without_visit):
        yield visit_missed_from(billed)
    for visit in chart.once(visits_without_claim):
        yield unbilled_from(visit, chart)
        yield urgent_from(visit, chart)


def lines_without_visit(chart: Chart) -> Sequence[BilledLine]:
    return [billed for billed in chart.ncd_lines if billed.on not in chart.needling_visits]


def visits_without_claim(chart: Chart) -> Sequence[VisitRecorded]:
    """Visits that the NCD covers, on dates without a needling line."""
    billed, barred = chart.ncd_lines_by_date, chart.once(excluded)
    return [v for v in chart.low_back_visits if v.date_of_service not in billed and v.visit_id not in barred]


def visit_missed_from(billed: BilledLine) -> date:
    """The first day after the grace that a claim gives its visit to arrive."""
    return days_after(billed.claim.received_on, billed.policy.visit_grace_days.value + 1)


def unbilled_from(visit: VisitRecorded, chart: Chart) -> date:
    day = visit.date_of_service
    return days_after(day, chart.policy_on(day).unbilled_days.value)


def urgent_from(visit: VisitRecorded, chart: Chart) -> date:
    day = visit.date_of_service
    return months_after(day, chart.policy_on(day).unbilled_months.value)
