"""A pytest plugin that collects once, then runs for each mutant, in a process of its own, the tests that reach it."""

import gc
import os
import resource
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.mutation.switch import SWITCHES, Switch, by_mutant, forget, unwatch, watch

EVERYWHERE = ("test_readings", "test_mutants_")  # every setting of the policy, each way; all that is said and shown
SLOW = 0.5  # seconds of the processor: such a test is left out, save where the budget is large
SHARE = 20  # of a large budget a test may take one part in so many
WIDE = 50  # functions: a test that reaches so many more of them is tried later
FAILED = 3  # what pytest exits with when the run itself went wrong
KILLED, SURVIVED, UNTESTED, TIMEOUT = 1, 0, 33, 36  # mutmut's codes
MEMORABLE = 20  # so many tests share what the core remembers: loading the policy anew for each takes too long
MORE = 4  # times the budget
MEMORY = 3 * 2**30


def tell(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)  # noqa: T201 - a long run says where it is


def is_home(item: pytest.Item, switch: Switch) -> bool:
    """Whether the test file is named after the module: its tests are tried even where a cache hid what they reach."""
    module = switch.module.rpartition(".")[2]
    return any(f"_{name}_" in f"_{item.path.stem}_" for name in (module, module.removesuffix("s")))


def refuse(failing: list[str]) -> None:
    """Where a test fails without a mutant no mutant can be judged."""
    if failing:
        pytest.exit("\n".join(["These fail without a mutant, so that no mutant can be judged:", *failing]), FAILED)


@dataclass
class Loop:
    """`wanted` are the mutants to run, in order; `note` is told what became of each.

    A mutant gets tests that take `budget` seconds of the processor together, one that survived before several times it.
    """

    wanted: list[str]
    note: Callable[[str, int], None]
    workers: int
    until: float
    budget: float
    survived: Container[str] = ()
    _failed: bool = False
    _seconds: dict[str, float] = field(default_factory=dict)
    _reach: dict[str, int] = field(default_factory=dict)
    _reached_by: dict[Switch, list[pytest.Item]] = field(default_factory=lambda: defaultdict(list))
    _killers: dict[Switch, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._learn(session.items)
        self._control(session.items)
        gc.freeze()  # so that a child copies no memory only to look for garbage in it
        running: dict[int, tuple[str, int]] = {}
        for name in self._to_run():
            while len(running) >= self.workers:
                self._reap(running)
            choice = by_mutant()[name]
            budget = self.budget * (MORE if name in self.survived else 1)
            pid, read = self._start(self._chosen(choice[0], budget), choice)
            running[pid] = name, read
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
        """Which tests reach which function, and how long each takes."""
        hits: set[Switch] = set()
        watch(hits.add)
        failing: list[str] = []
        usable = False
        for place, item in enumerate(items):
            hits.clear()
            if place % MEMORABLE == 0 or not usable:
                forget()
            self._failed, began = False, time.process_time()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            self._seconds[item.nodeid] = time.process_time() - began
            if self._failed:
                failing.append(item.nodeid)
            usable = self._seconds[item.nodeid] < max(SLOW, self.budget / SHARE)
            for switch in SWITCHES if usable else ():
                if switch in hits or is_home(item, switch):
                    self._reached_by[switch].append(item)
            self._reach[item.nodeid] = len(hits)
        unwatch()
        refuse(failing)
        for tests in self._reached_by.values():
            tests.sort(key=lambda item: self._seconds[item.nodeid])
        tell(f"learnt: {sum(self._seconds.values()):.0f} s, {len(self._reached_by)} functions reached")

    def _control(self, items: list[pytest.Item]) -> None:
        """A child as every mutant gets one, but without a mutant: what fails there would kill whatever it is asked."""
        reaching = {item.nodeid for tests in self._reached_by.values() for item in tests}
        pid, read = self._start([item for item in items if item.nodeid in reaching])
        failing, code = self._end(read, os.waitpid(pid, 0)[1])
        refuse([] if code == SURVIVED else [failing or str(code)])
        tell(f"control: {len(reaching)} tests pass in a child without a mutant")

    def _start(self, tests: Iterable[pytest.Item], choice: tuple[Switch, str] | None = None) -> tuple[int, int]:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            forget()
            if choice:
                choice[0].use(choice[1])
            self._try(tests, write)
        os.close(write)
        return pid, read

    def _try(self, tests: Iterable[pytest.Item], write: int) -> None:
        """In the child."""
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        for item in tests:
            signal.setitimer(signal.ITIMER_VIRTUAL, 2 + 10 * self._seconds[item.nodeid])
            try:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            except BaseException:  # noqa: BLE001 - whatever a mutant does
                self._failed = True
            if self._failed:
                os.write(write, item.nodeid.encode())
                os._exit(KILLED)
        os._exit(SURVIVED)

    def _end(self, read: int, status: int) -> tuple[str, int]:
        """The test that failed, if one did, and what the child ended with."""
        with os.fdopen(read) as pipe:
            killer = pipe.read()
        code = os.waitstatus_to_exitcode(status)
        return killer, TIMEOUT if code == -signal.SIGVTALRM else KILLED if code else SURVIVED

    def _chosen(self, switch: Switch, budget: float) -> Iterator[pytest.Item]:
        """What killed mutants of the function, then tests named after its module, then those that reach little else.

        Of each file by turns: the tests of one file are alike.
        """
        spent, killers = 0.0, self._killers[switch]
        rank: Counter[str] = Counter()
        ranked: list[tuple[int, int, pytest.Item]] = []
        for item in self._reached_by[switch]:
            file = item.path.stem
            rank[file] += 1
            further = 2 + self._reach[item.nodeid] // WIDE
            near = is_home(item, switch) or file.startswith(EVERYWHERE)
            distance = 0 if item.nodeid in killers else 1 if near else further
            ranked.append((distance, rank[file], item))
        for *_, item in sorted(ranked, key=lambda place: place[:2]):
            if spent < budget:
                spent += self._seconds[item.nodeid]
                yield item

    def _reap(self, running: dict[int, tuple[str, int]]) -> None:
        pid, status = os.wait()
        name, read = running.pop(pid)
        killer, code = self._end(read, status)
        if killer:
            self._killers[by_mutant()[name][0]][killer] = None
        if code == SURVIVED:
            tell(f"survived {name}")
        self.note(name, code)
