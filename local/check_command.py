"""`ncd-audit check`: would a session on that date be covered? The answer before the visit, for the front desk."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.arguments import AsJson, AsOf, Files, day, histories, today
from local.printable import one_line
from local.show import screen
from shared.core.coverage import Answer, Coverage, Reason, coverage
from shared.core.history import History
from shared.core.policy import policies

COVERED, NOT_COVERED = 0, 1
_SAID = {
    Answer.YES: ("covered", "green"),
    Answer.YES_WITH_KX: ("covered with KX", "green"),
    Answer.NO: ("not covered", "red"),
    Answer.NOT_ENOUGH_INFORMATION: ("not enough information", "yellow"),
}


def check(  # noqa: PLR0913, PLR0917 - Typer makes options of them
    files: Files,
    patient: Annotated[str, typer.Option("--patient", metavar="P", help="The patient's id.")],
    on: Annotated[date, typer.Option("--on", parser=day, metavar="DATE", help="The date of the session.")],
    procedure: Annotated[str | None, typer.Option("--procedure", metavar="CODE", help="The code to be billed.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Say whether a session on a date would be covered. Status 0: yes; 1: no, or not enough information."""
    history = histories(files).get(patient, History())
    told = coverage(patient, history, policies(), on, as_of or today(), procedure)
    if as_json:
        print(json.dumps(TypeAdapter(Coverage).dump_python(told, mode="json"), indent=2), flush=True)
    else:
        console = screen()
        for line in _shown(told, known=bool(history.latest)):
            console.print(line)
    return COVERED if told.answer in (Answer.YES, Answer.YES_WITH_KX) else NOT_COVERED


def _shown(told: Coverage, *, known: bool) -> Iterator[RenderableType]:
    yield Text(sentence(told), style=f"bold {_SAID[told.answer][1]}")
    if not known:
        yield Text(f"  No record of patient {one_line(told.patient_id)} is in these files.")
    yield Padding(_counts(told), (0, 0, 0, 2))
    if told.missing:
        yield Text("  Not on record")
        yield Text("".join(f"    {words}\n" for words in told.missing).rstrip("\n"))
    if told.reasons:
        yield Text("  Why, and what to do")
        yield Padding(_reasons(told.reasons), (0, 0, 0, 4))
    if told.consequences:
        yield Text("  It would push later sessions over a limit")
        yield Padding(_reasons(told.consequences), (0, 0, 0, 4))


def sentence(told: Coverage) -> str:
    """The answer in one sentence."""
    session = f"Session {told.session_number} on {told.on}" if told.session_number else f"A session on {told.on}"
    return f"{session}{' (on record)' if told.on_record else ''}: {_SAID[told.answer][0]}."


def _counts(told: Coverage) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    began = f" in the period from {told.period_started_on}" if told.period_started_on else ""
    table.add_row("Sessions", f"{told.sessions_used} used, {told.sessions_left} left{began}")
    table.add_row("Next period", f"can begin {told.next_period_from}" if told.next_period_from else "begins with it")
    return table


def _reasons(reasons: tuple[Reason, ...]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for reason in reasons:
        table.add_row(Text(reason.severity), Text(one_line(reason.message)))
        table.add_row("", Text(f"{reason.rule or 'Code'}: {reason.remedy}", style="dim"))
    return table
