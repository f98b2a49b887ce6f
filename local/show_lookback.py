"""A look-back on the terminal: how far it is, with rate and time left, on standard error; what it found, in tables."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from local.lookback.running import Told
from local.printable import one_line, printable

_COUNTS = ("violations", "warnings", "infos")


@contextmanager
def progress(*, wanted: bool) -> Iterator[Told]:
    """A bar where someone watches a terminal; else a line in the end."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    shown = wanted and console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not shown) as bar:
        task = bar.add_task("starting", total=None, rate="")
        begun = time.monotonic()

        def doing(what: str) -> None:
            bar.update(task, description=one_line(what), total=None, rate="")

        def done(patients: int, of: int) -> None:
            nonlocal begun
            begun = time.monotonic() if patients == 0 else begun
            rate = f"{patients / max(time.monotonic() - begun, 1e-3):,.0f}/s" if patients else ""
            bar.update(task, description="auditing patients", completed=patients, total=of, rate=rate)

        yield Told(doing, done)


def tell_speed(patients: int, records: int, seconds: float) -> None:
    rate = records / max(seconds, 1e-3)
    print(
        f"ncd-audit: {records:,} records, {patients:,} patients, {seconds:.1f} s: {rate:,.0f} records/s",
        file=sys.stderr,
    )


def shown(told: Mapping[str, Any]) -> Iterable[RenderableType]:
    totals, records = told["totals"], told["records"]
    yield (
        f"{records['read']:,} records read: {records['used']:,} used, {records['repeated']:,} told twice, "
        f"{records['replaced']:,} adjusted or cancelled, {records['filtered']:,} of patients without needling, "
        f"{records['refused']:,} refused"
    )
    yield (
        f"{totals['patients']:,} patients, {totals['sessions']:,} sessions: {totals['violations']:,} violations, "
        f"{totals['warnings']:,} warnings, {totals['infos']:,} infos; ${float(totals['at_stake']):,.2f} at stake"
    )
    yield _table("rule", told["by_rule"], "patients")
    if told["by_patient"]:
        yield _table("patient_id", told["by_patient"][:10])


def _table(name: str, rows: Iterable[Mapping[str, Any]], *more: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(name.removesuffix("_id"))
    for column in (*_COUNTS, *more, "at_stake"):
        table.add_column(column.replace("_", " "), justify="right")
    for row in rows:
        cells = [f"{row[column]:,}" for column in (*_COUNTS, *more)]
        table.add_row(printable(row[name]), *cells, f"${float(row['at_stake']):,.2f}")
    return table
