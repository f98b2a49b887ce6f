"""Hypothesis profiles: `ci` gives every run the same examples, `thorough` draws new and more ones.

And the collector of garbage looks less often through what is there: the modules and tests of a run, for good.
"""

import gc
import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("thorough", deadline=None, max_examples=5_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """What has a word to say at its end is heard."""
    gc.unfreeze()
