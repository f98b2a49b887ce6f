"""How time and memory grow: with the records of a patient, and with the number of patients.

`.venv/bin/python -m tests.benchmarks.growth 10000` reads and audits so many patients in a process of its own and says
what it took.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path
from time import process_time

from tests.benchmarks import ours, plain
from tests.benchmarks.patients import lines, patient
from tests.benchmarks.patients import plain as as_dicts
from tests.benchmarks.table import Row, seconds

RECORDS = (20, 200, 2_000)
PATIENTS = (1_000, 10_000, 100_000)
MOST_WITH_RECORDS, MOST_WITH_PATIENTS = 1.1, 1.05
FLAT = 1.1  # times the memory of the fewest
ROUNDS = 5
_VISITS = 2  # of each of the many patients


def rows() -> Iterator[Row]:
    yield from of_records()
    yield from of_patients()


def of_records() -> Iterator[Row]:
    whole: list[float] = []
    floor: list[float] = []
    for records in RECORDS:
        told = patient(0, visits=records // 2)
        known, dicts = ours.history(lines(told)), as_dicts(told)
        works = {"whole": lambda: ours.whole("P-0", known), "plain": lambda: list(plain.audit(dicts))}  # noqa: B023
        spent = seconds(works, ROUNDS)
        whole.append(spent["whole"] / len(told))
        floor.append(spent["plain"] / len(told))
    yield _row("records per patient", RECORDS, whole, MOST_WITH_RECORDS, f"plain {1 + _slope(RECORDS, floor):.2f}")


def of_patients() -> Iterator[Row]:
    spent, held = zip(*map(_alone, PATIENTS), strict=True)
    each = [seconds_of / count for seconds_of, count in zip(spent, PATIENTS, strict=True)]
    yield _row("patients", PATIENTS, each, MOST_WITH_PATIENTS, "")
    said = f"{held[0]:,.0f}, {held[1]:,.0f}, {held[2]:,.0f} MB"
    yield Row("  peak memory", said, f"{held[-1] / held[0]:.2f} x the fewest", "flat", held[-1] <= FLAT * held[0])


def _row(of: str, sizes: Sequence[int], each: Sequence[float], most: float, beside: str) -> Row:
    """`each`: the time of one record or patient, which stays where time grows as fast as they do."""
    exponent = 1 + _slope(sizes, each)
    said = "-".join(f"{size:,}" for size in (sizes[0], sizes[-1]))
    return Row(f"growth in {of}, {said}", f"exponent {exponent:.2f}", beside, f"at most {most}", exponent <= most)


def _slope(sizes: Sequence[int], each: Sequence[float]) -> float:
    return log(each[-1] / each[0]) / log(sizes[-1] / sizes[0])


def _alone(count: int) -> tuple[float, float]:
    """Processor seconds and megabytes at the peak, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.growth", str(count)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return said["seconds"], said["megabytes"]


def _many(count: int) -> dict[str, float]:
    """Patients one after the other: parsed from text and audited, the whole catalogue; nothing is kept."""
    some = [b"\n".join(lines(patient(number, visits=_VISITS))) for number in range(100)]
    begun = process_time()
    for number in range(count):
        name = f"P-{number % len(some)}"
        whose = some[number % len(some)].replace(b'"%s"' % name.encode(), b'"Q-%d"' % number)
        ours.whole(f"Q-{number}", ours.history(whose.split(b"\n")))
    return {"seconds": process_time() - begun, "megabytes": _peak() / 1024}


def _peak() -> int:
    """Kilobytes. getrusage would answer with what the process that started this one held, if that was more."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


if __name__ == "__main__":
    print(json.dumps(_many(int(sys.argv[1]))))  # noqa: T201
