"""A stream of events through bus, queue, handlers, table, stream and topic, as template.yaml wires them, on moto."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from local.cloud import Cloud
from local.surroundings import simulated_aws
from shared.core.document import document

# moto grows slow with long queues: feed a little, let it drain, feed on.
_AT_ONCE = 10
Progress = Callable[[int, int], None]


def simulate(
    lines: Sequence[bytes],
    as_of: date,
    *,
    withdrawn: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The machine-readable answer, from what the cloud holds and said in the end; `progress` is told (done, of)."""
    with simulated_aws():
        cloud = fed(lines, as_of, progress)
        cloud.sweep()
        return document(cloud.run(), withdrawn=withdrawn)


def fed(lines: Sequence[bytes], as_of: date, progress: Progress | None = None) -> Cloud:
    """A new cloud that has taken in the lines; to be made and used inside `simulated_aws`."""
    cloud = Cloud(as_of)
    for first in range(0, len(lines), _AT_ONCE):
        for line in lines[first : first + _AT_ONCE]:
            cloud.send(line)
        cloud.settle()
        if progress:
            progress(min(first + _AT_ONCE, len(lines)), len(lines))
    return cloud
