"""Look-back at scale beside SQL alone: so many claim lines by seed, the time and peak memory of both.

`.venv/bin/python -m tests.benchmarks.lookback 10000000` prints the figures. Six codes are a few per cent of the lines; a
needled patient has a course of treatment and as much besides. Both must find the same, or their time does not count.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import duckdb

from tests.lookback.counting import RULES, counted_in_table

AS_OF = "2026-12-31"
OTHERS = 20  # lines of a patient that are no needling, over six years
NEEDLED = 26  # of so many patients one is needled
COURSE = 20  # sessions on average

# Everything is a hash of the seed and a number: the same on every machine and whatever the number of threads.
_GENERATED = """
CREATE MACRO pick(n, what, choices) AS CAST(hash(n, what, $seed) % choices AS INTEGER);
CREATE TABLE lines AS
WITH others AS (
    SELECT i // {others} AS p, DATE '2020-06-01' + pick(i // 2, 'day', 2100) AS day,
           'B-' || (i // 2) AS claim_id, CAST(i % 2 + 1 AS INTEGER) AS line_number, '1' AS frequency_code,
           NULL AS replaces_claim_id,
           ['99213', '99214', '97140', '97110', '36415', '80053', '71046', '93000'][1 + pick(i, 'code', 8)] AS code,
           ['I10', 'E119', 'M1711', 'J069', 'N390'][1 + pick(i // 2, 'dx', 5)] AS dx, NULL AS modifier
    FROM range({lines}) AS all_of(i)),
courses AS (
    SELECT p, DATE '2021-01-04' + pick(p, 'start', 1500) AS began, 3 + pick(p, 'every', 6)
           AS every, 10 + pick(p, 'length', 21) AS length,
           1 + pick(p, 'code', 6) AS code
    FROM range({lines} // {others}) AS patients(p) WHERE pick(p, 'needled', {needled}) = 0),
needling AS (
    SELECT p, began + CAST(s * every AS INTEGER) AS day, 'N-' || p || '-' || s AS claim_id, 1, '1', NULL,
           ['20560', '20561', '20560', '97810', '97813', '20561'][code],
           CASE WHEN pick(p, 'dx', 20) = 0 THEN 'M542' WHEN began + CAST(s * every AS INTEGER) < DATE '2021-10-01'
                THEN 'M545' ELSE 'M5459' END,
           CASE WHEN s >= 12 AND pick(p * 100 + s, 'kx', 10) > 0 OR pick(p * 100 + s, 'early', 60) = 0 THEN 'KX' END
    FROM courses, unnest(range(length)) AS sessions(s)),
changed AS (
    SELECT p, day, claim_id || 'v', line_number, CASE WHEN pick(p, 'void', 2) = 0 THEN '8' ELSE '7' END, claim_id, code, dx,
           modifier
    FROM (SELECT p, day, claim_id, 1 AS line_number, code, dx, modifier
          FROM needling AS n(p, day, claim_id, line_number, f, r, code, dx, modifier))
    WHERE hash(claim_id, $seed) % 80 = 0)
FROM others UNION ALL FROM needling UNION ALL FROM changed;
COPY (
    SELECT 'P-' || p AS patient_id, claim_id, frequency_code, replaces_claim_id, line_number, code AS procedure_code,
           modifier AS modifier_1, 1 AS units, day AS date_of_service, day + 5 AS received_on, dx AS dx_1, 'A' AS
           diagnosis_pointers, '12345' || lpad(CAST(pick(p, 'npi', 400) AS VARCHAR), 5, '0') AS rendering_npi,
           '1234567893' AS billing_npi, '11' AS place_of_service, CAST(40 + pick(p, 'charge', 60) AS DECIMAL(9, 2)) AS charge
    FROM lines ORDER BY received_on, hash(claim_id, $seed)
) TO '{file}' (FORMAT parquet)
"""


@dataclass(frozen=True)
class Figures:
    """`processor` counts the seconds of all processes; `peak_mb` what they held together at most."""

    seconds: float
    processor: float
    peak_mb: float


def generate(file: Path, lines: int, seed: int) -> None:
    """About so many claim lines as Parquet, in the order in which a payer received them."""
    others = round(lines / (1 + COURSE / OTHERS / NEEDLED))
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '4GB'")
        filled = _GENERATED.format(lines=others, others=OTHERS, needled=NEEDLED, file=file).replace("$seed", str(seed))
        connection.execute(filled)


def look_back(file: Path, folder: Path, *options: str) -> tuple[Figures, list[dict[str, Any]], dict[str, Any]]:
    """The command as a person runs it, with what it wrote and said."""
    out = folder / "found.ndjson"
    command = [sys.executable, "-c", "import sys; from local.cli import main; sys.exit(main())", "audit", str(file)]
    told = ["--as-of", AS_OF, "--out", str(out), "--leave-out", "CLAIM_WITHOUT_VISIT", "--json", *options]
    begun = os.times()
    with subprocess.Popen([*command, *told], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        with _watched(process.pid) as peak:
            said, _ = process.communicate()
    figures = _since(begun, peak())
    assert process.returncode in {0, 1}, process.returncode
    return figures, [json.loads(line) for line in out.open()], json.loads(said)


def sql_alone(file: Path) -> tuple[Figures, list[tuple[str, ...]]]:
    """The counting rules, and nothing else, in SQL: in a process of its own too, with as much memory."""
    command = [sys.executable, "-m", "tests.benchmarks.lookback", "--sql", str(file)]
    begun = os.times()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        with _watched(process.pid) as peak:
            said, _ = process.communicate()
    figures = _since(begun, peak())
    return figures, [tuple(row) for row in json.loads(said)]


def _since(begun: os.times_result, peak: float) -> Figures:
    now = os.times()
    processor = now.children_user + now.children_system - begun.children_user - begun.children_system
    return Figures(round(now.elapsed - begun.elapsed, 2), round(processor, 2), round(peak, 1))


@contextmanager
def _watched(pid: int) -> Iterator[Any]:
    """What a process and those it started hold of memory together, shared pages once: asked every tenth of a second."""
    highest, over = [0.0], Event()

    def watch() -> None:
        while not over.wait(0.1):
            highest[0] = max(highest[0], sum(map(_held, _family(pid))) / 1024)

    watching = Thread(target=watch)
    watching.start()
    try:
        yield lambda: highest[0]
    finally:
        over.set()
        watching.join()


def _family(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, seen = [pid], 0
    while seen < len(found):
        found += parents.get(found[seen], [])
        seen += 1
    return found


def _held(pid: int) -> float:
    """Kilobytes, of shared pages this process's part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))


def compared(lines: int, seed: int = 1) -> dict[str, Any]:
    """Both ways on the same lines; the figures, their ratio, and how many findings both have."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "claims.parquet"
        generate(file, lines, seed)
        sql, expected = sql_alone(file)
        whole, found, said = look_back(file, folder)
        same = sorted(
            (
                row["rule"],
                row["patient_id"],
                row["date_of_service"],
                f"{row['claim_id']}/{row['line_number']}" if row["claim_id"] else "",
            )
            for row in found
            if row["rule"] in RULES
        )
        assert same == [tuple(row) for row in expected], (len(same), len(expected))
        return {
            "lines": said["records"]["read"],
            "lines_judged": said["records"]["used"],
            "patients_judged": said["totals"]["patients"],
            "findings": len(found),
            "same_as_sql": len(same),
            "look_back": asdict(whole),
            "sql": asdict(sql),
            "ratio_wall": round(whole.seconds / sql.seconds, 2),
            "ratio_processor": round(whole.processor / sql.processor, 2),
        }


if __name__ == "__main__":
    if sys.argv[1] == "--sql":
        with duckdb.connect() as connection:
            print(json.dumps(counted_in_table(connection, Path(sys.argv[2]))))
    else:
        begun = time.perf_counter()
        print(json.dumps(compared(int(sys.argv[1])), indent=2))
        print(f"in all {time.perf_counter() - begun:.0f} s", file=sys.stderr)
