"""Frequency: twelve sessions, eight more with KX, never more than twenty in a period."""

from collections.abc import Sequence

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.findings import Verdict, violation, warning
from shared.core.rules.reads import COUNT, KX, SCORES
from shared.core.rules.rule import INFO, VIOLATION, WARNING, Rule, attested_lines, sessions
from shared.core.sessions import Session
from shared.core.severity import Severity

SECTION = "Frequency"


def _named(session: Session) -> str:
    return f"Session {session.number} of the period that began {session.period.started_on}"


def lines_due_for_kx(chart: Chart) -> Sequence[BilledLine]:
    """Covered lines of sessions whose number needs the attestation."""
    return [line for session in chart.kx_sessions for line in session.lines]


def kx_missing(billed: BilledLine, chart: Chart) -> Verdict | None:
    session = chart.session_on[billed.on]
    one_is_enough = billed.policy.kx_scope.value == "one_line"  # AMB-9
    if billed.attested or (one_is_enough and session.attested):
        return None
    return violation(f"{_named(session)} is billed without KX.", billed.claim)


def kx_unneeded(billed: BilledLine, chart: Chart) -> Verdict | None:
    session = chart.session_on[billed.on]
    if not session.is_initial:
        return None
    first = billed.policy.kx_first.value
    return warning(f"{_named(session)} is billed with KX, which is due from session {first}.", billed.claim)


def late_sessions(chart: Chart) -> Sequence[Session]:
    """Sessions after the end of the initial window of their period."""
    return [session for session in chart.sessions if session.on > session.period.window_ends_on]


def outside_initial_window(session: Session, chart: Chart) -> Verdict | None:
    policy, period = session.policy, session.period
    # AMB-2: read as a rolling window, or by ordinal alone, the first twelve sessions can never be too many.
    if policy.initial_window_mode.value in ("rolling", "ordinal"):
        return None
    if not session.is_initial:
        return None
    supported = session.attested or chart.progress(session).level.shown
    return Verdict(
        INFO if supported else Severity(policy.initial_window_severity.value),
        f"{_named(session)} falls after its initial window, which ended {period.window_ends_on}.",
        (*session.records, *chart.compared(session), *(line.claim for line in session.lines if line.attested)),
    )


def over_annual_limit(session: Session, chart: Chart) -> Verdict | None:
    limit, period = session.policy.annual_sessions.value, session.period
    if session.number <= limit:
        return None
    # How far beyond is left unsaid: any twenty sessions before it prove the point, and evidence stays short.
    return violation(
        f"More than {limit} sessions in the period that began {period.started_on}; the next period can begin "
        f"{period.next_from}."
    )


RULES = (
    Rule(
        "KX_MISSING",
        lines_due_for_kx,
        kx_missing,
        section=SECTION,
        means="A session that needs the KX attestation of improvement is billed without it.",
        arises="A covered line of a session numbered `kx_first` to `kx_last` does not carry `kx_modifier`; read by "
        "`kx_scope`, only where no line of the session does.",
        severities=(VIOLATION,),
        remedy="If the record shows improvement, add KX to every needling line of the session and resubmit or reopen. "
        "If it does not, the session is not covered.",
        cites=("kx_first", "additional_sessions", "kx_scope"),
        reads=(*COUNT, *KX),
        denial="sessions_without_kx",
        counted=True,
    ),
    Rule(
        "KX_UNNEEDED",
        attested_lines,
        kx_unneeded,
        section=SECTION,
        means="KX is on one of the first twelve sessions, where nothing needs to be attested.",
        arises="A covered line of a session numbered up to `initial_sessions` carries `kx_modifier`.",
        severities=(WARNING,),
        remedy="Check the count: sessions elsewhere may explain it. Otherwise remove KX before the claim goes out.",
        cites=("kx_first", "initial_sessions"),
        reads=(*COUNT, *KX),
        counted=True,
    ),
    Rule(
        "OUTSIDE_INITIAL_WINDOW",
        late_sessions,
        outside_initial_window,
        section=SECTION,
        means="One of the first twelve sessions falls after the ninety days of the initial window.",
        arises="A session numbered up to `initial_sessions` is later than `initial_window_days` from the first session "
        "of its period (counted by `initial_window_mode`). Its severity is `initial_window_severity`; info where "
        "some improvement is on record or a covered line carries `kx_modifier`.",
        severities=(WARNING, INFO),
        remedy="Make sure that the record shows improvement before this date, or be ready to explain the delay.",
        cites=("initial_window_mode", "initial_sessions", "initial_window_days", "initial_window_severity"),
        reads=(*COUNT, *KX, *SCORES),
        denial="review_denial",
        counted=True,
    ),
    Rule(
        "OVER_ANNUAL_LIMIT",
        sessions,
        over_annual_limit,
        section=SECTION,
        means="The session exceeds the number that Medicare covers in one period; KX does not lift it.",
        arises="The number of a session in its period, those furnished elsewhere included, is above `annual_sessions`. "
        "A period lasts as `period_mode` says.",
        severities=(VIOLATION,),
        remedy="Not covered. With an ABN signed before the service bill it with GA, else it is the clinic's loss; "
        "return any payment and book the patient from the next period on.",
        cites=("annual_sessions", "period_mode"),
        reads=COUNT,
        denial="over_annual_limit",
        counted=True,
    ),
)
