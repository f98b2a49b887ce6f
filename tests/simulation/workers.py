"""Workers that take turns: each runs in a thread of its own and stops before every call to AWS until it is chosen.

Only one runs at a time, so a run is decided by the choices alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Semaphore, Thread, local

from tests.simulation.faults import Call
from tests.simulation.wire import Wire

Choose = Callable[[int], int]
Job = Callable[[], None]


@dataclass
class _Worker:
    job: Job
    go: Semaphore = field(default_factory=lambda: Semaphore(0))
    stopped: Semaphore = field(default_factory=lambda: Semaphore(0))
    done: bool = False
    failed: BaseException | None = None

    def run(self, here: local) -> None:
        here.worker = self
        self.go.acquire()
        try:
            self.job()
        except BaseException as error:  # noqa: BLE001  # told to the one who waits for the worker
            self.failed = error
        self.done = True
        self.stopped.release()

    def step(self) -> None:
        """To the next call, or to the end."""
        self.go.release()
        self.stopped.acquire()

    def wait(self) -> None:
        self.stopped.release()
        self.go.acquire()


def interleaved(wire: Wire, jobs: Sequence[Job], choose: Choose) -> None:
    """Run all jobs to their end; `choose(n)` says which of the n workers still running takes the next step."""
    here = local()

    def stop(_: Call) -> None:
        here.worker.wait()

    wire.before = stop
    workers = [_Worker(job) for job in jobs]
    threads = [Thread(target=worker.run, args=(here,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    while running := [worker for worker in workers if not worker.done]:
        running[choose(len(running)) if len(running) > 1 else 0].step()
    for thread in threads:
        thread.join()
    for worker in workers:
        if worker.failed:
            raise worker.failed


class Choices:
    """Every way of choosing, one run after the other: what was chosen last and can be chosen otherwise, is."""

    def __init__(self) -> None:
        self._chosen: list[int] = []
        self._of: list[int] = []
        self._at = 0

    def choose(self, of: int) -> int:
        if self._at == len(self._chosen):
            self._chosen.append(0)
            self._of.append(of)
        self._at += 1
        return self._chosen[self._at - 1]

    def next(self) -> bool:
        """Turn to the next run; False once all were run."""
        while self._chosen and self._chosen[-1] == self._of[-1] - 1:
            self._chosen.pop()
            self._of.pop()
        if not self._chosen:
            return False
        self._chosen[-1] += 1
        self._at = 0
        return True
