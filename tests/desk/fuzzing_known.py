"""Half of what is asked at random is asked of findings that are there, or nothing would be found but 404."""

import json
import os
from typing import Any

import schemathesis

_KNOWN = json.loads(os.environ["KNOWN_FINDINGS"])


@schemathesis.hook  # type: ignore[untyped-decorator]  # of .venv-fuzz: mypy sees no types of it
def map_path_parameters(context: Any, path_parameters: Any) -> Any:  # noqa: ARG001 - schemathesis names it
    of_known = sum(str(path_parameters).encode()) % (2 * len(_KNOWN))
    if path_parameters and of_known < len(_KNOWN):
        known = _KNOWN[of_known]
        return {name: known.get(name, value) for name, value in path_parameters.items()}
    return path_parameters
