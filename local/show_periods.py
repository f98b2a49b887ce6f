"""A patient's benefit periods for people: what is used and left of each, and which date is which session."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

Period = dict[str, Any]
_SESSIONS_A_ROW = 6
_COLUMNS = {
    "Period from": "started_on",
    "Initial window to": "initial_window_ends_on",
    "Used": "sessions_counted",
    "Elsewhere": "external_sessions",
    "Left": "sessions_remaining",
    "Payer counts": "payer_sessions",
    "Next period from": "next_period_from",
}


def periods(shown: list[Period]) -> Iterator[RenderableType]:
    if not shown:
        yield Text("  No session counted.")
        return
    yield Padding(_overview(shown), (0, 0, 0, 2))
    for period in shown:
        if period["sessions"]:
            yield Text(f"  Sessions of the period from {period['started_on']}", style="dim")
            yield Padding(_sessions(period["sessions"]), (0, 0, 0, 2))


def _overview(shown: list[Period]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for title in (*_COLUMNS, "Next session"):
        table.add_column(title)
    for period in shown:
        table.add_row(*(str(period[name]) for name in _COLUMNS.values()), _next(period))
    return table


def _next(period: Period) -> str:
    if not period["sessions_remaining"]:
        return "none left"
    return "needs KX" if period["next_session_needs_kx"] else "without KX"


def _sessions(sessions: list[dict[str, Any]]) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0))
    cells = [f"{session['number']:>2}  {session['date_of_service']}" for session in sessions]
    for first in range(0, len(cells), _SESSIONS_A_ROW):
        table.add_row(*cells[first : first + _SESSIONS_A_ROW])
    return table
