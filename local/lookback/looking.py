"""A whole look-back as the command line asks it: paths in, files and a summary out, and a word on what to mind."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from local.lookback import results
from local.lookback.engine import Workshop, opened
from local.lookback.paths import files_of
from local.lookback.running import Asked, Result, look_back_at
from local.lookback.summary import MOST, summary
from local.show_lookback import progress, tell_speed
from local.stopped import Stopped
from shared.core.policy import policies
from shared.core.rules import RULES
from shared.pages.render import lookback_page

NEEDS_NOTES = "CLAIM_WITHOUT_VISIT"


@dataclass(frozen=True)
class Wanted:
    """Where everything goes; what is refused beside `quarantine` where that holds something."""

    quarantine: Path
    out: Path | None = None
    html: Path | None = None
    watched: bool = False


def looked_back(paths: list[str], asked: Asked, wanted: Wanted) -> dict[str, Any]:
    if wanted.out:
        results.format_of(wanted.out)
    _refuse_unknown(asked)
    begun = time.monotonic()
    with TemporaryDirectory(prefix="ncd-audit-") as folder:
        try:
            result, summed = _in_folder(paths, asked, wanted, Path(folder))
        except duckdb.OutOfMemoryException as error:
            raise Stopped("the memory allowed does not suffice; allow more with --memory MB") from error
        except duckdb.Error as error:
            raise Stopped(f"a file cannot be read: {str(error).partition(chr(10))[0]}") from error
    _tell(result, asked)
    tell_speed(result.tally.patients, result.read, time.monotonic() - begun)
    return summed


def _refuse_unknown(asked: Asked) -> None:
    if unknown := sorted(asked.leaving_out - {rule.name for rule in RULES}):
        raise Stopped(f"there is no rule {unknown[0]}; ncd-audit rules lists them")


def _in_folder(paths: list[str], asked: Asked, wanted: Wanted, folder: Path) -> tuple[Result, dict[str, Any]]:
    with progress(wanted=wanted.watched) as told:
        told.doing("looking for files")
        files = [named for path in paths for named in files_of(path, folder)]
        result = look_back_at(files, asked, folder, wanted.quarantine, told)
        # One thread: DuckDB takes 32 MB for each that reads JSON.
        with opened(Workshop(folder, f"{asked.memory // 2}MB", 1)) as connection:
            results.laid_out(connection, result.rows)
            if wanted.out:
                results.write(connection, wanted.out)
            summed = summary(connection, result, policies().id, asked.as_of)
    if wanted.html:
        wanted.html.write_text(lookback_page(summed, MOST), encoding="utf-8")
    return result, summed


def _tell(result: Result, asked: Asked) -> None:
    if result.records.refused:
        where = f"{result.quarantine} says which and why, and holds patient data"
        print(f"ncd-audit: {result.records.refused:,} records are refused; {where}", file=sys.stderr)
    if result.tally.recorded and not result.tally.needling_visits and NEEDS_NOTES not in asked.leaving_out:
        said = f"no needling visit is among the records, so every NCD line lacks one; --leave-out {NEEDS_NOTES}"
        print(f"ncd-audit: {said} shows what else is found", file=sys.stderr)
