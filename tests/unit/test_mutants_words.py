"""What a finding says, shows and cites, and the steps of its trace, word for word.

`python -m tests.mutation.said` and `python -m tests.mutation.traced` write what is expected.
"""

import pytest

from tests.mutation import said, traced
from tests.mutation.words import kept

SAID, TRACED = kept(said.FILE), kept(traced.FILE)


@pytest.mark.parametrize("case", SAID)
def test_a_finding_is_said_word_for_word(case: str) -> None:
    assert said.said(case) == SAID[case]


@pytest.mark.parametrize("case", TRACED)
def test_a_step_of_a_trace_is_told_word_for_word(case: str) -> None:
    assert traced.traced(case) == TRACED[case]
