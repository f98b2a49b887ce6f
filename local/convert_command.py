"""`ncd-audit convert`: the events that files of any known format hold, and what of them cannot be read and why."""

import base64
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from local.arguments import Files
from local.printable import one_line
from local.reading import pieces_of
from local.refused_file import RefusedFile, must_be_free
from shared.formats.reading import Noted, Read, Refused

ALL_READ, SOME_REFUSED = 0, 1


def convert(
    files: Files,
    refused: Annotated[
        Path | None,
        typer.Option("--refused", metavar="FILE", help="Keep what is refused, as it came: it holds patient data."),
    ] = None,
) -> int:
    """Print the events in files of any format, as NDJSON. X12, FHIR, HL7 v2 or ours. Status 1: some was refused."""
    if refused:
        must_be_free(refused)
    with RefusedFile(refused) if refused else nullcontext() as kept:
        return max(_converted(path, kept) for path in files)


def _converted(path: str, kept: RefusedFile | None) -> int:
    status = ALL_READ
    for piece in pieces_of(path):
        match piece:
            case Read(envelope=envelope):
                print(json.dumps(envelope))
            case Refused(reason=reason, place=place):
                status = SOME_REFUSED
                _say(path, place, f"refused: {reason}")
                if kept:
                    kept.keep({"file": path, "place": place, "reason": reason, **_raw(piece.raw)})
            case Noted(what=what, place=place):
                _say(path, place, what)
    return status


def _say(path: str, place: str, what: str) -> None:
    print(f"ncd-audit: {one_line(path)}: {one_line(place)}: {one_line(what)}", file=sys.stderr)


def _raw(raw: bytes) -> dict[str, str]:
    try:
        return {"raw": raw.decode(), "encoding": "text"}
    except UnicodeDecodeError:
        return {"raw": base64.b64encode(raw).decode(), "encoding": "base64"}
