"""What a violation may cost: the denial to expect, who then owes the amount, and the money known to hang on it."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import ClaimSubmitted, Snapshot, VisitRecorded
from shared.core.findings import AtStake, Forecast
from shared.core.rules.evidence import Judged
from shared.core.sessions import Session
from shared.core.visits import AdvanceNotice


def lines_of(judged: Judged, chart: Chart) -> Sequence[BilledLine]:
    """The lines whose payment hangs on the subject: a session's covered lines, the needling lines of a visit's date."""
    match judged:
        case BilledLine():
            return (judged,)
        case Session():
            return judged.lines
        case VisitRecorded():
            return chart.ncd_lines_by_date.get(judged.date_of_service, ())
        case ClaimSubmitted():
            return ()


def forecast(row: str, lines: Sequence[BilledLine], day: date, chart: Chart) -> Forecast:
    denial = chart.policy_on(day).denials.value[row]
    shifted = denial.group_with_notice if lines and all(_notice_holds(billed, chart) for billed in lines) else ""
    return Forecast(denial.carc, denial.rarc, shifted or denial.group, denial.confidence)


def at_stake(lines: Sequence[BilledLine], chart: Chart) -> AtStake | None:
    """What the latest remittance paid for each line, or what was charged while there is none."""
    if not lines:
        return None
    amounts = [told[1].paid if (told := chart.remitted(billed)) else billed.line.charge for billed in lines]
    answered = all(chart.remitted(billed) for billed in lines)
    return AtStake(sum(amounts, Decimal(0)), "remittance" if answered else "charge")


def records_of(lines: Sequence[BilledLine], chart: Chart) -> Iterator[Snapshot]:
    """The records that forecast and money rest on: claims, remittances, and the visits where a notice is relied on."""
    for billed in lines:
        yield billed.claim
        if told := chart.remitted(billed):
            yield told[0]
        if _relies_on_notice(billed):
            yield from chart.needling_visits.get(billed.on, ())


def _relies_on_notice(billed: BilledLine) -> bool:
    return billed.policy.notice_modifier.value in billed.line.modifiers


def _notice_holds(billed: BilledLine, chart: Chart) -> bool:
    visit = chart.visit_of(billed) if _relies_on_notice(billed) else None
    notice = visit.abn if visit else None
    return notice is not None and not signed_late(notice, billed.on) and not form_expired(notice)


def signed_late(notice: AdvanceNotice, day: date) -> bool:
    """Whether the notice was signed after the service."""
    return notice.signed_on > day


def form_expired(notice: AdvanceNotice) -> bool:
    """Whether its form had expired when it was signed."""
    return notice.form_expires_on is not None and notice.form_expires_on < notice.signed_on
