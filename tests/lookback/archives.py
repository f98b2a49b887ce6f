"""Histories laid down as archives: events a line, and claims as a plain table of claim lines."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from local.cli import main
from shared.core.events import ClaimSubmitted, Event

Cells = dict[str, Any]
SINGLES = ("claim_id", "claim_type", "type_of_bill", "frequency_code", "replaces_claim_id", "received_on", "payer")
OF_LINE = ("line_number", "procedure_code", "units", "date_of_service", "rendering_npi", "place_of_service", "charge")


def named(events: Iterable[Event], patient_id: str) -> list[Event]:
    return [event.model_copy(update={"patient_id": patient_id}) for event in events]


def message(event: Event) -> str:
    detail = json.loads(event.model_dump_json())
    body = {"id": "e", "source": "ehr.example", "detail-type": type(event).__name__, "detail": detail}
    return json.dumps(body | {"time": "2026-01-01T00:00:00Z"})


def rows(claim: ClaimSubmitted) -> Iterator[Cells]:
    """A row a line, as a payer's warehouse keeps them: diagnoses side by side without dots, pointers as letters."""
    for line in claim.lines:
        said: Cells = {name: getattr(claim, name) for name in SINGLES} | {name: getattr(line, name) for name in OF_LINE}
        diagnoses = {f"dx_{at}": code.replace(".", "") for at, code in enumerate(claim.diagnoses, start=1)}
        modifiers = {f"modifier_{at}": code for at, code in enumerate(line.modifiers, start=1)}
        pointers = "".join("ABCDEFGHIJKL"[pointer - 1] for pointer in line.diagnosis_pointers)
        yield (
            said
            | diagnoses
            | modifiers
            | {
                "patient_id": claim.patient_id,
                "version": claim.version,
                "billing_npi": claim.billing_npi,
                "diagnosis_pointers": pointers,
            }
        )


def write_csv(told: Iterable[Cells], file: Path) -> None:
    lines = list(told)
    columns = sorted({name for line in lines for name in line})
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(lines)


def shuffled_and_doubled(events: Sequence[Any], random: Random) -> list[Any]:
    return random.sample([*events, *events], k=2 * len(events))


def audited(
    *paths: Path | str, as_of: date, folder: Path, options: Sequence[str] = ()
) -> tuple[dict[str, Any], list[Cells]]:
    """The summary and the findings that the command writes."""
    found, kept = folder / "found.ndjson", folder / "refused.ndjson"
    kept.unlink(missing_ok=True)
    arguments = ["audit", *map(str, paths), "--as-of", str(as_of), "--out", str(found), "--json"]
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()):
        main([*arguments, "--quarantine", str(kept), *options])
    return json.loads(out.getvalue()), [json.loads(line) for line in found.read_text().splitlines()]


def refused(folder: Path) -> list[Cells]:
    kept = folder / "refused.ndjson"
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
