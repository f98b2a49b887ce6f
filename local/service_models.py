"""What a function needs of botocore's data: six services of some 400, of each the operations that our code names.

botocore reads a service's whole description for each client, and most of the time that a client takes goes there.
"""

import ast
import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore import xform_name

_SOURCES = ("shared", "functions")
# botocore itself asks these: of which kind a bucket is, where it went, and where a table's own address is.
ASKED_BY_BOTOCORE = frozenset({"create_session", "head_bucket", "describe_endpoints"})
_DESCRIPTIONS, _NEVER_READ = "service-2.json.gz", ("examples-1.json*", "waiters-2.json*")

Described = dict[str, Any]


def names_in(folder: Path) -> set[str]:
    """Every name and text in the sources of the functions: all operations that they ask for, and much else."""
    trees = (ast.parse(path.read_text()) for source in _SOURCES for path in (folder / source).rglob("*.py"))
    return {name for tree in trees for node in ast.walk(tree) if (name := _name(node))}


def _name(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return name
    return ""


def prune(data: Path, asked: set[str], operations: set[str]) -> None:
    """Leave what botocore reads for the services `asked` and those of their operations that are named in `operations`.

    `data` is botocore's folder of that name.
    """
    if missing := sorted(asked - {path.name for path in data.iterdir()}):
        raise FileNotFoundError(f"botocore has no data of {', '.join(missing)} in {data}")
    for folder in (path for path in data.iterdir() if path.is_dir() and path.name not in asked):
        shutil.rmtree(folder)
    for path in (path for pattern in _NEVER_READ for path in data.rglob(pattern)):
        path.unlink()
    for packed in data.rglob("*.json.gz"):
        said = json.loads(gzip.decompress(packed.read_bytes()))
        kept = narrowed(said, operations | ASKED_BY_BOTOCORE) if packed.name == _DESCRIPTIONS else said
        packed.with_suffix("").write_text(_written(undocumented(kept)))
        packed.unlink()
    _narrow_endpoints(data / "endpoints.json", asked)


def _narrow_endpoints(path: Path, asked: set[str]) -> None:
    endpoints = json.loads(path.read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: said for name, said in partition["services"].items() if name in asked}
    path.write_text(_written(endpoints))


def narrowed(service: Described, operations: set[str]) -> Described:
    """The description of a service with those operations of it only, and the shapes that they take, give and raise."""
    kept = {name: said for name, said in service["operations"].items() if xform_name(name) in operations}
    reached: set[str] = set()
    waiting = set(_shapes_named(kept))
    while waiting:
        reached |= waiting
        waiting = {name for shape in waiting for name in _shapes_named(service["shapes"][shape])} - reached
    shapes = {name: said for name, said in service["shapes"].items() if name in reached}
    return {**service, "operations": kept, "shapes": shapes}


def _shapes_named(told: Any) -> Iterator[str]:
    match told:
        case {"shape": str(name), **others}:
            yield name
            yield from _shapes_named(others)
        case dict():
            for part in told.values():
                yield from _shapes_named(part)
        case list():
            for part in told:
                yield from _shapes_named(part)


def undocumented(told: Any) -> Any:
    """Without the text of its manual: botocore asks for some of it, so it is emptied, not taken out."""
    match told:
        case {"documentation": str(), **others}:
            return {"documentation": "", **undocumented(others)}
        case dict():
            return {name: undocumented(part) for name, part in told.items()}
        case list():
            return [undocumented(part) for part in told]
    return told


def _written(told: Any) -> str:
    return json.dumps(told, separators=(",", ":"))
