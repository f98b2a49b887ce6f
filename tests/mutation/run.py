"""`python -m tests.mutation.run [MODULE…]` in a copy made by bare.py: mutmut makes the mutants, loop.py runs them.

mutmut's own runner collects the tests anew for every mutant, which takes hours here; loop.py collects them once.
Modules are globs, such as `rules.*`, and run in the order given; a mutant that has a result is not run again.
"""

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

import pytest
from mutmut.__main__ import create_mutants
from mutmut.configuration import config
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, walk_mutatable_files

from tests.mutation import switch
from tests.mutation.loop import Loop
from tests.mutation.results import CORE, Results, module_of


def make_mutants(workers: int) -> None:
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(workers)


def import_mutants() -> None:
    switch.install()
    sys.path.insert(0, str(Path("mutants").resolve()))
    for path in walk_mutatable_files():
        importlib.import_module(f"{CORE}{module_of(path)}".removesuffix(".__init__"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=["*"])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=24 * 60)
    parser.add_argument("--budget", type=float, default=10, help="seconds of tests per mutant")
    parser.add_argument("--again", action="store_true", help="run what survived or had no test once more, first of all")
    asked = parser.parse_args()
    until = time.monotonic() + 60 * asked.minutes
    make_mutants(asked.workers)
    import_mutants()
    results = Results()
    survived, new = results.waiting(asked.modules, again=asked.again)
    loop = Loop([*survived, *new], results.note, asked.workers, until, asked.budget, frozenset(survived))
    settings = config()
    pytest.main([*settings.pytest_add_cli_args, *settings.pytest_add_cli_args_test_selection], plugins=[loop])
    print(results.table())  # noqa: T201 - what was asked for


if __name__ == "__main__":
    main()
