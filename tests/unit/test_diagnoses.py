"""What diagnoses name, and that nobody who says anything of another cause is left unasked."""

from random import Random

import pytest

from shared.core.chart import Chart
from shared.core.condition import OF_CAUSE, speaks_of_cause
from shared.core.diagnoses import named_in
from shared.core.history import History
from shared.core.policy import policies
from tests.unit.asking import AS_OF, history_of
from tests.unit.encounters import DAY, encounter
from tests.unit.histories import a_history
from tests.unit.random_courses import a_random_course

NOTHING = ()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("C79.51", "systemic"),
        ("Z85.3", "cancer_history"),
        ("M96.1", "surgical"),
        ("Z98.1", "spine_surgery"),
        ("O26.891", "of_pregnancy"),
        ("Z33.1", "pregnant"),
    ],
)
def test_a_code_beside_the_pain_is_named_by_what_it_says(code: str, kind: str) -> None:
    named = named_in(("M54.59", code), policies().on(DAY))
    said = {name: codes for name, codes in named._asdict().items() if codes not in (NOTHING, False, True)}
    assert (said, named.low_back, named.other_cause) == ({kind: (code,)}, True, True)


def test_the_pain_alone_names_no_other_cause() -> None:
    assert named_in(("M54.59", "M54.2"), policies().on(DAY)) == (True, *[NOTHING] * 6, False)
    assert not named_in(("M54.2",), policies().on(DAY)).low_back


@pytest.mark.parametrize("seed", range(12))
def test_who_is_left_unasked_has_nothing_to_say(seed: int) -> None:
    """The questions about the cause, put to every visit all the same."""
    chart = Chart(History.of((*a_history(Random(seed)), *a_random_course(Random(seed))))[0], policies(), AS_OF)
    assert chart.low_back_visits
    for visit in chart.low_back_visits:
        assert speaks_of_cause(visit, chart) or [ask(visit, chart) for ask in OF_CAUSE] == [None] * 3


def test_who_is_called_pregnant_by_a_claim_is_asked() -> None:
    for pregnant in (True, False):
        chart = Chart(history_of(encounter(claim={"condition": {"pregnant": pregnant}})), policies(), AS_OF)
        assert speaks_of_cause(chart.low_back_visits[0], chart) is pregnant


def test_an_index_is_made_once_for_all_who_ask() -> None:
    made: list[object] = []

    def index(chart: Chart) -> int:
        made.append(chart)
        return len(made)

    chart, other = (Chart(History(), policies(), AS_OF) for _ in range(2))
    assert [chart.once(index), chart.once(index), other.once(index)] == [1, 1, 2]
