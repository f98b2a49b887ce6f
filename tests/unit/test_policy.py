"""The law is data: dated, cited, complete, and nowhere in the code."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import shared.core
from shared.core.errors import PolicyBroken
from shared.core.policy import Policies, policies
from shared.core.rules import RULES
from shared.core.settings import SETTINGS, Policy

CORE = Path(next(iter(shared.core.__path__)))
LAW: Mapping[str, Any] = policies().document
ENTRIES = [(name, entry) for name in SETTINGS for entry in LAW[name]]

# What may stand in code: the form of messages, ids and the calendar, no word of the law.
ALLOWED: dict[str, dict[object, str]] = {
    "alerts.py": {
        100: "SNS subject limit",
        8: "records shown in an e-mail",
        20: "length of an id",
        14: "indent",
        92: "width of a line",
    },
    "coding.py": {"1": "indicator of a PTP pair that a modifier can lift"},
    "card.py": {139: "length of a card's summary", 5: "reasons shown on a card"},
    "chat.py": {"1.0": "version of custom notifications", 2000: "length of a notification"},
    "calendar.py": {12: "months of a year"},
    "clocks.py": {365: "days of the shortest year"},
    "condition.py": {7: "days of a week"},
    "in_bulk.py": {20_000: "size of a cache"},
    "scores.py": {4096: "size of a cache"},
    "claims.py": {
        4: "modifiers of a line",
        12: "diagnoses of a claim",
        "1": "original",
        "7": "replacement",
        "8": "void",
    },
    "digest.py": {
        10: "findings of a patient in a digest",
        25: "patients in a message",
        80: "length of a name",
        20: "length of an id",
        92: "width of a line",
    },
    "fields.py": {200: "length of an id", 2: "64 bits", 63: "64 bits", 4096: "size of a cache"},
    "findings.py": {20: "length of an id"},
    "improvement.py": {"1E2": "per cent"},
    "intake.py": {256: "KiB of a message", 1024: "bytes of a KiB"},
    "lookback.py": {15: "hexadecimal digits of 60 bits", 16: "base of a number"},
    "muscles.py": {1024: "size of a cache"},
    "plausibility.py": {2: "end of a slice"},
    "reminders.py": {100: "length of a subject"},
    "row.py": {10: "power of ten", 12: "power of ten", 100: "cents of a dollar"},
    "telling.py": {7: "the hour of a digest where no setting names one"},
    "review.py": {200: "length of a name", 2000: "length of a reason"},
    "settings.py": {"V2": "confidence: read in a secondary source"},
    "record.py": {2: "an identity of two parts", "7": "frequency code: replacement", "8": "frequency code: void"},
}
NO_POLICY = {0, 1, -1}
CODE = re.compile(
    r"[A-Z0-9]\d{4}|\d{4}[A-Z]"  # procedures
    r"|[A-Z]\d[0-9A-Z](\.[0-9A-Z]{0,4})?(-[A-Z]\d[0-9A-Z])?"  # diagnoses, their families and ranges
    r"|[A-Z0-9]{2}|\d+([.eE]\d+)?"  # modifiers and numbers in disguise
)


def docstrings(tree: ast.AST) -> set[int]:
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def suspects(path: Path) -> Iterator[object]:
    """Constants of a file that could be a number or a code of the law."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in prose and not isinstance(node.value, bool):
            value = node.value
            number = isinstance(value, int | float) and value not in NO_POLICY
            if number or (isinstance(value, str) and CODE.fullmatch(value)):
                yield value


def test_no_number_and_no_code_of_the_law_is_written_in_the_core() -> None:
    found = {(path.name, value) for path in CORE.rglob("*.py") for value in suspects(path)}
    assert found - {(name, value) for name, allowed in ALLOWED.items() for value in allowed} == set()


@pytest.mark.parametrize(
    "text", ["20560", "G0283", "M54.5", "M54.59", "C00-C96", "Z34", "KX", "25", "1E2", "0.3", "91"]
)
def test_the_scan_knows_a_code_when_it_sees_one(text: str) -> None:
    assert CODE.fullmatch(text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.name) + " " + str(rule.over.__name__))
