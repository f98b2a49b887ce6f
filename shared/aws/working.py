"""Work through a list while there is time: what fails is logged and set aside, and holds up nothing else."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.aws.runtime import log_failure

T = TypeVar("T")
LEFT_TO_FINISH = 5_000  # milliseconds: three tries of a request fit in, and the metrics get out


@dataclass(frozen=True)
class Worked(Generic[T]):
    """`done` counts those of which there was something to do; what was not reached is still in the list."""

    done: int
    failed: tuple[T, ...]


def work(todo: deque[T], do: Callable[[T], bool], context: LambdaContext, failure: str) -> Worked[T]:
    """Take from `todo` while there is time; `failure` is what the log says of one that raised."""
    done, failed = 0, []
    while todo and context.get_remaining_time_in_millis() > LEFT_TO_FINISH:
        one = todo.popleft()
        try:
            done += do(one)
        except Exception as error:  # noqa: BLE001  # one that is bad does not hold up the rest
            log_failure(failure, error)
            failed.append(one)
    return Worked(done, tuple(failed))
