"""`ncd-audit audit`: years of claims and notes through the same audit as the stream, from wherever they lie."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from local.arguments import AsJson, AsOf, today
from local.refused_file import must_be_free
from local.show import screen

_QUARANTINE = Path("ncd-audit-quarantine.ndjson")

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="File, folder, pattern or s3://bucket/prefix: claims as CSV, Parquet, X12 837 and 835 or CMS CCLF5; "
        "events, FHIR, HL7 v2; packed (.zip, .gz) or not.",
    ),
]
Mapped = Annotated[
    str | None, typer.Option("--map", metavar="MAP", help="claims, cclf5, or a TOML file: which column is which.")
]
QuarantineFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help=f"Where refused records go; else {_QUARANTINE} or the next number."),
]


def audit(  # noqa: PLR0913, PLR0917 - what a look-back can be told
    paths: Paths,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Findings as .parquet, .csv or .ndjson.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="The summary as a page.")] = None,
    as_json: AsJson = False,
    mapping: Mapped = None,
    leave_out: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Leave out a rule's findings.")] = None,
    quarantine: QuarantineFile = None,
    processes: Annotated[int, typer.Option(min=1, help="How many audit at once.")] = os.cpu_count() or 1,
    memory: Annotated[int, typer.Option(min=256, metavar="MB", help="What they may hold at once.")] = 600,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar.")] = False,
) -> int:
    """Look back over claims and notes of years. Status 1: a violation stands."""
    from local.lookback.looking import Wanted, looked_back
    from local.lookback.mapping import mapping_named
    from local.lookback.running import Asked
    from local.show_lookback import shown

    if quarantine:
        must_be_free(quarantine)
    given = mapping_named(mapping) if mapping else None
    asked = Asked(as_of or today(), given, frozenset(leave_out or ()), processes, memory)
    told = looked_back(paths, asked, Wanted(quarantine or _QUARANTINE, out, html, watched=not no_progress))
    if as_json:
        print(json.dumps(told, indent=2))
    else:
        for line in shown(told):
            screen().print(line)
    return int(told["totals"]["violations"] > 0)
