"""What moto is made to say sooner is what it says."""

import json
import subprocess
import sys

from local.surroundings import simulated_aws
from tests.unit.asked_of_moto import answers


def test_quick_moto_answers_as_moto_does() -> None:
    """In another process, since in this one other tests may have quickened it."""
    alone = subprocess.run([sys.executable, "-m", "tests.unit.asked_of_moto"], stdout=subprocess.PIPE, check=True)

    with simulated_aws():
        quick = answers()

    assert len(quick) > 10
    assert quick == json.loads(alone.stdout)
