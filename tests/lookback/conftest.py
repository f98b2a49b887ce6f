"""The command line run in this process, as the unit tests run it."""

import pytest

from tests.unit.conftest import run

__all__ = ["run"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-back writes what it refused into the folder it is run in: no test leaves it in the checkout."""
    monkeypatch.chdir(tmp_path_factory.mktemp("run"))
