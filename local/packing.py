"""What `make build` does to the layer once sam has packed it, so that a function has less to do when it starts.

The law is put beside its files, read and checked; of botocore's data of some 400 services stays what ours asks for.
A package without any of it works as well, only later.
"""

import gzip
import json
import pickle
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

from shared.aws import runtime
from shared.core.policy import PACKED, from_files


def services() -> set[str]:
    """All that the functions make clients of."""
    return {made.args[0] for made in vars(runtime).values() if isinstance(made, partial)}


def pack_law(folder: Path) -> str:
    """The version of what was packed; reckoned here, it is packed as well, and no function needs to."""
    law = from_files()
    version = law.version
    (folder / PACKED).write_bytes(pickle.dumps(law))
    return version


def prune(data: Path, asked: set[str]) -> None:
    """Leave what botocore reads for the services `asked`: `data` is its folder of that name."""
    if missing := sorted(asked - {path.name for path in data.iterdir()}):
        raise FileNotFoundError(f"botocore has no data of {', '.join(missing)} in {data}")
    for folder in (path for path in data.iterdir() if path.is_dir() and path.name not in asked):
        shutil.rmtree(folder)
    for packed in data.rglob("service-2.json.gz"):
        packed.with_suffix("").write_text(_written(_undocumented(json.loads(gzip.decompress(packed.read_bytes())))))
        packed.unlink()
    endpoints = json.loads((data / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: said for name, said in partition["services"].items() if name in asked}
    (data / "endpoints.json").write_text(_written(endpoints))


def _undocumented(told: Any) -> Any:
    """Without the text of its manual: botocore asks for some of it, so it is emptied, not taken out."""
    match told:
        case {"documentation": str(), **others}:
            return {"documentation": "", **_undocumented(others)}
        case dict():
            return {name: _undocumented(part) for name, part in told.items()}
        case list():
            return [_undocumented(part) for part in told]
    return told


def _written(told: Any) -> str:
    return json.dumps(told, separators=(",", ":"))


def main(layer: Path) -> None:
    prune(layer / "botocore" / "data", services())
    sys.stderr.write(f"packed the law in version {pack_law(layer / 'shared' / 'policies')[:12]}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
