"""What became of each mutant, in the files that `mutmut results` and `mutmut show` read."""

import fnmatch
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.utils.file_utils import walk_mutatable_files

CORE = "shared.core."
JUDGED = Path(__file__).with_name("SURVIVORS.md")
UNKILLED = (0, 33)  # mutmut's codes
STATES = ("killed", "equivalent", "not judged", "untested", "not run")


@cache
def _judged() -> str:
    return JUDGED.read_text(encoding="utf-8")


def judged(name: str) -> bool:
    """Whether SURVIVORS.md says why nothing can tell the mutant from the original."""
    return f"`{name.removeprefix(CORE)}`" in _judged()


def module_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removeprefix(CORE)


class Results:
    def __init__(self) -> None:
        self._by_module = {module_of(path): SourceFileMutationData(path=path) for path in walk_mutatable_files()}
        for data in self._by_module.values():
            data.load()
        self._homes = {name: data for data in self._by_module.values() for name in data.exit_code_by_key}

    def waiting(self, modules: Sequence[str], *, again: bool) -> tuple[list[str], list[str]]:
        """The mutants that no test killed and SURVIVORS.md does not judge, where asked, and those without a result."""
        chosen = dict.fromkeys(
            module for glob in modules for module in self._by_module if fnmatch.fnmatch(module, glob)
        )
        codes = {name: code for module in chosen for name, code in self._by_module[module].exit_code_by_key.items()}
        unkilled = [name for name, code in codes.items() if code in UNKILLED and not judged(name)] if again else []
        return unkilled, [name for name, code in codes.items() if code is None]

    def note(self, name: str, code: int) -> None:
        data = self._homes[name]
        data.exit_code_by_key[name] = code
        data.save()

    def table(self) -> str:
        """A row for each module, as SURVIVORS.md holds them."""
        rows = {module: _counts(data) for module, data in sorted(self._by_module.items()) if data.exit_code_by_key}
        lines = [_row(module, counts) for module, counts in {**rows, "all": sum(rows.values(), Counter())}.items()]
        return "\n".join([_line("Module", "Mutants", *map(str.capitalize, STATES)), _line(*["---"] * 7), *lines])


def _counts(data: SourceFileMutationData) -> Counter[str]:
    return Counter(_state(name, code) for name, code in data.exit_code_by_key.items())


def _state(name: str, code: int | None) -> str:
    match code:
        case None:
            return "not run"
        case 33:
            return "untested"
        case 0:
            return "equivalent" if judged(name) else "not judged"
        case _:
            return "killed"


def _row(module: str, counts: Counter[str]) -> str:
    return _line(module, str(counts.total()), *(str(counts[state] or "") for state in STATES))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
