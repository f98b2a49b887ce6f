"""Sufficient evidence: audited alone, the records of a finding give that finding again, byte for byte.

What is absent needs no record. What must be shown beside the records a rule compared: the visit that the subject names,
why a visit is judged at all, and for rules that rest on the count of sessions what makes and keeps that count - a visit
that bars a date from being a session, the onset that a visit inherits, the first session of each period touched.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted, Reference, Snapshot, VisitRecorded
from shared.core.sessions import Period, Session
from shared.core.snapshot import Score

Judged = VisitRecorded | BilledLine | ClaimSubmitted | Session


def of_subject(judged: Judged, chart: Chart) -> Iterable[Snapshot]:
    """Records that make the subject what it is said to be."""
    match judged:
        case VisitRecorded():
            return why_judged(judged, chart)
        case ClaimSubmitted():
            return ()
        case Session() | BilledLine():
            # One needling visit gives the subject its visit; of several two show that it has none.
            visits = chart.needling_visits.get(judged.on, [])
            return (*visits[:1], *visits[-1:])


def why_judged(visit: VisitRecorded, chart: Chart) -> tuple[Snapshot, ...]:
    """A visit that does not speak of low back pain is judged because of a needling line on its date."""
    if chart.named[visit.visit_id].low_back:
        return ()
    return (chart.ncd_lines_by_date[visit.date_of_service][0].claim,)


def settled(records: Iterable[Snapshot], through: date, chart: Chart) -> list[Snapshot]:
    """`records`, then all that makes each date in them up to `through` what it is: a session of its period, or none."""
    given = {record.reference: record for record in records}
    kept: dict[Reference, Snapshot] = {}
    waiting = deque(given.values())
    while waiting:
        record = waiting.popleft()
        if record.reference not in kept:
            kept[record.reference] = record
            waiting.extend(_called_for(record, through, chart))
    # In one order, by whatever way they were reached.
    return [*given.values(), *(kept[reference] for reference in sorted(kept.keys() - given.keys()))]


def _called_for(record: Snapshot, through: date, chart: Chart) -> Iterator[Snapshot]:
    match record:
        case VisitRecorded():
            key = record.reference, record.date_of_service <= through
            if key not in chart.called_for:  # by every counted finding of its period
                chart.called_for[key] = tuple(_by_visit(record, through, chart))
            yield from chart.called_for[key]
        case ClaimSubmitted():
            for line in record.lines:
                if line.procedure_code in chart.policy_on(line.date_of_service).covered_codes.value:
                    yield from _of_date(line.date_of_service, through, chart)
            yield from chart.answers_to(record) if _payer_counts(record, chart) else ()


def _by_visit(visit: VisitRecorded, through: date, chart: Chart) -> Iterator[Snapshot]:
    if source := chart.onset_source(visit):
        yield source
    yield from _of_date(visit.date_of_service, through, chart)
    yield from _overruling(visit.measures, chart)


def _payer_counts(claim: ClaimSubmitted, chart: Chart) -> bool:
    """Whether a denial could keep a line of the claim from making a session or beginning a period."""
    policies = [chart.policy_on(line.date_of_service) for line in claim.lines]
    return any("payer" in (policy.count_basis.value, policy.anchor_basis.value) for policy in policies)


def _of_date(day: date, through: date, chart: Chart) -> Iterable[Snapshot]:
    """What keeps a day in its period and gives it its weight; or, of no session, what bars a line from making one."""
    if day > through:
        return ()
    session = chart.session_on.get(day)
    could_begin = session or chart.policy_on(day).anchor_basis.value == "payer"
    course = chart.course_on(day) if could_begin else None
    return (*_making(day, session, chart), *(_beginning(course.period, chart) if course else ()))


def _making(day: date, session: Session | None, chart: Chart) -> Iterable[Snapshot]:
    if session is None:
        return chart.needling_visits.get(day, [])[:1]
    # Where a day is one session, whatever made it, the line that led here makes it one.
    return () if session.policy.session_unit.value == "day" else session.records


def _beginning(period: Period, chart: Chart) -> Iterable[Snapshot]:
    """Without what begins a period another session could begin it: a session here or elsewhere, or a line paid."""
    session = chart.session_on.get(period.started_on)
    if session:
        return session.records
    if period.elsewhere and period.elsewhere.first_on == period.started_on:
        return (period.elsewhere.source,)
    return tuple(billed.claim for billed in chart.counted_lines_by_date[period.started_on])


def _overruling(scores: Iterable[Score], chart: Chart) -> Iterator[Snapshot]:
    """Of two scores of one instrument on one date only one counts: it is shown beside a visit's that does not.

    A measure is shown for its score alone, and so counts.
    """
    for score in scores:
        yield chart.score_of(score.instrument, score.assessed_on).source
