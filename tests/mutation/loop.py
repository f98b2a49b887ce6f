"""A pytest plugin that collects once, then runs for each mutant, in a process of its own, the tests that reach it."""

import os
import resource
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.mutation.switch import Switch, by_mutant, forget, unwatch, watch

EVERYWHERE = {"test_readings", "test_mutants_words"}  # every setting of the policy, each way; all that is said
SLOW = 0.5  # seconds of the processor: such a test is left out
KILLED, SURVIVED, UNTESTED, TIMEOUT = 1, 0, 33, 36  # mutmut's codes
MEMORABLE = 20  # so many tests share what the core remembers: loading the policy anew for each takes too long
MEMORY = 3 * 2**30


def tell(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)  # noqa: T201 - a long run says where it is


@dataclass
class Loop:
    """`wanted` are the mutants to run, in order; `note` is told what became of each.

    A mutant gets tests that take `budget` seconds of the processor together.
    """

    wanted: list[str]
    note: Callable[[str, int], None]
    workers: int
    until: float
    budget: float
    _failed: bool = False
    _seconds: dict[str, float] = field(default_factory=dict)
    _reached_by: dict[Switch, list[pytest.Item]] = field(default_factory=lambda: defaultdict(list))
    _killers: dict[Switch, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._learn(session.items)
        running: dict[int, tuple[str, int]] = {}
        for name in self._to_run():
            while len(running) >= self.workers:
                self._reap(running)
            running.update([self._start(name)])
        while running:
            self._reap(running)
        return True

    def _to_run(self) -> Iterator[str]:
        mutants = by_mutant()
        for name in self.wanted:
            if not self._reached_by[mutants[name][0]]:
                self.note(name, UNTESTED)
            elif time.monotonic() < self.until:
                yield name

    def _learn(self, items: list[pytest.Item]) -> None:
        """Which tests reach which function, and how long each takes. One that fails as it is can tell nothing."""
        hits: set[Switch] = set()
        watch(hits.add)
        for place, item in enumerate(items):
            hits.clear()
            if place % MEMORABLE == 0:
                forget()
            self._failed, began = False, time.process_time()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            self._seconds[item.nodeid] = time.process_time() - began
            usable = not self._failed and self._seconds[item.nodeid] < SLOW
            for switch in hits if usable else ():
                self._reached_by[switch].append(item)
        unwatch()
        self._failed = False
        for tests in self._reached_by.values():
            tests.sort(key=lambda item: self._seconds[item.nodeid])
        tell(f"learnt: {sum(self._seconds.values()):.0f} s, {len(self._reached_by)} functions reached")

    def _start(self, name: str) -> tuple[int, tuple[str, int]]:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            self._try(name, write)
        os.close(write)
        return pid, (name, read)

    def _try(self, name: str, write: int) -> None:
        """In the child."""
        switch, mutant = by_mutant()[name]
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        forget()
        switch.use(mutant)
        for item in self._chosen(switch):
            signal.setitimer(signal.ITIMER_VIRTUAL, 2 + 10 * self._seconds[item.nodeid])
            try:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            except BaseException:  # noqa: BLE001 - whatever a mutant does
                self._failed = True
            if self._failed:
                os.write(write, item.nodeid.encode())
                os._exit(KILLED)
        os._exit(SURVIVED)

    def _chosen(self, switch: Switch) -> Iterator[pytest.Item]:
        """What killed other mutants of the function, then tests named after its module, then some of every file."""
        spent, killers = 0.0, self._killers[switch]
        home = switch.module.rpartition(".")[2]
        rank: Counter[str] = Counter()
        ranked: list[tuple[int, pytest.Item]] = []
        for item in self._reached_by[switch]:
            rank[item.path.stem] += 1
            near = 0 if home in item.path.stem or item.path.stem in EVERYWHERE else rank[item.path.stem]
            ranked.append((-1 if item.nodeid in killers else near, item))
        for _, item in sorted(ranked, key=lambda pair: pair[0]):
            if spent < self.budget:
                spent += self._seconds[item.nodeid]
                yield item

    def _reap(self, running: dict[int, tuple[str, int]]) -> None:
        pid, status = os.wait()
        name, read = running.pop(pid)
        with os.fdopen(read) as pipe:
            killer = pipe.read()
        if killer:
            self._killers[by_mutant()[name][0]][killer] = None
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            tell(f"survived {name}")
        self.note(name, TIMEOUT if code == -signal.SIGVTALRM else KILLED if code else SURVIVED)
