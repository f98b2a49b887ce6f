"""A command run and watched: its time, its processor seconds and what all its processes held of memory at most."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread


@dataclass(frozen=True)
class Figures:
    """`processor` counts the seconds of all processes; `peak_mb` what they held together at most."""

    seconds: float
    processor: float
    peak_mb: float


def watched(command: Sequence[str]) -> tuple[Figures, str]:
    """The figures, and what it wrote on standard output. It may say by its status what it found."""
    begun = os.times()
    quiet = subprocess.DEVNULL
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=quiet, text=True) as process,
        _memory_of(process.pid) as peak,
    ):
        said, _ = process.communicate()
    assert process.returncode in {0, 1}, command
    return _since(begun, peak[0]), said


def processor_seconds() -> float:
    """Of this process and of all that it waited for."""
    return sum(os.times()[:4])


def _since(begun: os.times_result, peak: float) -> Figures:
    now = os.times()
    processor = now.children_user + now.children_system - begun.children_user - begun.children_system
    return Figures(round(now.elapsed - begun.elapsed, 2), round(processor, 2), round(peak, 1))


@contextmanager
def _memory_of(pid: int) -> Iterator[list[float]]:
    """What a process and those it started hold of memory together, shared pages once: asked every tenth of a second."""
    highest, over = [0.0], Event()

    def watch() -> None:
        while not over.wait(0.1):
            highest[0] = max(highest[0], sum(map(_held, _family(pid))) / 1024)

    watching = Thread(target=watch)
    watching.start()
    try:
        yield highest
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
