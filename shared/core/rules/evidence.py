"""Sufficient evidence: audited alone, the records of a finding give that finding again, byte for byte.

What is absent needs no record. What must be shown beside the records a rule compared: the visit that the subject names,
why a visit is judged at all, and for rules that rest on the count of sessions what makes and keeps that count - a visit
that bars a date from being a session, the onset that a visit inherits, the first session of each period touched.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import NamedTuple

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted, Reference, Snapshot, VisitRecorded
from shared.core.scores import Score
from shared.core.sessions import Period, Session

Judged = VisitRecorded | BilledLine | ClaimSubmitted | Session


def of_subject(judged: Judged, chart: Chart) -> Iterable[Snapshot]:
    """Records that make the subject what it is said to be."""
    match judged:
        case Session() | BilledLine():
            # One needling visit gives the subject its visit; of several two show that it has none.
            visits = chart.needling_visits.get(judged.on, [])
            return (*visits[:1], *visits[-1:])
        case VisitRecorded():
            return why_judged(judged, chart)
        case ClaimSubmitted():
            return ()


def why_judged(visit: VisitRecorded, chart: Chart) -> tuple[Snapshot, ...]:
    """A visit that does not speak of low back pain is judged because of a needling line on its date."""
    if chart.named[visit.visit_id].low_back:
        return ()
    return (chart.ncd_lines_by_date[visit.date_of_service][0].claim,)


class _Count(NamedTuple):
    """The records that make a session's number, and with them all that settles what they are."""

    records: Mapping[Reference, Snapshot]
    settled: AbstractSet[Reference]


def of_count(
    own: Iterable[Snapshot], session: Session, beside: Iterable[Snapshot], chart: Chart
) -> tuple[Reference, ...]:
    """A verdict's own records, those that make the session's number and those beside them; then in one order, by
    whatever way they were reached, all that makes each date in them up to the session what it is.
    """
    count = _count(session, chart)
    owned, others = _by_reference(own), _by_reference(beside)
    given = {**owned, **count.records, **others}
    further = [known for known in (*owned.items(), *others.items()) if known[0] not in count.settled]
    settled = _settled(further, count.settled, session.on, chart) if further else count.settled
    return (*given, *sorted(settled - given.keys()))


def _by_reference(records: Iterable[Snapshot]) -> dict[Reference, Snapshot]:
    return {record.reference: record for record in records}


def _counts(chart: Chart) -> dict[date, _Count]:
    return {}


def _count(session: Session, chart: Chart) -> _Count:
    """The same for all findings that rest on the number of the session."""
    counts = chart.once(_counts)
    if session.on not in counts:
        records = _by_reference(chart.counting(session))
        counts[session.on] = _Count(records, _settled(records.items(), frozenset(), session.on, chart))
    return counts[session.on]


_Records = Iterable[tuple[Reference, Snapshot]]


def _settled(records: _Records, known: AbstractSet[Reference], through: date, chart: Chart) -> AbstractSet[Reference]:
    """What is known, the records, and all that makes each date in them a session of its period, or none."""
    calls, kept, waiting = chart.once(_calls), {*known, *dict(records)}, list(records)
    while waiting:
        reference, record = waiting.pop()
        last, called = calls.get(reference) or _called_for(reference, record, chart)
        for other in called if last <= through else _calling(record, through, chart):
            if other[0] not in kept:
                kept.add(other[0])
                waiting.append(other)
    return kept


_Called = tuple[date, _Records]


def _calls(chart: Chart) -> dict[Reference, _Called]:
    return {}


def _called_for(reference: Reference, record: Snapshot, chart: Chart) -> _Called:
    """The last date in a record, and what it calls for by then: the same for every session since."""
    last = _last_day(record)
    called = chart.once(_calls)[reference] = last, _calling(record, last, chart)
    return called


def _last_day(record: Snapshot) -> date:
    match record:
        case VisitRecorded():
            return record.date_of_service
        case ClaimSubmitted():
            return max((line.date_of_service for line in record.lines), default=date.min)
        case _:
            return date.min


def _calling(record: Snapshot, through: date, chart: Chart) -> _Records:
    match record:
        case VisitRecorded():
            called = _by_visit(record, through, chart)
        case ClaimSubmitted():
            called = _by_claim(record, through, chart)
        case _:
            return ()
    return _by_reference([other for other in called if other is not record]).items()


def _by_claim(claim: ClaimSubmitted, through: date, chart: Chart) -> Iterator[Snapshot]:
    for day in dict.fromkeys(line.date_of_service for line in claim.lines):
        if any(billed.claim is claim for billed in chart.counted_lines_by_date.get(day, ())):
            yield from _of_date(day, through, chart)
    yield from chart.answers_to(claim) if _payer_counts(claim, chart) else ()


def _by_visit(visit: VisitRecorded, through: date, chart: Chart) -> Iterable[Snapshot]:
    source = chart.onset_source(visit)
    told = (source,) if source else ()
    dated = _of_date(visit.date_of_service, through, chart) if _makes_its_date(visit, chart) else ()
    return [*told, *dated, *_overruling(visit.measures, chart)]


def _makes_its_date(visit: VisitRecorded, chart: Chart) -> bool:
    """Whether the visit alone would make its date a session: where the payer counts, only lines do."""
    session = chart.session_on.get(visit.date_of_service)
    return session is not None and session.policy.count_basis.value != "payer" and visit in session.visits


def _payer_counts(claim: ClaimSubmitted, chart: Chart) -> bool:
    """Whether a denial could keep a line of the claim from making a session or beginning a period."""
    policies = [chart.policy_on(line.date_of_service) for line in claim.lines]
    return any("payer" in (policy.count_basis.value, policy.anchor_basis.value) for policy in policies)


def _of_date(day: date, through: date, chart: Chart) -> Iterable[Snapshot]:
    """What keeps a day in its period and gives it its weight; or, of no session, what bars a line from making one."""
    if day > through:
        return ()
    session = chart.session_on.get(day)
    period = session.period if session else _period_paid_in(day, chart)
    return (*_making(day, session, chart), *(_beginning(period, chart) if period else ()))


def _period_paid_in(day: date, chart: Chart) -> Period | None:
    """The period of a day that is no session and yet could begin one, because a line of it was paid."""
    course = chart.course_on(day) if chart.policy_on(day).anchor_basis.value == "payer" else None
    return course.period if course else None


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


def _overruling(scores: Iterable[Score], chart: Chart) -> Iterable[Snapshot]:
    """Of two scores of one instrument on one date only one counts: it is shown beside a visit's that does not.

    A measure is shown for its score alone, and so counts.
    """
    return [chart.score_of(score.instrument, score.assessed_on).source for score in scores]
