"""A layer as `make build` leaves it, but of the packages that the tests run on, and so for their Python."""

import compileall
import re
from importlib.metadata import distribution
from pathlib import Path
from shutil import copy2, copytree, ignore_patterns

from local import packing

_HERE = Path(__file__).parents[1]


def layer_here(folder: Path) -> Path:
    """All that the functions import beyond the standard library and what the runtime brings, themselves included."""
    layer = folder / "layer"
    for package in re.findall(r"^([\w-]+)==", (_HERE / "requirements" / "runtime.txt").read_text(), re.MULTILINE):
        _copy(package, layer)
    for ours in ("functions", "shared"):
        copytree(_HERE / ours, layer / ours, ignore=ignore_patterns("__pycache__"))
    packing.main(layer)
    compileall.compile_dir(layer, quiet=1)
    return layer


def _copy(package: str, layer: Path) -> None:
    for file in distribution(package).files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            (layer / file).parent.mkdir(parents=True, exist_ok=True)
            copy2(str(file.locate()), layer / file)
