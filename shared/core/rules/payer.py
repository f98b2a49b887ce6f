"""Payer: whose patient is it on that date?"""

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, info
from shared.core.rules.reads import LINE, NEEDLING
from shared.core.rules.rule import INFO, Rule, judged_visits, ncd_lines

SECTION = "Payer"

_WHY = "frequency, KX and improvement are not judged, and the date is no session"


def visit_not_ffs(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    if visit.payer == chart.policy_on(visit.date_of_service).payer.value:
        return None
    said = visit.payer or "nothing of its payer"
    return info(f"The visit of {visit.date_of_service} says {said}: {_WHY}.", visit)


def line_not_ffs(billed: BilledLine, chart: Chart) -> Verdict | None:
    if billed.original_medicare:
        return None
    return info(f"The line of {billed.on} says {billed.claim.payer}: {_WHY}.", billed.claim)


_MEANS = "The patient was not under Original Medicare on that date."
_REMEDY = "Nothing to do if the payer is right; the plan's own limits apply."

RULES = (
    Rule(
        "NOT_FFS",
        judged_visits,
        visit_not_ffs,
        section=SECTION,
        means=_MEANS,
        arises="A judged visit names another payer than `payer`: its date is no session.",
        severities=(INFO,),
        remedy=_REMEDY,
        cites=("payer",),
        reads=(*NEEDLING, "visit.payer"),
    ),
    Rule(
        "NOT_FFS",
        ncd_lines,
        line_not_ffs,
        section=SECTION,
        means=_MEANS,
        arises="The claim of a needling line names another payer than `payer`: the line makes no session.",
        severities=(INFO,),
        remedy=_REMEDY,
        cites=("payer",),
        reads=(*LINE, "claim.payer"),
    ),
)
