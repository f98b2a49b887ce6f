"""`ncd-audit trail`: the audit trail of a stream or table as a file, or what was known of its patients on a day."""

import json
import sys
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import typer

from local.arguments import AsJson, AsOf, InTable, MaybeFiles, OnePatient, day, one_of, today
from local.cannot_read import CannotRead
from local.kept import Trail, of_events, of_table
from local.show import screen
from local.show_known import as_document, shown
from local.trail_file import written
from shared.core.known import known_on
from shared.core.policy import policies

TOLD = 0


def trail(  # noqa: PLR0913, PLR0917 - Typer makes options of them
    files: MaybeFiles = None,
    table: InTable = None,
    known: Annotated[
        date | None,
        typer.Option("--known-on", parser=day, metavar="DATE", help="Say what was known at the end of this day (UTC)."),
    ] = None,
    patient: OnePatient = None,
    out: Annotated[str | None, typer.Option("--out", metavar="TRAIL", help="Write the trail to this file.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Print the audit trail, or what was known on a day. Each event of a file arrives at its `time`."""
    one_of(files, table)
    trails = of_table(table, patient) if table else of_events(files or (), as_of or known or today(), patient)
    if known is None:
        _write(trails, out)
    else:
        _say(known, [_known(trail, known) for trail in trails], as_json=as_json)
    return TOLD


def _known(trail: Trail, on: date) -> dict[str, Any]:
    return as_document(known_on(trail.patient_id, trail.entries, on), trail.arrivals or ())


def _say(on: date, patients: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        document = {"known_on": on.isoformat(), "policy": policies().id, "patients": patients}
        print(json.dumps(document, indent=2), flush=True)
        return
    console = screen()
    for patient in patients:
        for part in shown(patient, on.isoformat()):
            console.print(part)


def _write(trails: Iterable[Trail], out: str | None) -> None:
    if out is None:
        sys.stdout.buffer.writelines(written(trails))
        sys.stdout.buffer.flush()
        return
    try:
        with open(out, "wb") as file:  # noqa: PTH123  # Path would lose a trailing slash
            file.writelines(written(trails))
        print(out)
    except OSError as error:
        why = str(error.strerror).lower()
        raise CannotRead(out, f"cannot be written: {why}", "name a file in a folder that takes it") from None
