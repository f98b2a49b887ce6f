"""Look-back at scale beside SQL alone: so many claim lines by seed, the time and peak memory of both.

`.venv/bin/python -m tests.benchmarks.lookback 10000000` prints the figures. Both must find the same, or their time does
not count.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from tests.benchmarks.claim_lines import generate
from tests.benchmarks.watching import Figures, watched
from tests.lookback.counting import RULES, Counted, counted_in_table

AS_OF = "2026-12-31"
_AUDIT = "import sys; from local.cli import main; sys.exit(main())"


def look_back(file: Path, out: Path, *options: str) -> tuple[Figures, dict[str, Any]]:
    """The command as a person runs it; a table has no notes, so what asks for them is left out."""
    told = [
        "--as-of",
        AS_OF,
        "--out",
        str(out),
        "--quarantine",
        str(out.with_name("refused")),
        "--leave-out",
        "CLAIM_WITHOUT_VISIT",
        "--json",
        *options,
    ]
    figures, said = watched([sys.executable, "-c", _AUDIT, "audit", str(file), *told])
    return figures, json.loads(said)


def sql_alone(file: Path) -> tuple[Figures, list[Counted]]:
    """The counting rules, and nothing else, in SQL: in a process of its own too."""
    figures, said = watched([sys.executable, "-m", "tests.benchmarks.lookback", "--sql", str(file)])
    return figures, [tuple(row) for row in json.loads(said)]


def compared(lines: int, seed: int = 1) -> dict[str, Any]:
    """Both ways on the same lines: the figures of each, their ratios, and how many findings both have."""
    with TemporaryDirectory() as name:
        file, out = Path(name) / "claims.parquet", Path(name) / "found.ndjson"
        generate(file, lines, seed)
        sql, expected = sql_alone(file)
        whole, said = look_back(file, out)
        with out.open() as found:
            same = sorted(_counted(map(json.loads, found)))
    assert same == expected, (len(same), len(expected))
    return {
        "lines": said["records"]["read"],
        "lines_judged": said["records"]["used"],
        "patients_judged": said["totals"]["patients"],
        "findings": sum(said["totals"][name] for name in ("violations", "warnings", "infos")),
        "same_as_sql": len(same),
        "look_back": asdict(whole),
        "sql": asdict(sql),
        "lines_per_second": round(said["records"]["read"] / whole.seconds),
        "ratio": round(whole.seconds / sql.seconds, 2),
        "ratio_processor": round(whole.processor / sql.processor, 2),
    }


def _counted(rows: Iterable[dict[str, Any]]) -> Iterable[Counted]:
    for row in rows:
        if row["rule"] in RULES:
            line = f"{row['claim_id']}/{row['line_number']}" if row["claim_id"] else ""
            yield row["rule"], row["patient_id"], row["date_of_service"], line


def main(*arguments: str) -> None:
    if arguments[0] == "--sql":
        with duckdb.connect() as connection:
            told: Any = counted_in_table(connection, Path(arguments[1]))
    else:
        told = compared(int(arguments[0]))
    sys.stdout.write(json.dumps(told, indent=None if arguments[0] == "--sql" else 2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
