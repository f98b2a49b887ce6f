"""The card before a visit: its colour and words at the limits, and that nothing from outside is markdown."""

from dataclasses import replace
from datetime import date
from textwrap import dedent

import pytest

from shared.core.card import OVERRIDES, Card, card
from shared.core.coverage import Answer, Coverage, Reason
from shared.core.policy import policies
from shared.core.severity import Severity
from tests.builders import a_course
from tests.unit.test_coverage import asked, week


def shown(told: Coverage, desk: str = "") -> Card:
    return card(told, policies(), "u-1", desk)


@pytest.mark.parametrize(
    ("taken", "indicator", "summary"),
    [
        (11, "info", "Session 12 on 2025-03-24: covered. 9 left in the period."),
        (12, "warning", "Session 13 on 2025-03-31: covered only with KX on every needling line."),
        (19, "warning", "Session 20 on 2025-05-19: covered only with KX on every needling line."),
        (20, "critical", "Session 21 on 2025-05-26: not covered. "),
    ],
)
def test_the_colour_follows_the_session(taken: int, indicator: str, summary: str) -> None:
    made = shown(asked(a_course(taken), week(taken + 1)))
    assert (made.indicator, made.summary[: len(summary)]) == (indicator, summary)


def test_what_no_record_states_is_a_warning_that_names_it() -> None:
    made = shown(asked([], date(2025, 3, 3)))
    assert made.indicator == "warning"
    assert "Missing: the patient: no visit for low back pain is on record" in made.summary
    assert "**Not on record**" in made.detail


def test_a_date_that_counts_only_once_it_is_billed_has_no_number() -> None:
    told = asked(a_course(3), week(4), law=policies().changed(count_basis="payer"))
    assert shown(told).summary.startswith("A session on 2025-01-27: the record does not say whether it is covered. Mis")


def test_a_detail_word_for_word() -> None:
    told = Coverage(
        "P-1",
        date(2025, 5, 26),
        date(2025, 5, 20),
        "20560",
        Answer.NO,
        period_started_on=date(2025, 1, 6),
        sessions_used=20,
        next_period_from=date(2026, 1, 1),
        missing=("a newer outcome score", "when the pain began"),
        reasons=(Reason("A", Severity.VIOLATION, "Too many.", "Book later."), Reason("B", Severity.INFO, "So.", "Do.")),
        consequences=(Reason("C", Severity.VIOLATION, "The next is too many.", "Look at it."),),
    )
    assert shown(told).detail == dedent("""\
        20 sessions used, 0 left in the period from 2025-01-06.
        The next period can begin 2026-01-01.

        **Not on record**

        - a newer outcome score
        - when the pain began

        **Why, and what to do**

        - Too many. Book later.
        - So. Do.

        **It would push other sessions over a limit**

        - The next is too many. Look at it.""")


def test_before_a_period_there_is_little_to_say() -> None:
    told = Coverage("P-1", week(1), week(1), None, Answer.NOT_ENOUGH_INFORMATION, sessions_left=20, missing=("all",))
    assert shown(told).detail == "0 sessions used, 20 left.\n\n**Not on record**\n\n- all"


@pytest.mark.parametrize(("used", "said"), [(0, "0 sessions used"), (1, "1 session used"), (2, "2 sessions used")])
def test_sessions_are_counted_in_english(used: int, said: str) -> None:
    told = Coverage("P-1", week(1), week(1), None, Answer.YES, sessions_used=used, sessions_left=20 - used)
    assert shown(told).detail == f"{said}, {20 - used} left."


def test_a_card_in_full() -> None:
    told = asked(a_course(20), week(21))
    made = shown(told, "https://desk.example/#/patients/P-1").model_dump(by_alias=True, mode="json")
    assert made["source"] == {
        "label": "NCD 30.3.3",
        "url": "https://www.cms.gov/Medicare-Coverage-Database/view/ncd.aspx?ncdid=373",
    }
    assert made["links"] == [
        {
            "label": "Open the patient at the compliance desk",
            "url": "https://desk.example/#/patients/P-1",
            "type": "absolute",
        }
    ]
    assert [reason["code"] for reason in made["overrideReasons"]] == ["notice", "on-paper", "elsewhere", "disagree"]
    assert set(made) == {"uuid", "summary", "detail", "indicator", "source", "links", "overrideReasons"}
    assert made["detail"].startswith("20 sessions used, 0 left in the period from 2025-01-06.")


def test_without_a_desk_there_is_no_link() -> None:
    assert card(asked(a_course(3), week(4)), policies(), "u-1").links == []


def test_information_needs_no_reason_to_go_on() -> None:
    assert shown(asked(a_course(3), week(4))).override_reasons == []
    assert shown(asked(a_course(12), week(13))).override_reasons == list(OVERRIDES)


def told_with(*reasons: Reason) -> Card:
    told = asked(a_course(20), week(21))
    return shown(replace(told, answer=Answer.NO, reasons=reasons))


@pytest.mark.parametrize("length", [80, 150, 4_000])
def test_a_summary_is_shorter_than_140_characters(length: int) -> None:
    assert len(told_with(Reason(None, Severity.VIOLATION, "m" * length, "r")).summary) <= 139


def test_nothing_from_outside_is_markdown() -> None:
    evil = Reason("X", Severity.VIOLATION, "claim [x](javascript:alert(1)) <b>`*_\n# big", "r")
    assert "- claim \\[x\\](javascript:alert(1)) \\<b\\>\\`\\*\\_ \\# big r" in told_with(evil).detail


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, "- and 1 more")])
def test_five_reasons_are_shown(count: int, more: str) -> None:
    made = told_with(*(Reason(None, Severity.VIOLATION, f"m{n}", "r") for n in range(count)))
    assert made.detail.count("\n- m") == 5
    assert ("- and" in made.detail) is bool(more)
    assert more in made.detail
