"""A simulation that could not be brought to its end, as the command line says it."""

from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """The audit could not be brought to its end."""


@contextmanager
def stopping() -> Iterator[None]:
    """Give what stops a simulation one name, by which the command line knows it without moto."""
    from local.cloud import MessagesLost
    from local.pumps import NeverDone

    try:
        yield
    except (MessagesLost, NeverDone) as failure:
        raise Stopped(f"the simulation stopped: {failure}") from failure
