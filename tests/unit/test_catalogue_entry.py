"""An entry of the catalogue tells of its rule, or of both that share a name, all that the code and the law hold."""

from datetime import date
from typing import Any

import pytest

from shared.core.catalogue import Entry, catalogue
from shared.core.findings import Forecast
from shared.core.policy import policies
from shared.core.rules import RULES

NEWEST = policies().on(date.max)
every_rule = pytest.mark.parametrize("name", dict.fromkeys(rule.name for rule in RULES))


def entry_of(name: str) -> Entry:
    [entry] = [entry for entry in catalogue() if entry.rule == name]
    return entry


def together(name: str, field: str) -> tuple[Any, ...]:
    """What the rules of one name say in a field, each once."""
    return tuple(dict.fromkeys(getattr(rule, field) for rule in RULES if rule.name == name))


@every_rule
def test_an_entry_says_what_its_rules_say(name: str) -> None:
    entry = entry_of(name)
    assert ((entry.section,), (entry.means,)) == (together(name, "section"), together(name, "means"))
    assert (entry.arises, entry.remedies) == (together(name, "arises"), together(name, "remedy"))
    assert set(entry.severities) == {severity.value for each in together(name, "severities") for severity in each}
    assert list(entry.reads) == list(dict.fromkeys(path for each in together(name, "reads") for path in each))
    cited = list(dict.fromkeys(cite for each in together(name, "cites") for cite in each))
    assert entry.citations == policies().citations(tuple(cited), date.max)
    assert [shown.name for shown in entry.settings][: len(cited)] == cited


@every_rule
def test_a_setting_is_shown_as_it_stands_now(name: str) -> None:
    for shown in entry_of(name).settings:
        setting = getattr(NEWEST, shown.name)
        assert (shown.since, shown.options, shown.basis) == (setting.since, setting.options, setting.basis)
        assert (shown.value, shown.reading) == (setting.plain, setting.reading)


@every_rule
def test_a_denial_is_forecast_where_the_rule_names_one(name: str) -> None:
    [row] = together(name, "denial")
    denial = NEWEST.denials.value[row] if row else None
    expected = Forecast(denial.carc, denial.rarc, denial.group, denial.confidence) if denial else None
    assert entry_of(name).denial == expected


def test_severities_and_bases_are_told_in_their_order() -> None:
    assert entry_of("OUTSIDE_INITIAL_WINDOW").severities == ("warning", "info")
    who = entry_of("PERFORMER_NOT_ELIGIBLE")
    assert who.basis == ("cms_text", "house_reading")
    assert [shown.name for shown in who.settings] == [
        "credentials",
        "practitioners",
        "physicians",
        "never_rendering",
        "supervision_required",
    ]


def test_sets_are_shown_sorted_and_tables_by_name() -> None:
    shown = {setting.name: setting.value for entry in catalogue() for setting in entry.settings}
    assert shown["covered_codes"] == ["20560", "20561", "97810", "97811", "97813", "97814"]
    assert shown["addon_primaries"]["97811"] == ["97810", "97813"]
    assert ["20561", "20560", "0"] in shown["ptp_pairs"]
