"""A copy of the project in which mutmut reaches every function of the core: `python -m tests.mutation.bare TARGET`.

mutmut leaves decorated functions alone. In the copy `@property` above `def f` becomes `f = property(f)` below it,
which means the same and leaves a bare function to mutate.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import libcst as cst

ROOT = Path(__file__).parents[2]
COPIED = ("events", "functions", "local", "shared", "tests", "pyproject.toml", "template.yaml", "README.md")
KEPT = ("classmethod", "staticmethod")  # mutmut knows these
Body = Sequence[cst.BaseStatement]


def applied(function: cst.FunctionDef) -> cst.BaseStatement:
    decorated: cst.BaseExpression = function.name
    for decorator in reversed(function.decorators):
        decorated = cst.Call(decorator.decorator, [cst.Arg(decorated)])
    return cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(function.name)], decorated)])


def bare(body: Body) -> Iterator[cst.BaseStatement]:
    for statement in body:
        match statement:
            case cst.ClassDef(body=cst.IndentedBlock(body=inner) as block):
                yield statement.with_changes(body=block.with_changes(body=list(bare(inner))))
            case cst.FunctionDef(decorators=[cst.Decorator(decorator=cst.Name(value=name))]) if name in KEPT:
                yield statement
            case cst.FunctionDef(decorators=[_, *_]):
                yield statement.with_changes(decorators=[])
                yield applied(statement)
            case _:
                yield statement


def strip(path: Path) -> None:
    module = cst.parse_module(path.read_text(encoding="utf-8"))
    written = path.stat()
    path.write_text(module.with_changes(body=list(bare(module.body))).code, encoding="utf-8")
    os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))  # mutmut mutates anew what is newer than its mutants


def make(target: Path) -> None:
    for name in COPIED:
        source, copy = ROOT / name, target / name
        if source.is_dir():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy)
    for path in (target / "shared" / "core").rglob("*.py"):
        strip(path)


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    make(Path(sys.argv[1]))
