"""The catalogue explains itself: every rule with its law, settings and the denial to expect, from the code that runs.

`matrix` turns it round: every requirement of NCD 30.3.3 and of the documentation lists, and which rule checks it.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from shared.core.citations import Citation
from shared.core.findings import Forecast
from shared.core.policy import Policies, policies
from shared.core.rules import RULES
from shared.core.rules.rule import Rule

_NEWEST = date.max
_SETTING = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class SettingShown:
    """A setting as in force now, and what else it could be."""

    name: str
    value: Any
    since: date
    options: tuple[str, ...]
    basis: str
    reading: str


@dataclass(frozen=True)
class Entry:
    """All there is to say of a rule; where two functions judge under one name, of both."""

    rule: str
    section: str
    means: str
    arises: tuple[str, ...]
    severities: tuple[str, ...]
    remedies: tuple[str, ...]
    basis: tuple[str, ...]
    citations: tuple[Citation, ...]
    settings: tuple[SettingShown, ...]
    reads: tuple[str, ...]
    denial: Forecast | None


@cache
def catalogue() -> tuple[Entry, ...]:
    """An entry per rule name, in the order of the sections, under the newest policy."""
    by_name: dict[str, list[Rule[Any]]] = {}
    for rule in RULES:
        by_name.setdefault(rule.name, []).append(rule)
    return tuple(_entry(name, rules, policies()) for name, rules in by_name.items())


def _entry(name: str, rules: list[Rule[Any]], law: Policies) -> Entry:
    first = rules[0]
    cited = _each(cite for rule in rules for cite in rule.cites)
    named = _each((*cited, *(setting for rule in rules for setting in _SETTING.findall(rule.arises))))
    severities = _each(severity for rule in rules for severity in rule.severities)
    return Entry(
        name,
        first.section,
        first.means,
        _each(rule.arises for rule in rules),
        tuple(severity.value for severity in severities),
        _each(rule.remedy for rule in rules),
        _each(law.citations(rule.cites, _NEWEST)[0].basis for rule in rules),
        law.citations(cited, _NEWEST),
        tuple(_shown(setting, law) for setting in named),
        _each(path for rule in rules for path in rule.reads),
        _denial(first.denial, law) if first.denial else None,
    )


def _each(values: Iterable[Any]) -> tuple[Any, ...]:
    """Every value once, in its order."""
    return tuple(dict.fromkeys(values))


def _shown(name: str, law: Policies) -> SettingShown:
    setting = getattr(law.on(_NEWEST), name)
    return SettingShown(name, setting.plain, setting.since, setting.options, setting.basis, setting.reading)


def _denial(row: str, law: Policies) -> Forecast:
    denial = law.on(_NEWEST).denials.value[row]
    return Forecast(denial.carc, denial.rarc, denial.group, denial.confidence)


class Requirement(BaseModel):
    """A sentence that binds the clinic, with the rules that check it, or why a person must, or why nothing does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    text: str
    source: str
    section: str
    rules: tuple[str, ...] = ()
    manual: str = ""
    not_covered: str = ""

    @model_validator(mode="after")
    def _one_answer(self) -> "Requirement":
        if sum(map(bool, (self.rules, self.manual, self.not_covered))) != 1:
            raise ValueError(f"{self.id}: one of rules, manual, not_covered")
        return self


class Matrix(BaseModel):
    """`beyond`: rules that serve no requirement listed, with the reason they are here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beyond: Mapping[str, str]
    requirement: tuple[Requirement, ...]


@cache
def matrix() -> Matrix:
    text = files("shared.policies").joinpath("requirements.toml").read_bytes().decode()
    return Matrix.model_validate(tomllib.loads(text))
