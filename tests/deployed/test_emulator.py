"""The emulator keeps to this machine: what it holds and whom it obeys is nobody else's business."""

import pytest

from tests.deployed.emulator import Emulator


@pytest.mark.usefixtures("system")  # by now all of it is up
def test_it_listens_nowhere_but_where_it_was_told(emulator: Emulator) -> None:
    assert "listening on port" not in emulator.log.read_text(errors="replace")
