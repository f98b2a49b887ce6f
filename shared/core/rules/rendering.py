"""Who bills: the person whom a line names as rendering, and what visits say of that person."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, violation
from shared.core.rules.reads import LINE, NEEDLING
from shared.core.rules.rule import VIOLATION, Rule

SECTION = "Who"
PERFORMER = (*NEEDLING, "visit.performer.profession")
NOT_ELIGIBLE = "The needle was held, or the line billed, by someone whom Medicare does not pay for this."


def _professions(chart: Chart) -> Mapping[str, set[str | None]]:
    """What each person is called on visits, by NPI."""
    professions: defaultdict[str, set[str | None]] = defaultdict(set)
    for visit in chart.completed_visits:
        professions[visit.performer.npi].add(visit.performer.profession)
    return dict(professions)


def _visits(chart: Chart) -> Mapping[str, Mapping[date, Sequence[VisitRecorded]]]:
    """Completed visits by the NPI that held the needle, then by date, in the order of dates."""
    performers: defaultdict[str, defaultdict[date, list[VisitRecorded]]] = defaultdict(lambda: defaultdict(list))
    for visit in chart.completed_visits:
        performers[visit.performer.npi][visit.date_of_service].append(visit)
    return performers


def _days(chart: Chart) -> Mapping[str, Sequence[date]]:
    return {npi: list(by_date) for npi, by_date in chart.once(_visits).items()}


def acupuncturists_lines(chart: Chart) -> Sequence[BilledLine]:
    """NCD lines whose rendering NPI is that of a person whom some visit records as one who cannot bill."""
    known, nobody = chart.once(_professions), frozenset[str]()
    return [
        billed
        for billed in chart.ncd_lines
        if not known.get(billed.line.rendering_npi, nobody).isdisjoint(billed.policy.never_rendering.value)
    ]


def _nearest(days: Sequence[date], day: date) -> date:
    """Of days in order; of two as near the earlier."""
    at = bisect_left(days, day)
    return min(days[max(at - 1, 0) : at + 1], key=lambda other: (abs(other - day), other))


def acupuncturist_renders(billed: BilledLine, chart: Chart) -> Verdict | None:
    # What the person was on that date decides; without a visit on it, what the nearest record says of the person.
    npi = billed.line.rendering_npi
    visits = chart.once(_visits)[npi][_nearest(chart.once(_days)[npi], billed.on)]
    known = [v for v in visits if v.performer.profession in billed.policy.never_rendering.value]
    if not known:
        return None
    return violation("The rendering NPI is an acupuncturist's, who cannot bill Medicare.", billed.claim, known[0])


RULES = (
    Rule(
        "PERFORMER_NOT_ELIGIBLE",
        acupuncturists_lines,
        acupuncturist_renders,
        section=SECTION,
        means=NOT_ELIGIBLE,
        arises="The rendering NPI of a needling line is that of a person whom the visits, nearest date first, record "
        "as one of `never_rendering`.",
        severities=(VIOLATION,),
        remedy="Bill under the NPI of the supervising physician, PA, NP or CNS if the incident-to rules were met.",
        cites=("never_rendering", "supervision_required"),
        reads=(*LINE, "claim.lines.rendering_npi", *PERFORMER, "visit.performer.npi"),
        denial="provider_not_allowed",
    ),
)
