"""What `make build` does to the layer once sam has packed it, so that a function has less to do when it starts.

The law is put beside its files, read and checked; of botocore's data stays what ours asks for. A package without any of
it works as well, only later.
"""

import pickle
import sys
from functools import partial
from pathlib import Path

from local.service_models import names_in, prune
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


def main(layer: Path) -> None:
    prune(layer / "botocore" / "data", services(), names_in(Path(__file__).parents[1]))
    sys.stderr.write(f"packed the law in version {pack_law(layer / 'shared' / 'policies')[:12]}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
