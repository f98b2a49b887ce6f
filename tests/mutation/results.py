"""What became of each mutant, in the files that `mutmut results` and `mutmut show` read."""

import fnmatch
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

CORE = "shared.core."
JUDGED = Path(__file__).with_name("SURVIVORS.md")
UNKILLED = (0, 33)  # mutmut's codes


def judged(name: str) -> bool:
    """Whether SURVIVORS.md says why nothing can tell the mutant from the original."""
    return f"`{name.removeprefix(CORE)}`" in JUDGED.read_text(encoding="utf-8")


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
        rows = [self._row(module) for module, data in sorted(self._by_module.items()) if data.exit_code_by_key]
        return "\n".join([f"{'module':<24}  killed  survived  untested  not run", *rows])

    def _row(self, module: str) -> str:
        codes = self._by_module[module].exit_code_by_key.values()
        counts = Counter(status_by_exit_code[code] for code in codes)
        asked = [counts.pop(status, 0) for status in ("survived", "no tests", "not checked")]
        survived, untested, waiting = asked
        return f"{module:<24}  {counts.total():>6}  {survived:>8}  {untested:>8}  {waiting:>7}"
