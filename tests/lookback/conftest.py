"""The command line run in this process, as the unit tests run it."""

from tests.unit.conftest import run

__all__ = ["run"]
