"""Frequency: twelve sessions, eight more with KX, never more than twenty in a period."""

from shared.core.chart import Chart
from shared.core.findings import Severity, Verdict, violation, warning
from shared.core.record import BilledLine
from shared.core.rules.rule import Rule, session_lines, sessions
from shared.core.sessions import Session


def needs_kx(session: Session) -> bool:
    """Whether the session's number is one for which KX must attest improvement."""
    return session.policy.kx_first.value <= session.number <= session.policy.kx_last.value


def is_initial(session: Session) -> bool:
    return session.number <= session.policy.initial_sessions.value


def _named(session: Session) -> str:
    return f"Session {session.number} of the period that began {session.period.started_on}"


def kx_missing(billed: BilledLine, chart: Chart) -> Verdict | None:
    session = chart.session_on[billed.on]
    one_is_enough = billed.policy.kx_scope.value == "one_line"  # AMB-9
    if not needs_kx(session) or billed.attested or (one_is_enough and session.attested):
        return None
    return violation(f"{_named(session)} is billed without KX.", billed.claim, *chart.counting(session))


def kx_unneeded(billed: BilledLine, chart: Chart) -> Verdict | None:
    session = chart.session_on[billed.on]
    if not billed.attested or not is_initial(session):
        return None
    first = billed.policy.kx_first.value
    return warning(
        f"{_named(session)} is billed with KX, which is due from session {first}.",
        billed.claim,
        *chart.counting(session),
    )


def outside_initial_window(session: Session, chart: Chart) -> Verdict | None:
    policy, period = session.policy, session.period
    # AMB-2: read as a rolling window, or by ordinal alone, the first twelve sessions can never be too many.
    if policy.initial_window_mode.value in ("rolling", "ordinal"):
        return None
    if not is_initial(session) or session.on <= period.window_ends_on:
        return None
    supported = session.attested or chart.progress(session).level.shown
    return Verdict(
        Severity.INFO if supported else Severity(policy.initial_window_severity.value),
        f"{_named(session)} falls after its initial window, which ended {period.window_ends_on}.",
        (*session.records, *chart.counting(session)[:1]),
    )


def over_annual_limit(session: Session, chart: Chart) -> Verdict | None:
    limit = session.policy.annual_sessions.value
    if session.number <= limit:
        return None
    return violation(
        f"{_named(session)} exceeds {limit}; the next period can begin {session.period.next_from}.",
        *chart.counting(session),
    )


RULES = (
    Rule(
        "KX_MISSING",
        session_lines,
        kx_missing,
        means="A session that needs the KX attestation of improvement is billed without it.",
        remedy="If the record shows improvement, add KX to every needling line of the session and resubmit or reopen. "
        "If it does not, the session is not covered.",
        cites=("kx_first", "additional_sessions", "kx_scope"),
    ),
    Rule(
        "KX_UNNEEDED",
        session_lines,
        kx_unneeded,
        means="KX is on one of the first twelve sessions, where nothing needs to be attested.",
        remedy="Check the count: sessions elsewhere may explain it. Otherwise remove KX before the claim goes out.",
        cites=("kx_first", "initial_sessions"),
    ),
    Rule(
        "OUTSIDE_INITIAL_WINDOW",
        sessions,
        outside_initial_window,
        means="One of the first twelve sessions falls after the ninety days of the initial window.",
        remedy="Make sure that the record shows improvement before this date, or be ready to explain the delay.",
        cites=("initial_sessions", "initial_window_days", "initial_window_mode", "initial_window_severity"),
    ),
    Rule(
        "OVER_ANNUAL_LIMIT",
        sessions,
        over_annual_limit,
        means="The session exceeds the number that Medicare covers in one period; KX does not lift it.",
        remedy="Not covered. With an ABN signed before the service bill it with GA, else it is the clinic's loss; "
        "return any payment and book the patient from the next period on.",
        cites=("annual_sessions", "period_mode"),
    ),
)