def test_every_rule_cites_section_and_address_and_says_what_to_do(rule: Any) -> None:
    for day in (date(2020, 1, 21), date(2021, 10, 1), date(2025, 1, 6)):
        for citation in policies().citations(rule.cites, day):
            assert citation.section
            assert citation.quote
            assert citation.url.startswith("https://")
    assert rule.cites
    assert rule.means.endswith((".", "?"))
    assert rule.remedy.endswith(".")


def numbers(value: Any) -> Iterator[str]:
    """Every number and code of a value as it would be printed; LOINC codes are names of instruments, not law."""
    match value:
        case bool():
            return
        case int() | float():
            yield str(value)
        case date():
            yield from (str(value.year), f"{value:%B} {value.day}")
        case str() if any(letter.isdigit() for letter in value):
            yield value
        case Mapping():
            yield from (number for key, part in value.items() if key != "loinc" for number in numbers(part))
        case list():
            yield from (number for part in value for number in numbers(part))


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=[f"{name} {entry['from']}" for name, entry in ENTRIES])
def test_every_number_of_a_setting_is_found_where_it_is_cited(name: str, entry: dict[str, Any]) -> None:
    cited = " ".join((entry["quote"], entry["section"], entry.get("table", "")))
    assert [n for n in numbers(entry["value"]) if not re.search(rf"(?<![\d.]){re.escape(n)}(?!\d)", cited)] == [], name


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=[f"{name} {entry['from']}" for name, entry in ENTRIES])
def test_a_reading_of_ours_is_said_to_be_one(name: str, entry: dict[str, Any]) -> None:
    """An open text is never passed off as the words of CMS."""
    assert entry["source"] in LAW["sources"], name
    assert entry["basis"] != "house_reading" or entry.get("reading"), name
    assert entry["confidence"] != "AMB" or entry["basis"] == "house_reading", name


@pytest.mark.parametrize("name", SETTINGS)
def test_a_missing_setting_stops_the_build_by_name(name: str) -> None:
    with pytest.raises(PolicyBroken, match=name):
        Policies({key: value for key, value in LAW.items() if key != name})


def test_no_setting_of_the_file_goes_unread() -> None:
    assert set(LAW) - {"id", "title", "sources"} == set(SETTINGS)


def changed_entry(name: str, **changes: Any) -> dict[str, Any]:
    return {**LAW, name: [{**LAW[name][0], **changes}]}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(changed_entry("baseline_days", qoute="30"), id="a typo in a key"),
        pytest.param(changed_entry("baseline_days", value="thirty"), id="a word for a number"),
        pytest.param(changed_entry("period_mode", value="years"), id="a reading the code does not know"),
        pytest.param(changed_entry("period_mode", options=["anniversary"]), id="a value that is no option"),
        pytest.param(changed_entry("kx_scope", basis="hearsay"), id="an unknown basis"),
    ],
)
def test_a_broken_entry_is_refused(broken: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Policies(broken)


def test_a_value_that_is_no_option_is_named_with_those_that_are() -> None:
    with pytest.raises(ValidationError, match=r"'full_months' is none of \('anniversary',\)"):
        Policies(changed_entry("period_mode", options=["anniversary"]))


def test_a_date_is_judged_by_the_entry_in_force() -> None:
    """A date before the first entry by the first, the nearest known."""
    days = (date(1999, 1, 1), date(2021, 9, 30), date(2021, 10, 1), date(2099, 1, 1))
    held = [policies().on(day).covered_diagnoses.value for day in days]
    old, new = frozenset({"M54.5"}), frozenset({"M54.50", "M54.51", "M54.59"})
    assert held == [old, old, new, new]


def test_the_numbers_of_the_policy_agree_with_each_other() -> None:
    policy = policies().on(date(2025, 1, 6))
    assert policy.initial_sessions.value + policy.additional_sessions.value == policy.annual_sessions.value
    assert policy.kx_first.value == policy.initial_sessions.value + 1
    assert policy.kx_last.value == policy.annual_sessions.value
    assert timedelta(weeks=policy.chronicity_weeks.value) == timedelta(days=84)


def options_of(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> set[str]:
    return {name for name, entry in entries if "options" in entry}


def test_every_choice_of_readings_lists_all_that_the_code_knows() -> None:
    for name in options_of(ENTRIES):
        field: Any = Policy.__annotations__[name]
        [literal] = field.__args__
        assert set(LAW[name][0]["options"]) == set(literal.__args__), name
