"""What a finding says, shows and cites, word for word: `python -m tests.mutation.said` writes what is expected."""

import pytest

from tests.mutation.said import kept, said

KEPT = kept()


@pytest.mark.parametrize("case", KEPT)
def test_a_finding_is_said_word_for_word(case: str) -> None:
    assert said(case) == KEPT[case]
