"""Tables by quarter: a date beyond a table is judged by the nearest, and the finding says which."""

from datetime import date

import pytest

from tests.builders import Detail
from tests.unit.encounters import DAY, billed_alone, days, encounter, line, lines, messages

TABLES: list[tuple[str, list[Detail]]] = [
    ("PTP", lines("20561", "20560")),
    ("MUE", [line(1, "20560", units=2)]),
    ("MOD25_MISSING", lines("20560", "99213")),
    ("MOD50_NO_EFFECT", [line(1, "20560", "50")]),
]
THIS_QUARTER = [
    (date(2024, 6, 30), False),
    (date(2024, 7, 1), True),
    (date(2024, 9, 30), True),
    (date(2024, 10, 1), False),
]
ADD_ON_QUARTER = [(date(2024, 3, 31), False), (date(2024, 4, 1), True), (date(2024, 6, 30), True), (DAY, False)]


def said_of_the_table(billed: list[Detail], on: date) -> dict[str, str]:
    dated = [entry | {"date_of_service": str(on)} for entry in billed]
    return messages(*billed_alone(*dated, on=on), as_of=days(8, on))


@pytest.mark.parametrize(
    ("rule", "billed", "on", "known"),
    [
        *((rule, billed, on, known) for rule, billed in TABLES for on, known in THIS_QUARTER),
        *(("AOC_NO_PRIMARY", lines("97811"), on, known) for on, known in ADD_ON_QUARTER),
    ],
    ids=lambda value: str(value) if isinstance(value, str | date) else "",
)
def test_a_date_beyond_a_table_is_judged_by_the_nearest_and_says_so(
    rule: str, billed: list[Detail], on: date, *, known: bool
) -> None:
    vintage = "2024-04-01" if rule == "AOC_NO_PRIMARY" else "2024-07-01"
    message = said_of_the_table(billed, on)[rule]
    assert (f"(Judged by the table of {vintage}, the nearest known.)" in message) is not known
    assert ("nearest" in message) is not known


@pytest.mark.parametrize("on", [date(2020, 1, 21), date(2024, 9, 30), date(2030, 1, 1)], ids=str)
def test_what_rests_on_no_table_never_says_so(on: date) -> None:
    visit = encounter(line(1, "20561", on=on), on=on, note={"signed": False}, diagnoses=["M54.2"])
    said = messages(*visit, as_of=days(8, on))
    assert {"MUSCLE_COUNT_MISMATCH", "DOCUMENTATION_INCOMPLETE"} <= set(said)
    assert [message for message in said.values() if "nearest" in message] == []
