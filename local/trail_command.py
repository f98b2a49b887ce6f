"""`ncd-audit trail`: the audit trail of a stream as a file, or what was known of its patients on a day."""

import json
import sys
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import typer

from local.arguments import AsJson, AsOf, Files, day, today
from local.reading import CannotRead, messages
from local.retelling import Retelling, retold
from local.show import screen
from local.show_known import as_document, shown
from local.trail_file import Trail, written
from shared.core.known import known_on
from shared.core.policy import policies

TOLD = 0


def trail(  # noqa: PLR0913, PLR0917 - Typer makes options of them
    files: Files,
    known: Annotated[
        date | None,
        typer.Option("--known-on", parser=day, metavar="DATE", help="Say what was known at the end of this day (UTC)."),
    ] = None,
    patient: Annotated[str | None, typer.Option("--patient", metavar="P", help="This patient alone.")] = None,
    out: Annotated[str | None, typer.Option("--out", metavar="TRAIL", help="Write the trail to this file.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> int:
    """Print the audit trail as NDJSON, or what was known on a day. Each event is taken to arrive at its `time`."""
    lines = [message for path in files for message in messages(path)]
    retelling = retold(lines, as_of or known or today(), policies())
    patients = _asked(retelling, patient)
    if known is not None:
        _say(known, [_known(retelling, key, known) for key in patients], as_json=as_json)
    else:
        _write([Trail(key, retelling.cases[key].head, retelling.cases[key].pending) for key in patients], out)
    return TOLD


def _asked(retelling: Retelling, patient: str | None) -> list[str]:
    if retelling.refused:
        count = retelling.refused
        print(f"ncd-audit: {count} of the messages cannot be taken in; simulate says which and why", file=sys.stderr)
    if patient is not None and patient not in retelling.cases:
        raise typer.BadParameter(f"there is no record of patient {patient} here; leave --patient out to see all")
    return sorted(retelling.cases) if patient is None else [patient]


def _known(retelling: Retelling, patient_id: str, on: date) -> dict[str, Any]:
    known = known_on(patient_id, retelling.cases[patient_id].pending, on)
    return as_document(known, retelling.arrivals[patient_id])


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
    except OSError as error:
        why = str(error.strerror).lower()
        raise CannotRead(out, f"cannot be written: {why}", "name a file in a folder that takes it") from None
